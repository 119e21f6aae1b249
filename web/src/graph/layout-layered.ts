/// Layout in near-linear time: layers by longest path, order by barycentres. The same graph always gives the same picture.

import { membersOf, netOf, type Link, type Net } from './net'
import { crossingsOf, polished } from './order'
import { placed } from './place'
import type { Columns, LayoutGraph } from './placement'

const SWEEPS = 6

export function layoutLayered(graph: LayoutGraph): Columns {
  const net = netOf(graph, layersOf(graph), true)
  return placed(net, polished(net, ordered(net)))
}

/// Longest path from the top; what has no operands then moves down to just above its first use.
function layersOf(graph: LayoutGraph): readonly number[] {
  const layer = graph.nodes.map(() => 0)
  const first = graph.nodes.map(() => Infinity)
  const hasOperands = graph.nodes.map(() => false)
  // Edges lead from earlier nodes to later ones, so one walk in the order of their ends settles each layer.
  const byEnd = [...graph.edges].sort((a, b) => a.to - b.to)
  for (const { from, to } of byEnd) layer[to] = Math.max(layer[to] ?? 0, (layer[from] ?? 0) + 1)
  for (const { from, to } of byEnd) {
    hasOperands[to] = true
    first[from] = Math.min(first[from] ?? Infinity, layer[to] ?? 0)
  }
  return layer.map((own, i) => {
    const use = first[i] ?? Infinity
    return !hasOperands[i] && use !== Infinity ? use - 1 : own
  })
}

function ordered(net: Net): readonly (readonly number[])[] {
  const place = new Float64Array(net.count)
  let layers = membersOf(net)
  const renumber = (layer: readonly number[]): void => layer.forEach((i, p) => void (place[i] = p))
  layers.forEach(renumber)
  let best = layers
  let fewest = Infinity
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const down = sweep % 2 === 0
    const next = layers.map((layer) => [...layer])
    for (let k = 0; k < next.length; k++) {
      const layer = next[down ? k : next.length - 1 - k] ?? []
      const wanted = new Map(layer.map((i) => [i, barycentre((down ? net.above : net.below)[i] ?? [], place) ?? place[i] ?? 0]))
      layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || (place[a] ?? 0) - (place[b] ?? 0))
      renumber(layer)
    }
    layers = next
    const crossings = crossingsOf(net, layers, place)
    if (crossings < fewest) [best, fewest] = [layers, crossings]
  }
  return best
}

function barycentre(links: readonly Link[], place: Float64Array): number | null {
  if (links.length === 0) return null
  return links.reduce((sum, { to, step }) => sum + (place[to] ?? 0) + step, 0) / links.length
}
