/// The order within layers: counting crossings, and removing those that a swap of two neighbours removes.

import type { Link, Net } from './net'

export type Order = readonly (readonly number[])[]

const PASSES = 4
/// Neighbours with more pairs of links than this are not compared.
const MOST_PAIRS = 400

/// The order or its mirror image, whichever has more operands in reading order; then neighbours swapped while that helps.
export function polished(net: Net, order: Order): Order {
  const place = new Float64Array(net.count)
  const renumber = (layer: readonly number[]): void => layer.forEach((i, p) => void (place[i] = p))
  order.forEach(renumber)
  const layers = order.map((layer) => (isMirrored(net, place) ? [...layer].reverse() : [...layer]))
  layers.forEach(renumber)
  for (let pass = 0; pass < PASSES; pass++) {
    let swaps = 0
    for (const layer of layers) {
      for (let p = 0; p + 1 < layer.length; p++) {
        const [u, v] = [layer[p] ?? 0, layer[p + 1] ?? 0]
        if (gain(net, place, u, v) <= 0) continue
        ;[layer[p], layer[p + 1]] = [v, u]
        ;[place[u], place[v]] = [p + 1, p]
        swaps++
      }
    }
    if (swaps === 0) break
  }
  return layers
}

function isMirrored(net: Net, place: Float64Array): boolean {
  let balance = 0
  for (let i = 0; i < net.nodes; i++) {
    const links = net.above[i] ?? []
    for (let k = 1; k < links.length; k++) balance += Math.sign((place[links[k]?.to ?? 0] ?? 0) - (place[links[k - 1]?.to ?? 0] ?? 0))
  }
  return balance < 0
}

/// How many crossings fewer there are when neighbours u and v change places.
function gain(net: Net, place: Float64Array, u: number, v: number): number {
  return (
    between(net.above[u] ?? [], net.above[v] ?? [], place) + between(net.below[u] ?? [], net.below[v] ?? [], place)
  )
}

/// Crossings with the first on the left less those with the second on the left. Links to one box count in the order of
/// their ports.
function between(left: readonly Link[], right: readonly Link[], place: Float64Array): number {
  if (left.length * right.length > MOST_PAIRS) return 0
  let more = 0
  for (const a of left) for (const b of right) more += Math.sign((place[a.to] ?? 0) + a.step - (place[b.to] ?? 0) - b.step)
  return more
}

/// Crossings between neighbouring layers, counted with a Fenwick tree in O(E log V).
export function crossingsOf(net: Net, layers: Order, place: Float64Array): number {
  let crossings = 0
  for (let l = 0; l + 1 < layers.length; l++) {
    const width = layers[l + 1]?.length ?? 0
    const tree = new Int32Array(width + 1)
    let seen = 0
    for (const upper of layers[l] ?? []) {
      const ends = (net.below[upper] ?? []).map(({ to }) => place[to] ?? 0)
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
