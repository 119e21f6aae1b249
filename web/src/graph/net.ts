/// A layered graph with its long edges cut into pieces: between neighbouring layers there are only short links.

import type { LayoutGraph } from './placement'

/// Positions below `nodes` are nodes of the graph; the others are bends: where a long edge passes through a layer.
export interface Net {
  readonly nodes: number
  readonly count: number
  readonly layers: number
  readonly layer: Int32Array
  readonly width: Float64Array
  /// Links to the layer above and below.
  readonly above: Links
  readonly below: Links
  /// Bends of each edge, from the top.
  readonly bends: readonly Int32Array[]
}

/// Links of position `i` are entries `start[i] .. start[i + 1]` of the columns.
export interface Links {
  readonly start: Int32Array
  readonly to: Int32Array
  /// How strongly it wants to be straight.
  readonly pull: Float64Array
  /// It is straight when this end stands at the other end's x plus this.
  readonly shift: Float64Array
  /// Shift as a fraction of a place in the layer: operands want to stand in their order.
  readonly step: Float64Array
}

const NO_BENDS = new Int32Array()

/// `shared`: long edges from one place of a producer share a trunk of bends, so their number stays small when a loop
/// uses one parameter a thousand times. Else each long edge has its own bends.
export function netOf(graph: LayoutGraph, nodeLayer: ArrayLike<number>, shared: boolean): Net {
  const nodes = graph.nodes.length
  const layerOf = (node: number): number => nodeLayer[node] ?? 0
  const span = Int32Array.from(graph.edges, ({ from, to }) => layerOf(to) - layerOf(from))

  // Trunks: the long edges that share one, and how far down the longest of them goes.
  const trunkOf = new Int32Array(graph.edges.length).fill(-1)
  const trunks: { readonly from: number; readonly leave: number; last: number; first: number }[] = []
  const known = new Map<string, number>()
  graph.edges.forEach(({ from, to, leave }, e) => {
    if ((span[e] ?? 0) <= 1) return
    const key = shared ? `${from} ${leave}` : `${e}`
    let trunk = known.get(key)
    if (trunk === undefined) {
      trunk = trunks.push({ from, leave, last: 0, first: 0 }) - 1
      known.set(key, trunk)
    }
    trunkOf[e] = trunk
    const made = trunks[trunk]
    if (made) made.last = Math.max(made.last, layerOf(to))
  })

  let count = nodes
  for (const trunk of trunks) {
    trunk.first = count
    count += trunk.last - layerOf(trunk.from) - 1
  }
  const layer = new Int32Array(count)
  const width = new Float64Array(count)
  graph.nodes.forEach((node, i) => {
    layer[i] = layerOf(i)
    width[i] = node.width
  })

  const links = newLinks(nodes, width)
  for (const { from, leave, first, last } of trunks) {
    const top = layerOf(from) + 1
    for (let at = top; at < last; at++) {
      const bend = first + at - top
      layer[bend] = at
      links.add(at === top ? from : bend - 1, bend, 1, at === top ? leave : 0, 0)
    }
  }
  const bends = graph.edges.map(({ from, to, weight, leave, enter }, e) => {
    const trunk = trunks[trunkOf[e] ?? -1]
    if (!trunk) {
      links.add(from, to, weight, leave, enter)
      return NO_BENDS
    }
    const own = Int32Array.from({ length: (span[e] ?? 0) - 1 }, (_, k) => trunk.first + k)
    links.add(own[own.length - 1] ?? from, to, weight, 0, enter)
    return own
  })
  const layers = layer.reduce((most, one) => Math.max(most, one + 1), 0)
  return { nodes, count, layers, layer, width, ...links.columns(count), bends }
}

/// Collects links, then sorts them by their upper and by their lower ends.
function newLinks(nodes: number, width: Float64Array) {
  const upper: number[] = []
  const lower: number[] = []
  const pull: number[] = []
  const leaves: number[] = []
  const enters: number[] = []
  return {
    add(from: number, to: number, weight: number, leave: number, enter: number): void {
      upper.push(from)
      lower.push(to)
      // Long edges are kept straight first.
      pull.push(weight * (from >= nodes && to >= nodes ? 8 : from >= nodes || to >= nodes ? 2 : 1))
      leaves.push(leave)
      enters.push(enter)
    },
    columns(count: number): { readonly above: Links; readonly below: Links } {
      const half = (i: number): number => Math.max(1, (width[i] ?? 0) / 2)
      return {
        below: sorted(count, upper, lower, pull, (k) => (enters[k] ?? 0) - (leaves[k] ?? 0), (k) => (0.4 * (enters[k] ?? 0)) / half(lower[k] ?? 0)),
        above: sorted(count, lower, upper, pull, (k) => (leaves[k] ?? 0) - (enters[k] ?? 0), (k) => (0.4 * (leaves[k] ?? 0)) / half(upper[k] ?? 0)),
      }
    },
  }
}

function sorted(count: number, own: readonly number[], other: readonly number[], pulls: readonly number[], shiftOf: (k: number) => number, stepOf: (k: number) => number): Links {
  const start = new Int32Array(count + 1)
  for (const i of own) start[i + 1] = (start[i + 1] ?? 0) + 1
  for (let i = 0; i < count; i++) start[i + 1] = (start[i + 1] ?? 0) + (start[i] ?? 0)
  const next = start.slice()
  const [to, pull, shift, step] = [new Int32Array(own.length), new Float64Array(own.length), new Float64Array(own.length), new Float64Array(own.length)]
  own.forEach((i, k) => {
    const place = next[i] ?? 0
    next[i] = place + 1
    to[place] = other[k] ?? 0
    pull[place] = pulls[k] ?? 0
    shift[place] = shiftOf(k)
    step[place] = stepOf(k)
  })
  return { start, to, pull, shift, step }
}

/// Nodes and bends of each layer, in the order in which they were made.
export function membersOf(net: Net): readonly Int32Array[] {
  const sizes = new Int32Array(net.layers)
  for (const layer of net.layer) sizes[layer] = (sizes[layer] ?? 0) + 1
  const layers = Array.from(sizes, (size) => new Int32Array(size))
  sizes.fill(0)
  net.layer.forEach((l, i) => {
    const layer = layers[l]
    const place = sizes[l] ?? 0
    if (layer) layer[place] = i
    sizes[l] = place + 1
  })
  return layers
}
