/// Layout in near-linear time: layers by longest path, order by barycentres, places by least squares.
/// The same graph always gives the same picture.

import { MARGIN, type LayoutGraph, type Placement } from './placement'

const GAP = { node: 28, edge: 14 } as const
/// Space between two layers: more where edges run far sideways.
const LAYER_GAP = { least: 44, most: 150, perSideways: 0.05 } as const
const ORDER_SWEEPS = 6
const PLACE_SWEEPS = 6

/// Nodes and, after them, bends: where a long edge passes through a layer. All long edges of one producer share a
/// trunk of bends, so the number of bends stays small when a loop uses one parameter a thousand times.
interface Net {
  readonly count: number
  readonly layer: Int32Array
  readonly width: Float64Array
  readonly layers: readonly (readonly number[])[]
  /// Neighbours in the layer above and below.
  readonly above: readonly (readonly number[])[]
  readonly below: readonly (readonly number[])[]
  /// Bend of a producer's trunk in a layer, by producer; empty when it has none.
  readonly trunk: readonly (readonly number[])[]
}

export function layoutLayered(graph: LayoutGraph): Placement {
  const net = netOf(graph, layersOf(graph))
  const order = ordered(net)
  const x = placed(net, order)
  const left = net.layers.flat().reduce((least, i) => Math.min(least, (x[i] ?? 0) - (net.width[i] ?? 0) / 2), Infinity)
  const shift = MARGIN - (Number.isFinite(left) ? left : 0)
  for (let i = 0; i < net.count; i++) x[i] = Math.round((x[i] ?? 0) + shift)
  const right = x.reduce((most, xi, i) => Math.max(most, xi + (net.width[i] ?? 0) / 2), 0)

  const layers = stacked(graph, net, x)
  const n = graph.nodes.length
  return {
    x: Array.from(x.subarray(0, n)),
    y: Array.from({ length: n }, (_, i) => {
      const layer = layers[net.layer[i] ?? 0]
      return layer ? (layer.top + layer.bottom) / 2 : 0
    }),
    layer: Array.from(net.layer.subarray(0, n)),
    layers,
    passes: graph.edges.map(({ from, to }) => {
      const [first, last] = [net.layer[from] ?? 0, net.layer[to] ?? 0]
      return (net.trunk[from] ?? []).slice(0, Math.max(0, last - first - 1)).map((bend, k) => ({ layer: first + 1 + k, x: x[bend] ?? 0 }))
    }),
    width: right + MARGIN,
    height: (layers.at(-1)?.bottom ?? 0) + MARGIN,
  }
}

/// Longest path from the top; what has no operands then moves down to just above its first use.
function layersOf(graph: LayoutGraph): Int32Array {
  const layer = new Int32Array(graph.nodes.length)
  const first = new Int32Array(graph.nodes.length).fill(0x7fffffff)
  const hasOperands = new Uint8Array(graph.nodes.length)
  // Edges lead from earlier nodes to later ones, so one walk in the order of their ends settles each layer.
  const byEnd = [...graph.edges].sort((a, b) => a.to - b.to)
  for (const { from, to } of byEnd) layer[to] = Math.max(layer[to] ?? 0, (layer[from] ?? 0) + 1)
  for (const { from, to } of byEnd) {
    hasOperands[to] = 1
    first[from] = Math.min(first[from] ?? 0, layer[to] ?? 0)
  }
  for (let i = 0; i < layer.length; i++) {
    if (!hasOperands[i] && first[i] !== 0x7fffffff) layer[i] = (first[i] ?? 1) - 1
  }
  return layer
}

function netOf(graph: LayoutGraph, nodeLayer: Int32Array): Net {
  const n = graph.nodes.length
  const last = new Int32Array(n).fill(-1)
  for (const { from, to } of graph.edges) last[from] = Math.max(last[from] ?? -1, nodeLayer[to] ?? 0)
  // Beyond this many bends, edges run straight: the picture is too big to follow one of them by eye anyway.
  let left = 20 * (n + graph.edges.length) + 1000
  const layer: number[] = Array.from(nodeLayer)
  const above: number[][] = Array.from({ length: n }, () => [])
  const below: number[][] = Array.from({ length: n }, () => [])
  const link = (upper: number, lower: number): void => {
    above[lower]?.push(upper)
    below[upper]?.push(lower)
  }
  const trunk = Array.from({ length: n }, (_, i): number[] => {
    const own = nodeLayer[i] ?? 0
    const length = Math.max(0, (last[i] ?? -1) - own - 1)
    if (length > left) return []
    left -= length
    const bends: number[] = []
    for (let k = 0; k < length; k++) {
      const bend = layer.length
      layer.push(own + 1 + k)
      above.push([])
      below.push([])
      link(bends.at(-1) ?? i, bend)
      bends.push(bend)
    }
    return bends
  })
  for (const { from, to } of graph.edges) {
    const span = (nodeLayer[to] ?? 0) - (nodeLayer[from] ?? 0)
    if (span === 1) link(from, to)
    else if ((trunk[from]?.length ?? 0) >= span - 1) link(trunk[from]?.[span - 2] ?? from, to)
  }
  const count = layer.length
  const layers: number[][] = Array.from({ length: layer.reduce((most, l) => Math.max(most, l + 1), 0) }, () => [])
  for (let i = 0; i < count; i++) layers[layer[i] ?? 0]?.push(i)
  return {
    count,
    layer: Int32Array.from(layer),
    width: Float64Array.from({ length: count }, (_, i) => graph.nodes[i]?.width ?? 0),
    layers,
    above,
    below,
    trunk,
  }
}

// ----- Order within the layers -----

