/// Plates: an edge that would run far starts from a plate with the name of its producer, right above its consumer. A
/// parameter that a loop uses three hundred times is so drawn where it is used, not as three hundred lines across the picture.

import { PLATE_HEIGHT, type LayoutGraph } from './placement'

/// A source with fewer uses keeps all its edges.
const MANY_USES = 5
/// Edges that a much used source keeps: at most this many, and none through more layers than this.
const KEPT = 8
const NEAR = 3
/// In a picture of more nodes than `WHOLE`, edges of operations through more layers than this cannot be followed by eye.
const WHOLE = 150
const FAR = 60
/// Most layers that all edges together may pass through. It bounds the time that a layout takes.
const MOST_PASSES = 100_000

export interface Plated {
  /// The graph with a node for each plate behind its own nodes, from which the edges start that have one.
  readonly graph: LayoutGraph
  /// For each edge, the position of its plate among the nodes; -1 for none.
  readonly plateOf: Int32Array
}

/// `layer`: of each node. Gives the graph itself when there is no plate.
export function plated(graph: LayoutGraph, layer: ArrayLike<number>): Plated {
  const { nodes, edges, held } = graph
  const plateOf = new Int32Array(edges.length).fill(-1)
  const chosen = chosenEdges(graph, layer)
  let count = nodes.length
  for (let e = 0; e < edges.length; e++) if (chosen[e] === 1) plateOf[e] = count++
  if (count === nodes.length) return { graph, plateOf }
  const plates = edges.filter((_, e) => chosen[e] === 1).map(({ plate }) => ({ width: plate, height: PLATE_HEIGHT }))
  const moved = edges.map((edge, e) => (chosen[e] === 1 ? { ...edge, from: plateOf[e] ?? 0, leave: 0 } : edge))
  const all = { nodes: [...nodes, ...plates], edges: moved }
  if (!held) return { graph: all, plateOf }
  const x = new Float64Array(count).fill(Number.NaN)
  x.set(held.x)
  plateOf.forEach((plate, e) => {
    // What was a plate has one x; what was a line has left its place.
    if (plate >= 0 && held.ways[e]?.length === 1) x[plate] = held.ways[e]?.[0] ?? Number.NaN
  })
  return { graph: { ...all, held: { x, ways: held.ways.map((way, e) => (chosen[e] === 1 ? null : way)) } }, plateOf }
}

function chosenEdges({ nodes, edges }: LayoutGraph, layer: ArrayLike<number>): Uint8Array {
  const chosen = new Uint8Array(edges.length)
  const span = Int32Array.from(edges, ({ from, to }) => (layer[to] ?? 0) - (layer[from] ?? 0))
  const uses = new Int32Array(nodes.length)
  const isSource = new Uint8Array(nodes.length).fill(1)
  for (const { from, to } of edges) {
    uses[from] = (uses[from] ?? 0) + 1
    isSource[to] = 0
  }
  const kept = new Int32Array(nodes.length)
  edges.forEach(({ from }, e) => {
    const long = span[e] ?? 0
    if (isSource[from] === 1 && (uses[from] ?? 0) >= MANY_USES) {
      const keep = long <= NEAR && (kept[from] ?? 0) < KEPT
      if (keep) kept[from] = (kept[from] ?? 0) + 1
      else chosen[e] = 1
    } else if (nodes.length > WHOLE && long > FAR) chosen[e] = 1
  })
  let left = MOST_PASSES
  span.forEach((long, e) => void (left -= chosen[e] === 1 ? 0 : Math.max(0, long - 1)))
  if (left >= 0) return chosen
  for (const e of span.map((_, e) => e).sort((a, b) => (span[b] ?? 0) - (span[a] ?? 0) || a - b)) {
    if (left >= 0) break
    if (chosen[e] === 1) continue
    chosen[e] = 1
    left += (span[e] ?? 0) - 1
  }
  return chosen
}
