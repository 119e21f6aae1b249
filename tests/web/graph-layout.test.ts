/// Where boxes stand: sound pictures, the same every time, quickly enough, and where they stood before.

import { describe, expect, it } from 'vitest'
import { DEFAULT_METRICS, buildGraph, faultsOf, heldFrom, layout, layoutGraphOf, viewsOf, type Graph, type Placement } from '../../web/src/graph'
import { readTrace } from '../../web/src/trace'
import * as graphs from './fixtures/graphs'

function graphOf(document: ReturnType<typeof graphs.square>, view = 0): Graph {
  const trace = readTrace(document)
  const shown = viewsOf(trace)[view]
  if (!shown) throw new Error('no such view')
  return buildGraph(trace, shown, shown.passes.at(-1) ?? -1, (value) => trace.values.summaries[value] ?? null, DEFAULT_METRICS)
}

const NAMED: readonly [string, Graph][] = [
  ['square', graphOf(graphs.square())],
  ['diamond', graphOf(graphs.diamond())],
  ['chain', graphOf(graphs.chain(12))],
  ['fan', graphOf(graphs.fan(20))],
  ['two blocks', graphOf(graphs.twoBlocks(), 1)],
  ['loop of 12', graphOf(graphs.loop(12))],
  ['multi-output', graphOf(graphs.multiOutput())],
  ['second order', graphOf(graphs.secondOrder())],
  ['detached', graphOf(graphs.detached())],
  ['MLP step', graphOf(graphs.mlpStep())],
]

const place = (graph: Graph): Placement => layout(layoutGraphOf(graph))

describe('a layout', () => {
  it.each(NAMED)('%s: no overlap, nothing outside, no edge through a box', (_, graph) => {
    expect(faultsOf(graph, place(graph))).toEqual([])
  })

  it.each(NAMED)('%s: operands stand above what uses them', (_, graph) => {
    const { y } = place(graph)
    for (const { from, to } of graph.edges) expect(y[from]).toBeLessThan(y[to] ?? 0)
  })

  it('is the same every time', () => {
    const graph = graphOf(graphs.loop(12))
    expect(place(graph)).toEqual(place(graph))
  })

  it('draws the spine of a loop as one straight line', () => {
    const graph = graphOf(graphs.loop(12))
    const { x } = place(graph)
    const spine = graph.boxes.flatMap((box, i) => (box.label === '× 2' || box.head ? [x[i] ?? 0] : []))
    expect(Math.max(...spine) - Math.min(...spine)).toBeLessThanOrEqual(2)
  })

  it('puts operands left to right in their order where nothing else matters', () => {
    const graph = graphOf(graphs.fan(6))
    const { x } = place(graph)
    expect(x.slice(0, 6)).toEqual([...x.slice(0, 6)].sort((a, b) => a - b))
  })

  it('answers an empty graph and a single node', () => {
    expect(layout({ nodes: [], edges: [] }).x).toEqual([])
    expect(layout({ nodes: [{ width: 80, height: 40 }], edges: [] }).x).toHaveLength(1)
  })
})

describe('layout', () => {
  it('draws a loop of 400 operations without a fault', () => {
    const graph = graphOf(graphs.loop(133))
    expect(graph.boxes.length).toBe(402)
    expect(faultsOf(graph, layout(layoutGraphOf(graph)))).toEqual([])
  })

  it('does not stall on 9,000 operations', () => {
    const graph = layoutGraphOf(graphOf(graphs.loop(3000)))
    const start = performance.now()
    layout(graph)
    expect(performance.now() - start).toBeLessThan(4000)
  })

  it('does not stall when one array is used ten thousand times', () => {
    const nodes = Array.from({ length: 10_001 }, () => ({ width: 80, height: 40 }))
    const edge = (from: number, to: number, enter: number) => ({ from, to, weight: 1, leave: 0, enter, plate: 40 })
    const edges = nodes.slice(1).flatMap((_, i) => (i === 0 ? [edge(0, 1, 0)] : [edge(i, i + 1, -10), edge(0, i + 1, 10)]))
    const start = performance.now()
    const placement = layout({ nodes, edges })
    expect(performance.now() - start).toBeLessThan(4000)
    expect(placement.layers).toHaveLength(10_001)
    expect(placement.plates.filter((plate) => plate !== null).length).toBeGreaterThan(9_900)
  })

  it('does not stall when every array is used by every later one', () => {
    const nodes = Array.from({ length: 200 }, () => ({ width: 80, height: 40 }))
    const edges = nodes.flatMap((_, to) => Array.from({ length: to }, (_, from) => ({ from, to, weight: 1, leave: 0, enter: 0, plate: 40 })))
    const start = performance.now()
    layout({ nodes, edges })
    expect(performance.now() - start).toBeLessThan(4000)
  })
})

