/// The order within layers: sweeps of barycentres, counting crossings, removing those that a swap of two neighbours removes.

import { membersOf, type Links, type Net } from './net'

export type Order = readonly Int32Array[]

/// Neighbours with more pairs of links than this are not compared.
const MOST_PAIRS = 400

/// How much work an order is worth, by the number of links: few crossings while the picture can be read as a whole.
function effortFor(links: number): { readonly sweeps: number; readonly swaps: number; readonly starts: number } {
  if (links <= 1_500) return { sweeps: 12, swaps: 6, starts: 2 }
  if (links <= 6_000) return { sweeps: 8, swaps: 4, starts: 1 }
  return { sweeps: 4, swaps: 2, starts: 1 }
}

/// An order with few crossings; the same net always has the same. `quick`: one sweep.
export function ordered(net: Net, quick = false): Order {
  const { sweeps, swaps, starts } = quick ? { sweeps: 1, swaps: 1, starts: 1 } : effortFor(net.below.to.length)
  const place = new Float64Array(net.count)
  const wanted = new Float64Array(net.count)
  let best: Order = []
  let fewest = Infinity
  for (let start = 0; start < starts; start++) {
    const layers = start === 0 ? membersOf(net) : walked(net)
    layers.forEach((layer) => renumber(layer, place))
    for (let sweep = 0; sweep <= sweeps && fewest > 0; sweep++) {
      if (sweep > 0) swept(net, layers, place, wanted, (sweep + start) % 2 === 1)
      // Swaps find what sweeps miss, but cost as much as several of them.
      if (sweep % 3 === 2 || sweep === sweeps) swapped(net, layers, place, swaps)
      const crossings = crossingsOf(net, layers, place)
      if (crossings < fewest) [best, fewest] = [layers.map((layer) => layer.slice()), crossings]
    }
  }
  return polished(net, best)
}

/// The order or its mirror image, whichever has more operands in reading order; then neighbours swapped while that helps.
export function polished(net: Net, order: Order): Order {
  const place = new Float64Array(net.count)
  order.forEach((layer) => renumber(layer, place))
  const mirrored = isMirrored(net, place)
  const layers = order.map((layer) => (mirrored ? layer.slice().reverse() : layer.slice()))
  layers.forEach((layer) => renumber(layer, place))
  swapped(net, layers, place, effortFor(net.below.to.length).swaps)
  return layers
}

function renumber(layer: Int32Array, place: Float64Array): void {
  for (let p = 0; p < layer.length; p++) place[layer[p] ?? 0] = p
}

/// Each layer in the order in which a walk along links, from the top, first meets its members.
function walked(net: Net): Order {
  const seen = new Uint8Array(net.count)
  const sizes = new Int32Array(net.layers)
  const layers = membersOf(net)
  const stack: number[] = []
  const visit = (i: number): void => {
    if (seen[i] === 1) return
    seen[i] = 1
    const l = net.layer[i] ?? 0
    const layer = layers[l]
    const place = sizes[l] ?? 0
    if (layer) layer[place] = i
    sizes[l] = place + 1
    stack.push(i)
  }
  for (let root = 0; root < net.count; root++) {
    visit(root)
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      for (let k = (net.below.start[i + 1] ?? 0) - 1; k >= (net.below.start[i] ?? 0); k--) visit(net.below.to[k] ?? 0)
      for (let k = net.above.start[i] ?? 0; k < (net.above.start[i + 1] ?? 0); k++) visit(net.above.to[k] ?? 0)
    }
  }
  return layers
}

function swept(net: Net, layers: Order, place: Float64Array, wanted: Float64Array, down: boolean): void {
  const links = down ? net.above : net.below
  const before = (a: number, b: number): number => (wanted[a] ?? 0) - (wanted[b] ?? 0) || (place[a] ?? 0) - (place[b] ?? 0)
  for (let k = 0; k < layers.length; k++) {
    const layer = layers[down ? k : layers.length - 1 - k]
    if (!layer || layer.length < 2) continue
    for (const i of layer) wanted[i] = barycentre(links, i, place)
    layer.sort(before)
    renumber(layer, place)
  }
}

