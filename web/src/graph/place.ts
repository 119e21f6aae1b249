/// Places across a layered picture whose order is settled: links as straight as weighted least squares allow, no overlap.

import type { Net } from './net'
import type { Order } from './order'
import { MARGIN, type Columns } from './placement'

const GAP = { node: 28, bend: 18 } as const

/// `held`: where nodes and bends stood before (NaN: nowhere). They stay there as far as there is room; the others find theirs.
export function placed(net: Net, order: Order, held: Float64Array | null = null, quick = false): Columns {
  const x = new Float64Array(net.count)
  const solver = newSolver(net, order, x)
  if (held) {
    solver.hold(held)
    return columnsOf(net, x, true)
  }
  solver.settle(quick ? 4 : net.count > 20_000 ? 8 : 12)
  solver.straighten()
  return columnsOf(net, x, false)
}

const CHAIN_LEAST = 8
const CHAIN_WEIGHT = 1000
/// Farthest that a chain may drift sideways for the sake of straight links.
const SLOPE_MOST = 240
/// In a picture of more layers than `SHORT` only chains through this part of them are straight: side branches as straight lines
/// would each begin to the right of the one before, and the picture would run away to the right.
const SHORT = 24
const LONG_PART = 0.3
/// In such a picture everything is also drawn a little to the middle (x = 0), by this part of what its links weigh.
const CENTRED = 0.05
const HELD_WEIGHT = 1000
const ALONE_WEIGHT = 0.1

function newSolver(net: Net, order: Order, x: Float64Array) {
  const { above, below } = net
  const widest = order.reduce((most, layer) => Math.max(most, layer.length), 0)
  const wanted = new Float64Array(widest)
  const weight = new Float64Array(widest)
  const spread = newSpread(net, widest, x)

  /// Weighted mean of where the links of a member want it; `total` is then their weight together.
  let total = 0
  let centred = order.length > SHORT ? CENTRED : 0
  const pulled = (i: number, up: boolean, down: boolean): number => {
    let sum = 0
    total = 0
    for (const links of [up ? above : null, down ? below : null]) {
      if (!links) continue
      for (let k = links.start[i] ?? 0; k < (links.start[i + 1] ?? 0); k++) {
        const pull = links.pull[k] ?? 0
        sum += pull * ((x[links.to[k] ?? 0] ?? 0) + (links.shift[k] ?? 0))
        total += pull
      }
    }
    return total > 0 ? sum / (total * (1 + centred)) : (x[i] ?? 0)
  }

  /// One walk over the layers; `aim` says where member `i` wants to be and sets its weight (place `k` of its layer).
  const sweep = (fromTop: boolean, aim: (i: number, k: number) => void): void => {
    for (let l = 0; l < order.length; l++) {
      const layer = order[fromTop ? l : order.length - 1 - l]
      if (!layer) continue
      for (let k = 0; k < layer.length; k++) aim(layer[k] ?? 0, k)
      spread(layer, wanted, weight)
    }
  }

  return {
    /// From nothing: sweeps down and up. The last ones look both ways, so that a box ends between its operands and its consumers.
    settle(sweeps: number): void {
      weight.fill(1)
      wanted.fill(0)
      for (const layer of order) spread(layer, wanted, weight)
      for (let s = 0; s < sweeps; s++) {
        const down = s % 2 === 0
        const both = s >= sweeps - 4
        sweep(down, (i, k) => {
          wanted[k] = pulled(i, down || both, !down || both)
          weight[k] = total > 0 ? total : ALONE_WEIGHT
        })
      }
    },

    /// Sweeps leave long chains of links a little crooked. Here each chain takes one place across, and the rest gives way.
    straighten(): void {
      const { target, strength } = chainsOf(net, x)
      for (let s = 0; s < 3; s++) {
        sweep(s % 2 === 0, (i, k) => {
          const fixed = target[i] ?? Number.NaN
          wanted[k] = Number.isNaN(fixed) ? pulled(i, true, true) : fixed
          weight[k] = Number.isNaN(fixed) ? 1 : (strength[i] ?? 1)
        })
      }
    },

    hold(held: Float64Array): void {
      x.set(held)
      centred = 0
      const lost = (i: number): boolean => Number.isNaN(held[i] ?? Number.NaN)
      guess(net, x, lost)
      for (let s = 0; s < 4; s++) {
        sweep(s % 2 === 0, (i, k) => {
          wanted[k] = lost(i) ? pulled(i, true, true) : (held[i] ?? 0)
          weight[k] = lost(i) ? 1 : HELD_WEIGHT
        })
      }
    },
  }
}

