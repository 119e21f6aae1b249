/// Places across a layered picture whose order is settled: links as straight as weighted least squares allow, no overlap.

import { MARGIN, type Columns } from './placement'
import type { Link, Net } from './net'

const GAP = { node: 28, bend: 18 } as const
const SWEEPS = 10

export function placed(net: Net, order: readonly (readonly number[])[]): Columns {
  const x = new Float64Array(net.count)
  for (const layer of order) spread(net, layer, layer.map(() => 0), layer.map(() => 1), x)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0
    // The last sweeps look both ways, so that a box ends between its operands and its consumers.
    const both = sweep >= SWEEPS - 4
    for (let k = 0; k < order.length; k++) {
      const layer = order[down ? k : order.length - 1 - k] ?? []
      const wanted: number[] = []
      const weight: number[] = []
      for (const i of layer) {
        let [sum, total] = [0, 0]
        const look = (links: readonly Link[]): void => {
          for (const { to, pull, shift } of links) {
            sum += pull * ((x[to] ?? 0) + shift)
            total += pull
          }
        }
        if (down || both) look(net.above[i] ?? [])
        if (!down || both) look(net.below[i] ?? [])
        wanted.push(total > 0 ? sum / total : (x[i] ?? 0))
        weight.push(total > 0 ? total : 0.1)
      }
      spread(net, layer, wanted, weight, x)
    }
  }
  straighten(net, order, x)
  return columnsOf(net, order.length, x)
}

const CHAIN_LEAST = 8
const CHAIN_WEIGHT = 1000

/// Sweeps leave long chains of links a little crooked. Here each chain takes one place across, and the rest gives way.
function straighten(net: Net, order: readonly (readonly number[])[], x: Float64Array): void {
  const target = new Float64Array(net.count).fill(Number.NaN)
  const strength = new Float64Array(net.count)
  for (const chain of chainsOf(net)) {
    const middle = chain.reduce((sum, { node, shift }) => sum + (x[node] ?? 0) - shift, 0) / chain.length
    for (const { node, shift, pull } of chain) {
      target[node] = middle + shift
      strength[node] = CHAIN_WEIGHT * pull
    }
  }
  for (let sweep = 0; sweep < 3; sweep++) {
    for (let k = 0; k < order.length; k++) {
      const layer = order[sweep % 2 === 0 ? k : order.length - 1 - k] ?? []
      const weight = layer.map((i) => (Number.isNaN(target[i]) ? 1 : (strength[i] ?? 1)))
      const wanted = layer.map((i) => {
        if (!Number.isNaN(target[i])) return target[i] ?? 0
        const links = [...(net.above[i] ?? []), ...(net.below[i] ?? [])]
        const total = links.reduce((sum, { pull }) => sum + pull, 0)
        return total > 0 ? links.reduce((sum, { to, pull, shift }) => sum + pull * ((x[to] ?? 0) + shift), 0) / total : (x[i] ?? 0)
      })
      spread(net, layer, wanted, weight, x)
    }
  }
}

interface ChainPart {
  readonly node: number
  /// Where it stands when the first of the chain stands at 0.
  readonly shift: number
  readonly pull: number
}

/// Runs of links each of which is the strongest at both its ends.
function chainsOf(net: Net): readonly (readonly ChainPart[])[] {
  const strongest = (links: readonly Link[]): Link | null =>
    links.reduce<Link | null>((best, link) => (link.pull >= CHAIN_LEAST && (!best || link.pull > best.pull) ? link : best), null)
  const up = Array.from({ length: net.count }, (_, i) => strongest(net.above[i] ?? []))
  const down = Array.from({ length: net.count }, (_, i) => strongest(net.below[i] ?? []))
  const next = (i: number): Link | null => {
    const link = down[i] ?? null
    return link && up[link.to]?.to === i ? link : null
  }
  const chains: ChainPart[][] = []
  for (let i = 0; i < net.count; i++) {
    const above = up[i] ?? null
    if (above && next(above.to)?.to === i) continue
    const chain: ChainPart[] = []
    let [node, shift, pull] = [i, 0, 1]
    for (;;) {
      const link = next(node)
      chain.push({ node, shift, pull: Math.max(pull, link?.pull ?? 1) })
      if (!link) break
      // `shift` of a link below: this end stands at the other's x plus it.
      ;[node, shift, pull] = [link.to, shift - link.shift, link.pull]
    }
    if (chain.length > 1) chains.push(chain)
  }
  return chains
}

/// Places one layer in its order, as near to the wanted places as can be (isotonic regression by pooling neighbours).
function spread(net: Net, layer: readonly number[], wanted: readonly number[], weight: readonly number[], x: Float64Array): void {
  let offset = 0
  const offsets = layer.map((i, k) => {
    const before = layer[k - 1]
    if (before !== undefined) {
      const gap = i < net.nodes || before < net.nodes ? GAP.node : GAP.bend
      offset += ((net.width[before] ?? 0) + (net.width[i] ?? 0)) / 2 + gap
    }
    return offset
  })
  const places = monotone(layer.map((_, k) => (wanted[k] ?? 0) - (offsets[k] ?? 0)), weight)
  layer.forEach((i, k) => void (x[i] = (places[k] ?? 0) + (offsets[k] ?? 0)))
}

/// The never falling sequence that is nearest to the wanted one in weighted least squares.
export function monotone(wanted: readonly number[], weight: readonly number[]): readonly number[] {
  const pools: { sum: number; weight: number; size: number }[] = []
  wanted.forEach((want, k) => {
    const w = weight[k] ?? 1
    let pool = { sum: w * want, weight: w, size: 1 }
    for (let last = pools.at(-1); last && last.sum / last.weight > pool.sum / pool.weight; last = pools.at(-1)) {
      pools.pop()
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, size: last.size + pool.size }
    }
    pools.push(pool)
  })
  return pools.flatMap(({ sum, weight: total, size }) => Array<number>(size).fill(sum / total))
}

function columnsOf(net: Net, layers: number, x: Float64Array): Columns {
  let [left, right] = [Infinity, -Infinity]
  x.forEach((xi, i) => {
    left = Math.min(left, xi - (net.width[i] ?? 0) / 2)
    right = Math.max(right, xi + (net.width[i] ?? 0) / 2)
  })
  if (net.count === 0) [left, right] = [0, 0]
  const at = (i: number): number => Math.round((x[i] ?? 0) - left + 2 * MARGIN)
  return {
    x: Array.from({ length: net.nodes }, (_, i) => at(i)),
    layer: net.layer.slice(0, net.nodes),
    layers,
    passes: net.bends.map((bends) => bends && bends.map((bend) => ({ layer: net.layer[bend] ?? 0, x: at(bend) }))),
    width: Math.ceil(right - left) + 4 * MARGIN,
  }
}
