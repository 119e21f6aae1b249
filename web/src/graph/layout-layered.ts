/// Layout in near-linear time: layers by longest path, order by barycentres. The same graph always gives the same picture.

import { membersOf, netOf, type Net } from './net'
import { crossingsIn, ordered, type Order } from './order'
import { guess, placed } from './place'
import type { Columns, Held, LayoutGraph } from './placement'

/// Where less than this part of the nodes stood somewhere before, the picture is laid out anew.
const HELD_LEAST = 0.5
/// Up to this many links the order that was held is compared with a new one, which is taken when that has far fewer crossings.
const COMPARED_MOST = 3_000
const WORSE = { factor: 1.5, spare: 6 } as const

export function layoutLayered(graph: LayoutGraph, quick = false): Columns {
  const net = netOf(graph, layersOf(graph), true)
  if (quick) return placed(net, ordered(net, true), null, true)
  const held = graph.held && heldPlaces(net, graph.held)
  if (!held) return placed(net, ordered(net))
  const order = heldOrder(net, held)
  if (net.below.to.length <= COMPARED_MOST) {
    const fresh = ordered(net)
    if (crossingsIn(net, order) > WORSE.factor * crossingsIn(net, fresh) + WORSE.spare) return placed(net, fresh)
  }
  return placed(net, order, held)
}

/// Where each node and bend stood; null when that is known of too few.
function heldPlaces(net: Net, { x, ways }: Held): Float64Array | null {
  const held = new Float64Array(net.count).fill(Number.NaN)
  held.set(x)
  const known = x.reduce((count, one) => count + (Number.isNaN(one) ? 0 : 1), 0)
  if (known < HELD_LEAST * net.nodes || known === 0) return null
  net.bends.forEach((bends, e) => {
    const way = ways[e] ?? []
    if (way.length === 0) return
    const last = Math.max(1, bends.length - 1)
    bends.forEach((bend, k) => void (held[bend] = way[Math.round((k * (way.length - 1)) / last)] ?? Number.NaN))
  })
  return held
}

/// From left to right as they stood; what is new takes the free place that is nearest to what it is linked to.
function heldOrder(net: Net, held: Float64Array): Order {
  const x = held.slice()
  const isNew = (i: number): boolean => Number.isNaN(held[i] ?? Number.NaN)
  guess(net, x, isNew)
  const before = (a: number, b: number): number => (x[a] ?? 0) - (x[b] ?? 0) || a - b
  return membersOf(net).map((layer) => {
    const fresh = layer.filter(isNew).sort(before)
    if (fresh.length === 0 || fresh.length * layer.length > MOST_TRIED) return layer.sort(before)
    const members = Array.from(layer.filter((i) => !isNew(i)).sort(before))
    for (const i of fresh) insert(net, members, i, x)
    return Int32Array.from(members)
  })
}

/// Pairs of a new box and a gap that are tried in one layer.
const MOST_TRIED = 100_000
const GAP = 28
/// How much worse it is to push what stands there than to stand farther away.
const PUSH = 4

function insert(net: Net, members: number[], i: number, x: Float64Array): void {
  const wanted = x[i] ?? 0
  const half = (net.width[i] ?? 0) / 2
  let [best, cheapest, place] = [0, Infinity, wanted]
  for (let k = 0; k <= members.length; k++) {
    const [left, right] = [members[k - 1], members[k]]
    const from = left === undefined ? -Infinity : (x[left] ?? 0) + (net.width[left] ?? 0) / 2 + GAP + half
    const to = right === undefined ? Infinity : (x[right] ?? 0) - (net.width[right] ?? 0) / 2 - GAP - half
    const at = from <= to ? Math.min(to, Math.max(from, wanted)) : (from + to) / 2
    const cost = Math.abs(at - wanted) + PUSH * Math.max(0, from - to)
    if (cost < cheapest) [best, cheapest, place] = [k, cost, at]
  }
  members.splice(best, 0, i)
  x[i] = place
}

/// Longest path from the top. Then, from the bottom up, a node whose links downward weigh no less than those upward slides down to
/// just above its first use: arrays stand next to what uses them, and the steps of an unrolled loop next to where they are summed.
export function layersOf({ nodes, edges }: LayoutGraph): Int32Array {
  const layer = new Int32Array(nodes.length)
  const first = new Int32Array(nodes.length).fill(-1)
  const balance = new Int32Array(nodes.length)
  const isSource = new Uint8Array(nodes.length).fill(1)
  for (const { to } of edges) isSource[to] = 0
  // Operations come after what they use, so one walk in the order of their ends settles each layer, and one back each slide.
  const byEnd = Int32Array.from(edges.keys()).sort((a, b) => (edges[a]?.to ?? 0) - (edges[b]?.to ?? 0) || a - b)
  for (const e of byEnd) {
    const { from, to } = edges[e] ?? NONE
    layer[to] = Math.max(layer[to] ?? 0, (layer[from] ?? 0) + 1)
    balance[from] = (balance[from] ?? 0) + 1
    // What feeds a node from nowhere comes along for free.
    if (isSource[from] === 0) balance[to] = (balance[to] ?? 0) - 1
  }
  const slide = (i: number): void => {
    const use = first[i] ?? -1
    if (use >= 0 && (isSource[i] === 1 || (balance[i] ?? 0) >= 0)) layer[i] = use - 1
  }
  for (let k = byEnd.length - 1; k >= 0; ) {
    const to = edges[byEnd[k] ?? 0]?.to ?? 0
    slide(to)
    for (; k >= 0 && edges[byEnd[k] ?? 0]?.to === to; k--) {
      const from = edges[byEnd[k] ?? 0]?.from ?? 0
      const use = first[from] ?? -1
      first[from] = use < 0 ? (layer[to] ?? 0) : Math.min(use, layer[to] ?? 0)
    }
  }
  for (let i = 0; i < nodes.length; i++) if (isSource[i] === 1) slide(i)
  return layer
}

const NONE = { from: 0, to: 0 }