/// First places for what stood nowhere: between what it is linked to, as far as that is known.
export function guess(net: Net, x: Float64Array, lost: (i: number) => boolean): void {
  const mean = (i: number): number => {
    let [sum, count] = [0, 0]
    for (const { start, to, shift } of [net.above, net.below]) {
      for (let k = start[i] ?? 0; k < (start[i + 1] ?? 0); k++) {
        const there = x[to[k] ?? 0] ?? Number.NaN
        if (Number.isNaN(there)) continue
        sum += there + (shift[k] ?? 0)
        count++
      }
    }
    return count > 0 ? sum / count : Number.NaN
  }
  const unknown: number[] = []
  for (let i = 0; i < net.count; i++) if (lost(i)) unknown.push(i)
  for (let round = 0; round < 4; round++) {
    for (let k = 0; k < unknown.length; k++) {
      const i = unknown[round % 2 === 0 ? k : unknown.length - 1 - k] ?? 0
      const found = mean(i)
      if (!Number.isNaN(found)) x[i] = found
    }
  }
  for (const i of unknown) if (Number.isNaN(x[i] ?? Number.NaN)) x[i] = 0
}

/// Runs of links each of which is the strongest at both its ends: the one x that each member of a run should have, else NaN.
function chainsOf(net: Net, x: Float64Array): { readonly target: Float64Array; readonly strength: Float64Array } {
  const target = new Float64Array(net.count).fill(Number.NaN)
  const strength = new Float64Array(net.count)
  const strongest = ({ start, pull }: Net['above'], i: number): number => {
    let best = -1
    for (let k = start[i] ?? 0; k < (start[i + 1] ?? 0); k++) {
      if ((pull[k] ?? 0) >= CHAIN_LEAST && (best < 0 || (pull[k] ?? 0) > (pull[best] ?? 0))) best = k
    }
    return best
  }
  const up = Int32Array.from({ length: net.count }, (_, i) => strongest(net.above, i))
  const down = Int32Array.from({ length: net.count }, (_, i) => strongest(net.below, i))
  const next = (i: number): number => {
    const link = down[i] ?? -1
    if (link < 0) return -1
    const back = up[net.below.to[link] ?? 0] ?? -1
    return back >= 0 && net.above.to[back] === i ? link : -1
  }
  const chain: number[] = []
  for (let i = 0; i < net.count; i++) {
    const above = up[i] ?? -1
    if (above >= 0 && net.below.to[next(net.above.to[above] ?? 0)] === i) continue
    chain.length = 0
    // Where each stands when the first of the chain stands at 0.
    let [sum, shift, pull] = [0, 0, 1]
    for (let node = i; ; ) {
      const link = next(node)
      chain.push(node)
      target[node] = shift
      sum += (x[node] ?? 0) - shift
      strength[node] = CHAIN_WEIGHT * Math.max(pull, link < 0 ? 1 : (net.below.pull[link] ?? 1))
      if (link < 0) break
      // `shift` of a link below: this end stands at the other's x plus it.
      shift -= net.below.shift[link] ?? 0
      pull = net.below.pull[link] ?? 1
      node = net.below.to[link] ?? 0
    }
    // Ports that lie a little aside would add up to a slope over a long chain: its boxes then stand in one line instead.
    const slope = Math.abs(shift) > SLOPE_MOST
    if (slope) {
      sum = 0
      let from = 0
      for (const node of chain) {
        if (node < net.nodes) from = target[node] ?? 0
        target[node] = (target[node] ?? 0) - from
        sum += (x[node] ?? 0) - (target[node] ?? 0)
      }
    }
    const kept = chain.length > 1 && (net.layers <= SHORT || chain.length >= LONG_PART * net.layers)
    for (const node of chain) target[node] = kept ? sum / chain.length + (target[node] ?? 0) : Number.NaN
  }
  return { target, strength }
}

