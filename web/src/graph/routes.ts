/// Edges as smooth paths: out of the bottom border of a producer, straight through the layers between, into the top border of
/// the consumer at the place of its operand. All bending happens in the space between layers, so no edge crosses a box.

import type { Graph } from './model'
import { monotone } from './place'
import { PLATE_HEIGHT, type Placement } from './placement'
import { entryOf, exitOf } from './ports'

export interface Point {
  readonly x: number
  readonly y: number
}

/// Points of an edge from producer to consumer. Between two points at one x it runs straight, else in an S.
/// An edge with a plate runs from there.
export interface Route {
  readonly points: readonly Point[]
  readonly plate: Point | null
}

/// Half the distance between the two lanes of an edge that carries a value down and a gradient up.
export const LANE = 4
/// Between two edges that leave one result.
const PORT_GAP = 18

export function routesOf(graph: Graph, placement: Placement): readonly Route[] {
  const starts = departures(graph, placement)
  return graph.edges.map((edge, e) => {
    const [from, to] = [graph.boxes[edge.from], graph.boxes[edge.to]]
    const top = (placement.y[edge.to] ?? 0) - (to?.height ?? 0) / 2
    const bottom = (placement.y[edge.from] ?? 0) + (from?.height ?? 0) / 2
    const plate = placement.plates[e] ?? null
    const start = plate ? { x: plate.x, y: plate.y + PLATE_HEIGHT / 2 } : { x: starts[e] ?? 0, y: bottom }
    const end = { x: entryAt(graph, placement, e), y: top }
    const firstLayer = placement.layers[plate?.layer ?? placement.layer[edge.from] ?? 0]
    const lastLayer = placement.layers[placement.layer[edge.to] ?? 0]
    const points: Point[] = [start]
    if (firstLayer && firstLayer.bottom > start.y) points.push({ x: start.x, y: firstLayer.bottom })
    for (const { layer, x } of placement.passes[e] ?? []) {
      const through = placement.layers[layer]
      if (through) points.push({ x, y: through.top }, { x, y: through.bottom })
    }
    if (lastLayer && lastLayer.top < end.y) points.push({ x: end.x, y: lastLayer.top })
    points.push(end)
    return { points, plate }
  })
}

/// Where each edge leaves: next to each other under its own result, in the order of where they go; one that can run
/// straight down does.
function departures(graph: Graph, placement: Placement): readonly number[] {
  const leaving = new Map<number, number[]>()
  graph.edges.forEach(({ slot }, e) => {
    if (placement.plates[e]) return
    const list = leaving.get(slot)
    if (list) list.push(e)
    else leaving.set(slot, [e])
  })
  const x = graph.edges.map(() => 0)
  for (const edges of leaving.values()) {
    const first = graph.edges[edges[0] ?? 0]
    if (!first) continue
    const exit = exitOf(graph.boxes[first.from], first.slot)
    const middle = (placement.x[first.from] ?? 0) + exit.middle
    const only = edges.length === 1 ? edges[0] : undefined
    if (only !== undefined) {
      const to = placement.passes[only]?.[0]?.x ?? entryAt(graph, placement, only)
      x[only] = Math.round(Math.abs(to - middle) <= exit.room / 2 ? to : middle)
      continue
    }
    // Edges that share their way (bends of one trunk) leave as one.
    const target = new Map<string, number>()
    for (const e of edges) target.set(wayOf(placement, e), placement.passes[e]?.[0]?.x ?? entryAt(graph, placement, e))
    const ways = [...target].sort(([, p], [, q]) => p - q)
    const gap = ways.length > 1 ? Math.min(PORT_GAP, exit.room / (ways.length - 1)) : 0
    const reach = exit.room / 2
    const straight = (to: number): boolean => Math.abs(to - middle) <= reach
    const wanted = ways.map(([, to], k) => (straight(to) ? to : middle) - k * gap)
    const offsets = monotone(wanted, ways.map(([, to]) => (straight(to) ? 500 : 1)))
    const places = new Map(ways.map(([way], k) => {
      const least = middle - reach + k * gap
      const most = middle + reach - (ways.length - 1 - k) * gap
      return [way, Math.round(Math.min(most, Math.max(least, (offsets[k] ?? 0) + k * gap)))]
    }))
    for (const e of edges) x[e] = places.get(wayOf(placement, e)) ?? middle
  }
  return x
}

/// Edges with equal ways start alike: "bend 120" for those through a bend at x = 120, else the edge itself.
function wayOf(placement: Placement, e: number): string {
  const bend = placement.passes[e]?.[0]
  return bend ? `bend ${bend.x}` : `edge ${e}`
}

/// Where an edge enters its consumer.
function entryAt(graph: Graph, placement: Placement, e: number): number {
  const edge = graph.edges[e]
  if (!edge) return 0
  return (placement.x[edge.to] ?? 0) + entryOf(graph.boxes[edge.to], edge.operand, edge.operands)
}

/// SVG path along points.
export function pathOf(points: readonly Point[]): string {
  const n = (value: number): string => String(Math.round(value * 10) / 10)
  let path = ''
  points.forEach((point, i) => {
    const before = points[i - 1]
    if (!before) path += `M${n(point.x)} ${n(point.y)}`
    else if (isStraight(before, point)) path += `V${n(point.y)}`
    else {
      const middle = (before.y + point.y) / 2
      path += `C${n(before.x)} ${n(middle)} ${n(point.x)} ${n(middle)} ${n(point.x)} ${n(point.y)}`
    }
  })
  return path
}

/// Whether an edge runs straight between two of its points.
export function isStraight(a: Point, b: Point): boolean {
  return Math.abs(a.x - b.x) < 0.05
}

/// The point half way along a route's points.
export function middleOf({ points }: Route): Point {
  const k = Math.max(1, Math.floor(points.length / 2))
  const [a, b] = [points[k - 1], points[k]]
  return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : { x: 0, y: 0 }
}
