/// Layout of small graphs by dagre.

import { Graph, layout } from '@dagrejs/dagre'
import { MARGIN, type LayoutGraph, type Placement } from './placement'

const GAP = { node: 28, edge: 18, layer: 48 } as const

export function layoutDagre(graph: LayoutGraph): Placement {
  const g = new Graph({ multigraph: true })
  g.setGraph({ rankdir: 'TB', nodesep: GAP.node, edgesep: GAP.edge, ranksep: GAP.layer, marginx: MARGIN, marginy: MARGIN })
  g.setDefaultEdgeLabel(() => ({}))
  graph.nodes.forEach(({ width, height }, i) => g.setNode(String(i), { width, height }))
  graph.edges.forEach(({ from, to }, i) => g.setEdge(String(from), String(to), { weight: 1 }, String(i)))
  layout(g)

  const placed = graph.nodes.map((_, i) => g.node(String(i)) as { readonly x: number; readonly y: number })
  const { layers, layer } = layersOf(graph, placed.map(({ y }) => y))
  const passes = graph.edges.map(({ from, to }, i) => {
    const edge = g.edge(String(from), String(to), String(i)) as { readonly points: readonly { x: number; y: number }[] }
    const [first, last] = [layer[from] ?? 0, layer[to] ?? 0]
    return layers.slice(first + 1, Math.max(first + 1, last)).map(({ top, bottom }, k) => ({
      layer: first + 1 + k,
      x: xAt(edge.points, (top + bottom) / 2),
    }))
  })
  const size = g.graph() as { readonly width?: number; readonly height?: number }
  return {
    x: placed.map(({ x }) => x),
    y: placed.map(({ y }) => y),
    layer,
    layers,
    passes,
    width: size.width ?? 0,
    height: size.height ?? 0,
  }
}

/// Dagre centres the nodes of a layer on one line: each distinct line is a layer.
function layersOf(graph: LayoutGraph, ys: readonly number[]) {
  const lines = [...new Set(ys.map(Math.round))].sort((a, b) => a - b)
  const layer = ys.map((y) => lines.indexOf(Math.round(y)))
  const layers = lines.map((_, i) => {
    const [height, y] = layer.reduce<readonly [number, number]>(
      ([most, at], own, n) => (own === i ? [Math.max(most, graph.nodes[n]?.height ?? 0), ys[n] ?? at] : [most, at]),
      [0, 0],
    )
    return { top: y - height / 2, bottom: y + height / 2 }
  })
  return { layers, layer }
}

/// Where a chain of points crosses a height.
function xAt(points: readonly { readonly x: number; readonly y: number }[], y: number): number {
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]]
    if (!a || !b || y < a.y || y > b.y) continue
    return b.y === a.y ? b.x : a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y)
  }
  return points.at(-1)?.x ?? 0
}
