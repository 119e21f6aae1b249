/// Layouts without holding the page up: at once, from a worker, or in a hurry; and only the newest.

import { describe, expect, it } from 'vitest'
import { layout, type LayoutGraph, type Placement } from '../../web/src/graph'
import { createPlacer, type LayoutWorker } from '../../web/src/render/placer'

const chain = (length: number): LayoutGraph => ({
  nodes: Array.from({ length }, () => ({ width: 80, height: 40 })),
  edges: Array.from({ length: length - 1 }, (_, k) => ({ from: k, to: k + 1, weight: 1, leave: 0, enter: 0, plate: 40 })),
})

/// A placer whose workers and clock are in the test's hands.
function held() {
  const workers: (LayoutWorker & { asked: LayoutGraph[]; ended: boolean })[] = []
  const clocks: { act: () => void; on: boolean }[] = []
  const start = (): LayoutWorker => {
    const worker = {
      asked: [] as LayoutGraph[],
      ended: false,
      onmessage: null,
      onerror: null,
      postMessage: (graph: LayoutGraph) => void worker.asked.push(graph),
      terminate: () => void (worker.ended = true),
    }
    workers.push(worker)
    return worker
  }
  const placer = createPlacer(start, (_, act) => {
    const clock = { act, on: true }
    clocks.push(clock)
    return () => void (clock.on = false)
  })
  const answers: Placement[] = []
  const ask = (graph: LayoutGraph): void => placer.place(graph, (placement) => void answers.push(placement))
  return { placer, workers, clocks, answers, ask }
}

const [SMALL, LARGE] = [chain(20), chain(3_000)]

describe('a placer', () => {
  it('answers a small graph before it returns, without any worker', () => {
    const { answers, workers, ask } = held()
    ask(SMALL)
    expect(answers).toEqual([layout(SMALL)])
    expect(workers).toHaveLength(0)
  })

  it('asks a worker for a large graph and keeps the worker', () => {
    const { answers, workers, clocks, ask } = held()
    for (const turn of [1, 2]) {
      ask(LARGE)
      expect(answers).toHaveLength(turn - 1)
      workers[0]?.onmessage?.({ data: layout(SMALL) })
      expect(answers).toHaveLength(turn)
    }
    expect(workers.map(({ asked, ended }) => [asked.length, ended])).toEqual([[2, false]])
    expect(clocks.some(({ on }) => on)).toBe(false)
  })

  it('ends an older request when a newer one comes', () => {
    const { answers, workers, ask } = held()
    ask(LARGE)
    ask(SMALL)
    expect(workers[0]?.ended).toBe(true)
    expect(answers).toHaveLength(1)
    ask(LARGE)
    expect(workers).toHaveLength(2)
  })

  it('makes the quick layout itself when the worker misses its deadline', () => {
    const { answers, workers, clocks, ask } = held()
    ask(LARGE)
    clocks[0]?.act()
    expect(workers[0]?.ended).toBe(true)
    expect(answers).toEqual([layout(LARGE, true)])
  })

  it('makes the quick layout itself when the worker breaks, and where there is none', () => {
    const { answers, workers, ask } = held()
    ask(LARGE)
    workers[0]?.onerror?.(null)
    createPlacer(() => null, () => () => undefined).place(LARGE, (placement) => void answers.push(placement))
    expect(answers).toEqual([layout(LARGE, true), layout(LARGE, true)])
  })
})
