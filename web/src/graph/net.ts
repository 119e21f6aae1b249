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
  /// Bends of each edge, from the top.
  readonly bends: readonly (readonly number[])[]
}

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

  const reach = new Map<string, number>()
  for (const edge of graph.edges) reach.set(keyOf(edge), Math.max(reach.get(keyOf(edge)) ?? 0, nodeLayer[edge.to] ?? 0))
  // Beyond this many bends, long edges run across the picture: it is too big to follow one of them by eye anyway.
  let left = 20 * (nodes + graph.edges.length) + 1000
  const trunks = new Map<string, readonly number[]>()
  const trunkOf = (edge: LayoutEdge, key: string, last: number): readonly number[] => {
    const known = trunks.get(key)
    if (known) return known
    const first = nodeLayer[edge.from] ?? 0
    const trunk: number[] = []
    if (last - first - 1 <= left) {
      for (let at = first + 1; at < last; at++) {
        const bend = addBend(at)
        link(trunk.at(-1) ?? edge.from, bend, 1, trunk.length === 0 ? edge.leave : 0, 0)
        trunk.push(bend)
      }
    }
    left -= trunk.length
    trunks.set(key, trunk)
    return trunk
  }

  const bends = graph.edges.map((edge, e) => {
    const span = (nodeLayer[edge.to] ?? 0) - (nodeLayer[edge.from] ?? 0)
    if (span <= 1) {
      link(edge.from, edge.to, edge.weight, edge.leave, edge.enter)
      return []
    }
    const key = shared ? keyOf(edge) : `${e}`
    const trunk = trunkOf(edge, key, shared ? (reach.get(key) ?? 0) : (nodeLayer[edge.to] ?? 0))
    const last = trunk[span - 2]
    if (last === undefined) return []
    link(last, edge.to, edge.weight, 0, edge.enter)
    return trunk.slice(0, span - 1)
  })
  return { nodes, count: layer.length, layer, width: layer.map((_, i) => graph.nodes[i]?.width ?? 0), above, below, bends }
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
