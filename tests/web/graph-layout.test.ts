/// Where boxes stand: sound pictures from both engines, the same every time, and quickly enough.

import { describe, expect, it } from 'vitest'
import { DEFAULT_METRICS, buildGraph, faultsOf, layout, layoutDagre, layoutGraphOf, layoutLayered, viewsOf, type Graph, type Placement } from '../../web/src/graph'
import { stacked } from '../../web/src/graph/stack'
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

const engines = { dagre: layoutDagre, layered: layoutLayered } as const

describe.each(Object.entries(engines))('%s', (_, engine) => {
  const place = (graph: Graph): Placement => stacked(layoutGraphOf(graph), engine(layoutGraphOf(graph)))

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
    expect(engine({ nodes: [], edges: [] }).x).toEqual([])
    expect(engine({ nodes: [{ width: 80, height: 40 }], edges: [] }).x).toHaveLength(1)
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
    const edge = (from: number, to: number, enter: number) => ({ from, to, weight: 1, leave: 0, enter })
    const edges = nodes.slice(1).flatMap((_, i) => (i === 0 ? [edge(0, 1, 0)] : [edge(i, i + 1, -10), edge(0, i + 1, 10)]))
    const start = performance.now()
    const placement = layout({ nodes, edges })
    expect(performance.now() - start).toBeLessThan(4000)
    expect(placement.layers).toHaveLength(10_001)
    expect(placement.passes.some((passes) => passes === null)).toBe(true)
  })

  it('does not stall when every array is used by every later one', () => {
    const nodes = Array.from({ length: 200 }, () => ({ width: 80, height: 40 }))
    const edges = nodes.flatMap((_, to) => Array.from({ length: to }, (_, from) => ({ from, to, weight: 1, leave: 0, enter: 0 })))
    const start = performance.now()
    layout({ nodes, edges })
    expect(performance.now() - start).toBeLessThan(4000)
  })
})