/// Mean place of what a member is linked to; its own place when that is nothing.
function barycentre({ start, to, step }: Links, i: number, place: Float64Array): number {
  const [first, last] = [start[i] ?? 0, start[i + 1] ?? 0]
  if (first === last) return place[i] ?? 0
  let sum = 0
  for (let k = first; k < last; k++) sum += (place[to[k] ?? 0] ?? 0) + (step[k] ?? 0)
  return sum / (last - first)
}

function swapped(net: Net, layers: Order, place: Float64Array, passes: number): void {
  for (let pass = 0; pass < passes; pass++) {
    let swaps = 0
    for (const layer of layers) {
      for (let p = 0; p + 1 < layer.length; p++) {
        const [u, v] = [layer[p] ?? 0, layer[p + 1] ?? 0]
        if (between(net.above, u, v, place) + between(net.below, u, v, place) <= 0) continue
        layer[p] = v
        layer[p + 1] = u
        place[u] = p + 1
        place[v] = p
        swaps++
      }
    }
    if (swaps === 0) break
  }
}

function isMirrored(net: Net, place: Float64Array): boolean {
  const { start, to } = net.above
  let balance = 0
  for (let i = 0; i < net.nodes; i++) {
    for (let k = (start[i] ?? 0) + 1; k < (start[i + 1] ?? 0); k++) balance += Math.sign((place[to[k] ?? 0] ?? 0) - (place[to[k - 1] ?? 0] ?? 0))
  }
  return balance < 0
}

/// Crossings with `u` on the left less those with `v` on the left. Links to one box count in the order of their ports.
function between({ start, to, step }: Links, u: number, v: number, place: Float64Array): number {
  const [u0, u1, v0, v1] = [start[u] ?? 0, start[u + 1] ?? 0, start[v] ?? 0, start[v + 1] ?? 0]
  if ((u1 - u0) * (v1 - v0) > MOST_PAIRS) return 0
  let more = 0
  for (let a = u0; a < u1; a++) {
    const left = (place[to[a] ?? 0] ?? 0) + (step[a] ?? 0)
    for (let b = v0; b < v1; b++) more += Math.sign(left - (place[to[b] ?? 0] ?? 0) - (step[b] ?? 0))
  }
  return more
}

/// Crossings between neighbouring layers, counted with a Fenwick tree in O(E log V).
export function crossingsOf(net: Net, layers: Order, place: Float64Array): number {
  const { start, to } = net.below
  const tree = new Int32Array(layers.reduce((most, layer) => Math.max(most, layer.length), 0) + 1)
  let crossings = 0
  for (let l = 0; l + 1 < layers.length; l++) {
    const width = layers[l + 1]?.length ?? 0
    const upper = layers[l]
    if (!upper || width < 2 || upper.length < 2) continue
    tree.fill(0, 0, width + 1)
    let seen = 0
    for (const node of upper) {
      const [first, last] = [start[node] ?? 0, start[node + 1] ?? 0]
      for (let k = first; k < last; k++) {
        let upTo = 0
        for (let i = (place[to[k] ?? 0] ?? 0) + 1; i > 0; i -= i & -i) upTo += tree[i] ?? 0
        crossings += seen - upTo
      }
      for (let k = first; k < last; k++) for (let i = (place[to[k] ?? 0] ?? 0) + 1; i <= width; i += i & -i) tree[i] = (tree[i] ?? 0) + 1
      seen += last - first
    }
  }
  return crossings
}

/// Crossings of an order.
export function crossingsIn(net: Net, order: Order): number {
  const place = new Float64Array(net.count)
  order.forEach((layer) => renumber(layer, place))
  return crossingsOf(net, order, place)
}