/// Places one layer in its order, as near to the wanted places as can be (isotonic regression by pooling neighbours).
function newSpread(net: Net, widest: number, x: Float64Array): (layer: Int32Array, wanted: Float64Array, weight: Float64Array) => void {
  const offsets = new Float64Array(widest)
  const pools = newPools(widest)
  return (layer, wanted, weight) => {
    let offset = 0
    pools.clear()
    for (let k = 0; k < layer.length; k++) {
      const i = layer[k] ?? 0
      const before = layer[k - 1]
      if (before !== undefined) offset += ((net.width[before] ?? 0) + (net.width[i] ?? 0)) / 2 + (i < net.nodes || before < net.nodes ? GAP.node : GAP.bend)
      offsets[k] = offset
      pools.add((wanted[k] ?? 0) - offset, weight[k] ?? 1)
    }
    pools.each((k, place) => void (x[layer[k] ?? 0] = place + (offsets[k] ?? 0)))
  }
}

/// The never falling sequence that is nearest to the wanted one in weighted least squares.
export function monotone(wanted: readonly number[], weight: readonly number[]): readonly number[] {
  const pools = newPools(wanted.length)
  wanted.forEach((want, k) => pools.add(want, weight[k] ?? 1))
  const places: number[] = []
  pools.each((_, place) => void places.push(place))
  return places
}

/// Neighbours that would overlap are pooled and stand together at their mean.
function newPools(most: number) {
  const [sums, weights, sizes] = [new Float64Array(most), new Float64Array(most), new Int32Array(most)]
  let count = 0
  return {
    clear: () => void (count = 0),
    add(want: number, weight: number): void {
      let [sum, total, size] = [weight * want, weight, 1]
      while (count > 0 && (sums[count - 1] ?? 0) / (weights[count - 1] ?? 1) > sum / total) {
        count--
        sum += sums[count] ?? 0
        total += weights[count] ?? 0
        size += sizes[count] ?? 0
      }
      sums[count] = sum
      weights[count] = total
      sizes[count] = size
      count++
    },
    each(act: (k: number, place: number) => void): void {
      let k = 0
      for (let pool = 0; pool < count; pool++) {
        const place = (sums[pool] ?? 0) / (weights[pool] ?? 1)
        for (const end = k + (sizes[pool] ?? 0); k < end; k++) act(k, place)
      }
    },
  }
}

/// Most room that a picture keeps free on its left so that nothing moves.
const LEFT_MOST = 480

function columnsOf(net: Net, x: Float64Array, held: boolean): Columns {
  let [left, right] = [Infinity, -Infinity]
  for (let i = 0; i < net.count; i++) {
    const half = (net.width[i] ?? 0) / 2
    left = Math.min(left, (x[i] ?? 0) - half)
    right = Math.max(right, (x[i] ?? 0) + half)
  }
  if (net.count === 0) [left, right] = [0, 0]
  const from = held && left >= 2 * MARGIN && left <= LEFT_MOST ? 0 : left - 2 * MARGIN
  const at = (i: number): number => Math.round((x[i] ?? 0) - from)
  return {
    x: Array.from({ length: net.nodes }, (_, i) => at(i)),
    layer: Array.from(net.layer.subarray(0, net.nodes)),
    layers: net.layers,
    passes: net.bends.map((bends) => Array.from(bends, (bend) => ({ layer: net.layer[bend] ?? 0, x: at(bend) }))),
    width: Math.ceil(right - from) + 2 * MARGIN,
  }
}