describe('plates', () => {
  /// `steps` operations in a row that all use one array as well.
  const shared = (steps: number) => {
    const nodes = Array.from({ length: steps + 2 }, () => ({ width: 80, height: 40 }))
    const edge = (from: number, to: number, enter: number) => ({ from, to, weight: 1, leave: 0, enter, plate: 40 })
    return { nodes, edges: Array.from({ length: steps }, (_, k) => [edge(k + 1, k + 2, -10), edge(0, k + 2, 10)]).flat() }
  }

  it('stand for an array that many far operations use; near ones keep their edges', () => {
    const { plates, layer } = layout(shared(20))
    const kept = shared(20).edges.filter(({ from }, e) => from === 0 && !plates[e])
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThanOrEqual(8)
    for (const { from, to } of kept) expect((layer[to] ?? 0) - (layer[from] ?? 0)).toBeLessThanOrEqual(3)
  })

  it('are not needed for an array of few uses', () => {
    expect(layout(shared(4)).plates.every((plate) => plate === null)).toBe(true)
  })

  it('stand in the layer above what uses them', () => {
    const { plates, layer, y } = layout(shared(30))
    shared(30).edges.forEach(({ to }, e) => {
      const plate = plates[e]
      if (!plate) return
      expect(plate.layer).toBe((layer[to] ?? 0) - 1)
      expect(plate.y).toBeLessThan(y[to] ?? 0)
    })
  })

  it('leave a sound picture of a loop with a shared array', () => {
    const graph = graphOf(graphs.sharedLoop(40))
    const placement = layout(layoutGraphOf(graph))
    expect(placement.plates.filter((plate) => plate !== null).length).toBeGreaterThan(30)
    expect(faultsOf(graph, placement)).toEqual([])
  })
})

describe('a layout in a hurry', () => {
  it.each(NAMED)('%s: is sound all the same', (_, graph) => {
    expect(faultsOf(graph, layout(layoutGraphOf(graph), true))).toEqual([])
  })
})

describe('a picture after an edit', () => {
  const again = (before: Graph, after: Graph): { readonly old: Placement; readonly now: Placement } => {
    const old = layout(layoutGraphOf(before))
    return { old, now: layout({ ...layoutGraphOf(after), held: heldFrom(before, old, after) }) }
  }
  const moves = (before: Graph, after: Graph): readonly number[] => {
    const { old, now } = again(before, after)
    return before.boxes.flatMap(({ key }, i) => {
      const j = after.boxes.findIndex((box) => box.key === key)
      return j < 0 ? [] : [(now.x[j] ?? 0) - (old.x[i] ?? 0)]
    })
  }

  it.each(NAMED)('%s: stays where it was when nothing changed', (_, graph) => {
    const { old, now } = again(graph, graph)
    expect({ x: now.x, y: now.y, passes: now.passes, plates: now.plates }).toEqual({ x: old.x, y: old.y, passes: old.passes, plates: old.plates })
  })

  it.each([
    ['one more step of a chain', graphOf(graphs.chain(12)), graphOf(graphs.chain(13))],
    ['one more turn of a loop', graphOf(graphs.loop(12)), graphOf(graphs.loop(13))],
    ['one more turn of a loop with a shared array', graphOf(graphs.sharedLoop(20)), graphOf(graphs.sharedLoop(21))],
  ])('%s: what was there stays in its column', (_, before, after) => {
    const moved = moves(before, after)
    expect(moved.length).toBeGreaterThan(before.boxes.length - 3)
    // A box that its new number makes wider pushes its neighbours by as much.
    expect(Math.max(...moved.map(Math.abs))).toBeLessThanOrEqual(4)
    expect(faultsOf(after, again(before, after).now)).toEqual([])
  })

  it('has an operation more, which pushes nothing', () => {
    const moved = moves(graphOf(graphs.diamond()), graphOf(graphs.diamond(true)))
    expect(moved).toEqual([0, 0, 0])
  })

  it('is laid out anew when it is another program', () => {
    const [before, after] = [graphOf(graphs.loop(12)), graphOf(graphs.mlpStep())]
    expect(again(before, after).now).toEqual(layout(layoutGraphOf(after)))
  })
})