function ordered(net: Net): readonly (readonly number[])[] {
  const place = new Float64Array(net.count)
  let layers = net.layers.map((layer) => [...layer])
  const renumber = (layer: readonly number[]): void => layer.forEach((i, p) => void (place[i] = p))
  layers.forEach(renumber)
  let best = layers
  let fewest = Infinity
  for (let sweep = 0; sweep < ORDER_SWEEPS && fewest > 0; sweep++) {
    const down = sweep % 2 === 0
    layers = layers.map((layer) => [...layer])
    const indices = layers.map((_, i) => (down ? i : layers.length - 1 - i))
    for (const l of indices) {
      const layer = layers[l] ?? []
      const wanted = new Map(layer.map((i) => [i, barycentre((down ? net.above : net.below)[i] ?? [], place) ?? place[i] ?? 0]))
      layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || (place[a] ?? 0) - (place[b] ?? 0))
      renumber(layer)
    }
    const crossings = crossingsOf(net, layers, place)
    if (crossings < fewest) [best, fewest] = [layers, crossings]
  }
  return best
}

function barycentre(neighbours: readonly number[], place: Float64Array): number | null {
  if (neighbours.length === 0) return null
  return neighbours.reduce((sum, i) => sum + (place[i] ?? 0), 0) / neighbours.length
}

/// Crossings between neighbouring layers, counted with a Fenwick tree in O(E log V).
function crossingsOf(net: Net, layers: readonly (readonly number[])[], place: Float64Array): number {
  let crossings = 0
  for (let l = 0; l + 1 < layers.length; l++) {
    const width = layers[l + 1]?.length ?? 0
    const tree = new Int32Array(width + 1)
    let seen = 0
    for (const upper of layers[l] ?? []) {
      const ends = (net.below[upper] ?? []).map((lower) => place[lower] ?? 0)
      for (const end of ends) {
        let upTo = 0
        for (let i = end + 1; i > 0; i -= i & -i) upTo += tree[i] ?? 0
        crossings += seen - upTo
      }
      for (const end of ends) for (let i = end + 1; i <= width; i += i & -i) tree[i] = (tree[i] ?? 0) + 1
      seen += ends.length
    }
  }
  return crossings
}

// ----- Places within the layers -----

function placed(net: Net, order: readonly (readonly number[])[]): Float64Array {
  const x = new Float64Array(net.count)
  for (const layer of order) spread(net, layer, layer.map(() => 0), layer.map(() => 1), x)
  const isBend = (i: number, nodes: number): boolean => i >= nodes
  const nodes = net.trunk.length
  for (let sweep = 0; sweep < PLACE_SWEEPS; sweep++) {
    const down = sweep % 2 === 0
    for (let k = 0; k < order.length; k++) {
      const layer = order[down ? k : order.length - 1 - k] ?? []
      const wanted: number[] = []
      const weight: number[] = []
      for (const i of layer) {
        // The last sweeps look both ways, so that a box ends between its operands and its consumers.
        const both = sweep >= PLACE_SWEEPS - 2
        const ups = down || both ? (net.above[i] ?? []) : []
        const downs = !down || both ? (net.below[i] ?? []) : []
        let [sum, total] = [0, 0]
        for (const other of [...ups, ...downs]) {
          // Long edges are kept straight first, then edges between a bend and a box.
          const pull = isBend(i, nodes) && isBend(other, nodes) ? 8 : isBend(i, nodes) || isBend(other, nodes) ? 2 : 1
          sum += pull * (x[other] ?? 0)
          total += pull
        }
        wanted.push(total > 0 ? sum / total : (x[i] ?? 0))
        weight.push(total > 0 ? total : 0.1)
      }
      spread(net, layer, wanted, weight, x)
    }
  }
  return x
}

/// Places a layer in its order, without overlap, as near to the wanted places as weighted least squares allow
/// (isotonic regression by pooling neighbours).
function spread(net: Net, layer: readonly number[], wanted: readonly number[], weight: readonly number[], x: Float64Array): void {
  let offset = 0
  const offsets = layer.map((i, k) => {
    const before = layer[k - 1]
    if (before !== undefined) {
      const gap = (net.width[i] ?? 0) > 0 || (net.width[before] ?? 0) > 0 ? GAP.node : GAP.edge
      offset += ((net.width[before] ?? 0) + (net.width[i] ?? 0)) / 2 + gap
    }
    return offset
  })
  const pools: { sum: number; weight: number; size: number }[] = []
  layer.forEach((_, k) => {
    const w = weight[k] ?? 1
    let pool = { sum: w * ((wanted[k] ?? 0) - (offsets[k] ?? 0)), weight: w, size: 1 }
    for (let last = pools.at(-1); last && last.sum / last.weight > pool.sum / pool.weight; last = pools.at(-1)) {
      pools.pop()
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, size: last.size + pool.size }
    }
    pools.push(pool)
  })
  let k = 0
  for (const pool of pools) {
    for (let i = 0; i < pool.size; i++, k++) x[layer[k] ?? 0] = pool.sum / pool.weight + (offsets[k] ?? 0)
  }
}

// ----- Heights -----

function stacked(graph: LayoutGraph, net: Net, x: Float64Array): readonly { readonly top: number; readonly bottom: number }[] {
  const heights = net.layers.map((layer) => layer.reduce((most, i) => Math.max(most, graph.nodes[i]?.height ?? 0), 0))
  let y = MARGIN
  return net.layers.map((layer, l) => {
    const top = y
    const bottom = top + (heights[l] ?? 0)
    const sideways = layer.reduce((most, i) => (net.below[i] ?? []).reduce((m, j) => Math.max(m, Math.abs((x[i] ?? 0) - (x[j] ?? 0))), most), 0)
    y = bottom + Math.min(LAYER_GAP.most, LAYER_GAP.least + LAYER_GAP.perSideways * sideways)
    return { top, bottom }
  })
}
