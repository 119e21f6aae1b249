/// A layered graph with its long edges cut into pieces: between neighbouring layers there are only short links.

import type { LayoutEdge, LayoutGraph } from './placement'

/// Positions below `nodes` are nodes of the graph; the others are bends: where a long edge passes through a layer.
export interface Net {
  readonly nodes: number
  readonly count: number
  readonly layer: readonly number[]
  readonly width: readonly number[]
  /// Links to the layer above and below.
  readonly above: readonly (readonly Link[])[]
  readonly below: readonly (readonly Link[])[]
  /// Bends of each edge, from the top; null for an edge that is not routed.
  readonly bends: readonly (readonly number[] | null)[]
}

/// Most bends of all edges together. Beyond that the longest edges are not routed: a picture with an array that is used ten
/// thousand times stays a picture of ten thousand edges, not of fifty million bends.
const MOST_BENDS = 100_000

export interface Link {
  readonly to: number
  /// How strongly it wants to be straight.
  readonly pull: number
  /// It is straight when this end stands at the other end's x plus this.
  readonly shift: number
  /// Shift as a fraction of a place in the layer: operands want to stand in their order.
  readonly step: number
}

/// `shared`: long edges from one place of a producer share a trunk of bends, so their number stays small when a loop
/// uses one parameter a thousand times. Else each long edge has its own bends.
export function netOf(graph: LayoutGraph, nodeLayer: readonly number[], shared: boolean): Net {
  const nodes = graph.nodes.length
  const layer = [...nodeLayer]
  const above: Link[][] = graph.nodes.map(() => [])
  const below: Link[][] = graph.nodes.map(() => [])
  const half = (i: number): number => Math.max(1, (graph.nodes[i]?.width ?? 0) / 2)
  const link = (upper: number, lower: number, weight: number, leave: number, enter: number): void => {
    // Long edges are kept straight first.
    const pull = weight * (upper >= nodes && lower >= nodes ? 8 : upper >= nodes || lower >= nodes ? 2 : 1)
    below[upper]?.push({ to: lower, pull, shift: enter - leave, step: (0.4 * enter) / half(lower) })
    above[lower]?.push({ to: upper, pull, shift: leave - enter, step: (0.4 * leave) / half(upper) })
  }
  const addBend = (at: number): number => {
    above.push([])
    below.push([])
    return layer.push(at) - 1
  }

  const span = graph.edges.map(({ from, to }) => (nodeLayer[to] ?? 0) - (nodeLayer[from] ?? 0))
  const routed = routedEdges(span)
  const reach = new Map<string, number>()
  graph.edges.forEach((edge, e) => {
    if (routed[e]) reach.set(keyOf(edge), Math.max(reach.get(keyOf(edge)) ?? 0, nodeLayer[edge.to] ?? 0))
  })
  const trunks = new Map<string, readonly number[]>()
  const trunkOf = (edge: LayoutEdge, key: string, last: number): readonly number[] => {
    const known = trunks.get(key)
    if (known) return known
    const trunk: number[] = []
    for (let at = (nodeLayer[edge.from] ?? 0) + 1; at < last; at++) {
      const bend = addBend(at)
      link(trunk.at(-1) ?? edge.from, bend, 1, trunk.length === 0 ? edge.leave : 0, 0)
      trunk.push(bend)
    }
    trunks.set(key, trunk)
    return trunk
  }

  const bends = graph.edges.map((edge, e) => {
    const long = span[e] ?? 0
    if (!routed[e]) return null
    if (long <= 1) {
      link(edge.from, edge.to, edge.weight, edge.leave, edge.enter)
      return []
    }
    const key = shared ? keyOf(edge) : `${e}`
    const trunk = trunkOf(edge, key, shared ? (reach.get(key) ?? 0) : (nodeLayer[edge.to] ?? 0))
    const last = trunk[long - 2]
    if (last !== undefined) link(last, edge.to, edge.weight, 0, edge.enter)
    return trunk.slice(0, long - 1)
  })
  return { nodes, count: layer.length, layer, width: layer.map((_, i) => graph.nodes[i]?.width ?? 0), above, below, bends }
}

/// The shortest edges that fit the budget.
function routedEdges(span: readonly number[]): readonly boolean[] {
  const routed = span.map(() => true)
  let left = MOST_BENDS - span.reduce((sum, one) => sum + Math.max(0, one - 1), 0)
  if (left >= 0) return routed
  for (const [one, e] of span.map((one, e) => [one, e] as const).sort(([a], [b]) => b - a)) {
    if (left >= 0) break
    routed[e] = false
    left += one - 1
  }
  return routed
}

function keyOf(edge: LayoutEdge): string {
  return `${edge.from} ${edge.leave}`
}

/// Nodes and bends of each layer, in the order in which they were made.
export function membersOf(net: Net): readonly (readonly number[])[] {
  const layers: number[][] = Array.from({ length: net.layer.reduce((most, l) => Math.max(most, l + 1), 0) }, () => [])
  net.layer.forEach((layer, i) => layers[layer]?.push(i))
  return layers
}
