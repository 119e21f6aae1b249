/// Edges as smooth paths: out of the bottom border of a producer, straight through the layers between, into the top border of
/// the consumer at the place of its operand. All bending happens in the space between layers, so no edge crosses a box.

import { PILL, type Box, type Graph } from './model'
import type { Placement } from './placement'

export interface Point {
  readonly x: number
  readonly y: number
}

/// Points of an edge from producer to consumer. Between two points at one x it runs straight, else in an S.
export type Route = readonly Point[]

/// Half the distance between the two lanes of an edge that carries a value down and a gradient up.
export const LANE = 4

const PORT_GAP = 18

export function routesOf(graph: Graph, placement: Placement): readonly Route[] {
  const starts = departures(graph, placement)
  return graph.edges.map((edge, e) => {
    const [from, to] = [graph.boxes[edge.from], graph.boxes[edge.to]]
    const top = (placement.y[edge.to] ?? 0) - (to?.height ?? 0) / 2
    const bottom = (placement.y[edge.from] ?? 0) + (from?.height ?? 0) / 2
    const start = { x: starts[e] ?? 0, y: bottom }
    const end = { x: (placement.x[edge.to] ?? 0) + arrival(to, edge.operand, edge.operands), y: top }
    const firstLayer = placement.layers[placement.layer[edge.from] ?? 0]
    const lastLayer = placement.layers[placement.layer[edge.to] ?? 0]
    const points: Point[] = [start]
    if (firstLayer && firstLayer.bottom > start.y) points.push({ x: start.x, y: firstLayer.bottom })
    for (const { layer, x } of placement.passes[e] ?? []) {
      const through = placement.layers[layer]
      if (through) points.push({ x, y: through.top }, { x, y: through.bottom })
    }
    if (lastLayer && lastLayer.top < end.y) points.push({ x: end.x, y: lastLayer.top })
    points.push(end)
    return points
  })
}

/// Where operand `k` of `count` enters, from the middle of the top border. Operands stand left to right in their order.
function arrival(box: Box | undefined, k: number, count: number): number {
  const room = straight(box) - 16
  const gap = count > 1 ? Math.min(PORT_GAP * 1.5, room / (count - 1)) : 0
  return (k - (count - 1) / 2) * gap
}

/// Length of the straight part of a box's top and bottom border.
function straight(box: Box | undefined): number {
  if (!box) return 0
  return box.width - 2 * (box.kind === 'leaf' ? Math.min(PILL, box.height / 2) : 8)
}

/// Where each edge leaves: under its own result, next to each other in the order of where they go.
function departures(graph: Graph, placement: Placement): readonly number[] {
  const leaving = new Map<number, number[]>()
  graph.edges.forEach(({ slot }, e) => {
    const list = leaving.get(slot)
    if (list) list.push(e)
    else leaving.set(slot, [e])
  })
  const x = graph.edges.map(() => 0)
  for (const edges of leaving.values()) {
    const first = graph.edges[edges[0] ?? 0]
    const box = first ? graph.boxes[first.from] : undefined
    if (!first || !box) continue
    const centre = placement.x[first.from] ?? 0
    const several = box.results.length > 1
    const result = box.results.find(({ slot }) => slot === first.slot)
    const middle = several && result ? centre - box.width / 2 + result.x + result.width / 2 : centre
    const room = (several && result ? result.width : straight(box)) - 16
    // Edges that share their way (bends of one trunk) leave as one.
    const target = new Map<string, number>()
    for (const e of edges) {
      const way = wayOf(placement, e)
      if (!target.has(way)) target.set(way, placement.passes[e]?.[0]?.x ?? entry(graph, placement, e))
    }
    const ways = new Map([...target].sort(([, p], [, q]) => p - q).map(([way], k) => [way, k]))
    const gap = ways.size > 1 ? Math.min(PORT_GAP, Math.max(0, room) / (ways.size - 1)) : 0
    edges.forEach((e) => {
      const k = ways.get(wayOf(placement, e)) ?? 0
      x[e] = Math.round(middle + (k - (ways.size - 1) / 2) * gap)
    })
  }
  return x
}

/// Edges with equal ways start alike: "bend 120" for those through a bend at x = 120, else the edge itself.
function wayOf(placement: Placement, e: number): string {
  const bend = placement.passes[e]?.[0]
  return bend ? `bend ${bend.x}` : `edge ${e}`
}

/// Where an edge enters its consumer.
function entry(graph: Graph, placement: Placement, e: number): number {
  const edge = graph.edges[e]
  if (!edge) return 0
  return (placement.x[edge.to] ?? 0) + arrival(graph.boxes[edge.to], edge.operand, edge.operands)
}

/// SVG path of a route, moved sideways by `lane`; `reversed` from consumer to producer.
export function pathOf(route: Route, lane = 0, reversed = false): string {
  const points = (reversed ? [...route].reverse() : route).map(({ x, y }) => ({ x: x + lane, y }))
  const n = (value: number): string => String(Math.round(value * 10) / 10)
  return points
    .map((point, i) => {
      const before = points[i - 1]
      if (!before) return `M${n(point.x)} ${n(point.y)}`
      if (Math.abs(before.x - point.x) < 0.05) return `V${n(point.y)}`
      const middle = (before.y + point.y) / 2
      return `C${n(before.x)} ${n(middle)} ${n(point.x)} ${n(middle)} ${n(point.x)} ${n(point.y)}`
    })
    .join('')
}

/// The point half way along a route's points.
export function middleOf(route: Route): Point {
  const k = Math.max(1, Math.floor(route.length / 2))
  const [a, b] = [route[k - 1], route[k]]
  return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : { x: 0, y: 0 }
}
