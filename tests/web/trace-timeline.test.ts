/// One timeline of forward and backward steps.

import { describe, expect, it } from 'vitest'
import { gradientAt, hasBegun, isComputed, readTrace, runningSums, stepAt, stepOfContribution, stepOfNode, stepsOfLine, stepsOfNode, timelineOf, type Trace } from '../../web/src/trace'
import { diamond, loop, square } from './fixtures/graphs'
import { stored } from './fixtures/traces'

const words = (trace: Trace): readonly string[] =>
  Array.from({ length: timelineOf(trace).length }, (_, index) => {
    const step = stepAt(trace, index)
    return step ? `${step.kind === 'forward' ? '' : `pass ${step.pass} back `}${step.node}` : 'none'
  })

describe('timelineOf', () => {
  it('has the nodes in order, then one step per VJP call', () => {
    expect(words(readTrace(square()))).toEqual(['0', '1', '2', 'pass 0 back 2', 'pass 0 back 1'])
  })

  it('puts a pass after the nodes that existed when it began', () => {
    expect(words(stored('interleaved'))).toEqual(['0', '1', 'pass 0 back 1', '2', 'pass 1 back 2'])
  })

  it('puts what a recorded pass makes before the call that made it', () => {
    const trace = stored('second_order')
    const steps = words(trace)
    const made = [...trace.nodes.cause].findIndex((cause) => cause >= 0)
    const cause = trace.nodes.cause[made]
    expect(steps.indexOf(String(made))).toBeLessThan(steps.indexOf(`pass 0 back ${cause}`))
    expect(steps.indexOf(String(made))).toBeGreaterThan(steps.indexOf(String(cause)))
  })

  it('holds every step of every pass once', () => {
    for (const trace of [readTrace(square()), readTrace(loop(12)), stored('second_order'), stored('broadcast'), stored('doubling')]) {
      const { length, backward, ofPass } = timelineOf(trace)
      const back = backward.subarray(0, length).reduce((sum, one) => sum + one, 0)
      expect(back).toBe(trace.passes.reduce((sum, { steps }) => sum + steps.node.length, 0))
      expect(new Set(ofPass.flatMap((steps) => [...steps])).size).toBe(back)
    }
  })

  it('leaves out what no picture shows', () => {
    const trace = readTrace({ ...square(), passes: [] })
    expect(timelineOf(trace).length).toBe(3)
    expect(stepAt(trace, 3)).toBeNull()
    expect(stepAt(trace, -1)).toBeNull()
  })
})

describe('questions to the timeline', () => {
  it('finds the steps of a node and of a line', () => {
    const trace = readTrace(diamond())
    expect(stepOfNode(trace, 1)).toBe(1)
    expect(stepsOfNode(trace, 1).map((step) => stepAt(trace, step)?.kind)).toEqual(['forward', 'backward'])
    expect(stepsOfLine(trace, 4)).toEqual(stepsOfNode(trace, 1))
    expect(stepsOfLine(trace, 99)).toEqual([])
  })

  it('knows which nodes have values', () => {
    const trace = readTrace(square())
    expect([0, 1, 2].map((node) => isComputed(trace, 1, node))).toEqual([true, true, false])
  })

  it('sums a gradient up step by step, and back again', () => {
    const trace = stored('broadcast')
    const w = trace.slots.name.findIndex((name) => trace.strings[name] === 'w')
    const sums = runningSums(trace, 0, w)
    expect(sums).toHaveLength(3)
    const seen = Array.from({ length: timelineOf(trace).length }, (_, step) => gradientAt(trace, step, 0, w))
    expect([...new Set(seen)]).toEqual([-1, ...sums])
    expect(seen.toReversed().map((_, i) => gradientAt(trace, seen.length - 1 - i, 0, w))).toEqual(seen.toReversed())
    const last = stepAt(trace, timelineOf(trace).length - 1)
    expect(last).toMatchObject({ turn: 2, turns: 3, axes: [0] })
  })

  it('gives the head its gradient when the pass begins', () => {
    const trace = readTrace(square())
    expect(hasBegun(trace, 2, 0)).toBe(false)
    expect(gradientAt(trace, 2, 0, 2)).toBe(-1)
    expect(gradientAt(trace, 3, 0, 2)).toBe(trace.passes[0]?.headGrads[0])
  })

  it('knows when an operand got its contribution', () => {
    const trace = readTrace(square())
    const arg = stepAt(trace, 3)?.arg ?? -1
    expect(stepOfContribution(trace, 0, arg)).toBe(3)
    expect(stepOfContribution(trace, 1, arg)).toBe(-1)
  })

  it('answers fast on ten thousand nodes', () => {
    const trace = readTrace(loop(5000))
    const { length } = timelineOf(trace)
    const began = performance.now()
    for (let step = 0; step < length; step++) {
      stepAt(trace, step)
      gradientAt(trace, step, 0, 0)
    }
    expect(length).toBeGreaterThan(9000)
    expect(performance.now() - began).toBeLessThan(1500)
  })
})
