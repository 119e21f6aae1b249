/// Dagre, to compare with: it settles the layers and the order in them, `place.ts` the places.

import { Graph, layout } from '@dagrejs/dagre'
import { membersOf, netOf } from '../../../web/src/graph/net'
import { polished } from '../../../web/src/graph/order'
import { placed } from '../../../web/src/graph/place'
import type { Columns, LayoutGraph } from '../../../web/src/graph/placement'

export function layoutDagre(graph: LayoutGraph): Columns {
  const g = new Graph({ multigraph: true })
  g.setGraph({ rankdir: 'TB', nodesep: 28, edgesep: 18, ranksep: 48 })
  g.setDefaultEdgeLabel(() => ({}))
  graph.nodes.forEach(({ width, height }, i) => g.setNode(String(i), { width, height }))
  graph.edges.forEach(({ from, to, weight }, i) => g.setEdge(String(from), String(to), { weight }, String(i)))
  layout(g)

  const at = graph.nodes.map((_, i) => g.node(String(i)) as { readonly x: number; readonly y: number })
  // Dagre centres the nodes of a layer on one line: each distinct line is a layer.
  const lines = [...new Set(at.map(({ y }) => Math.round(y)))].sort((a, b) => a - b)
  const net = netOf(graph, at.map(({ y }) => lines.indexOf(Math.round(y))), false)
  const x = at.map((node) => node.x)
  graph.edges.forEach(({ from, to }, e) => {
    const { points } = g.edge(String(from), String(to), String(e)) as { readonly points: readonly Point[] }
    for (const bend of net.bends[e] ?? []) x[bend] = xAt(points, lines[net.layer[bend] ?? 0] ?? 0)
  })
  const order = membersOf(net).map((layer) => layer.sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0) || a - b))
  return placed(net, polished(net, order))
}

interface Point {
  readonly x: number
  readonly y: number
}

/// Where a chain of points crosses a height.
function xAt(points: readonly Point[], y: number): number {
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]]
    if (!a || !b || y < a.y || y > b.y) continue
    return b.y === a.y ? b.x : a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y)
  }
  return points.at(-1)?.x ?? 0
}
