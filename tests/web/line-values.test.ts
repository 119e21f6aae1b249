/// What stands at the ends of the lines, derivatives and contributions.

import { describe, expect, it } from 'vitest'
import { contributionsOf, derivativesOf, lineValuesOf } from '../../web/src/explain'
import { readTrace, timelineOf, type Trace } from '../../web/src/trace'
import { mlpStep, square } from './fixtures/graphs'
import { stored } from './fixtures/traces'

const summaryOf = (trace: Trace) => (value: number) => trace.values.summaries[value] ?? null
const lines = (trace: Trace, step: number | null = null) => lineValuesOf(trace, step, summaryOf(trace)).lines

describe('lineValuesOf', () => {
  it('gives the outermost result of a line', () => {
    expect(lines(readTrace(square())).find(({ line }) => line === 4)).toMatchObject({ node: 2, shape: '(2, 2)', value: '[[2 8] [18 32]]' })
  })

  it('has at most one entry a line, in order', () => {
    const all = lines(stored('broadcast')).map(({ line }) => line)
    expect(all).toEqual([...new Set(all)].toSorted((a, b) => a - b))
  })

  it('shows the latest visit of a loop, or that of the step', () => {
    const trace = stored('doubling')
    const [end] = lines(trace).filter(({ visit }) => visit !== '')
    expect(end?.visit).toMatch(/^(\d+) of \1$/)
    const early = lines(trace, 8).find(({ line }) => line === end?.line)
    expect(early?.visit).not.toBe(end?.visit)
    expect(early?.gradient).toBe('')
  })

  it('shows the visit of the turn that a loop shows, unless that is still to come', () => {
    const trace = stored('doubling')
    const [end] = lines(trace).filter(({ visit }) => visit !== '')
    const first = lines(trace, 8).find(({ line }) => line === end?.line)
    const shown = (node: number) => (node === end?.node ? (first?.node ?? -1) : node)
    const there = lineValuesOf(trace, null, summaryOf(trace), shown).lines.find(({ line }) => line === end?.line)
    expect([there?.node, there?.visit, there?.value]).toEqual([first?.node, first?.visit, first?.value])
    const tooEarly = lineValuesOf(trace, 8, summaryOf(trace), () => end?.node ?? -1).lines.find(({ line }) => line === end?.line)
    expect(tooEarly?.visit).toBe(first?.visit)
  })

  it('shows no gradient before its pass has begun, and running sums while it goes', () => {
    const trace = stored('broadcast')
    const seen = Array.from({ length: timelineOf(trace).length }, (_, step) => lines(trace, step).filter(({ gradient }) => gradient !== '').length)
    expect(seen[0]).toBe(0)
    expect(seen.at(-1)).toBe(lines(trace).filter(({ gradient }) => gradient !== '').length)
  })

  it('shows the range of a large array, and asks for what is not known', () => {
    const trace = readTrace(mlpStep())
    expect(lines(trace).find(({ line }) => line === 3)?.value).toMatch(/^\S+ … \S+$/)
    expect(lineValuesOf(trace, null, () => null).pending.length).toBeGreaterThan(0)
  })

  it('keeps values short', () => {
    for (const name of ['doubling', 'broadcast', 'second_order', 'interleaved'] as const) {
      for (const { value, gradient } of lines(stored(name))) expect(Math.max(value.length, gradient.length)).toBeLessThanOrEqual(26)
    }
  })
})

describe('derivativesOf', () => {
  it('gives the rule in symbols, and numbers where it works element by element', () => {
    const trace = stored('doubling')
    const node = timelineOf(trace).node[1] ?? -1
    const [made] = derivativesOf(trace, node, 0, null, summaryOf(trace))
    expect(made).toMatchObject({ operand: 'a', numbers: '2', jacobian: null })
    expect(made?.latex).toContain('\\bar{y}')
  })

  it('gives the size of the Jacobian elsewhere', () => {
    const trace = readTrace(mlpStep())
    const made = derivativesOf(trace, 6, -1, null, summaryOf(trace))
    for (const { numbers, jacobian } of made) expect([numbers, jacobian]).toEqual([null, expect.stringContaining('entries, never formed')])
  })

  it('has no numbers before the step came by', () => {
    const trace = stored('doubling')
    const node = timelineOf(trace).node[1] ?? -1
    expect(derivativesOf(trace, node, 0, 1, summaryOf(trace))[0]?.numbers).toBeNull()
  })
})

describe('contributionsOf', () => {
  it('adds up what came, to the running sum', () => {
    const trace = stored('broadcast')
    const line = timelineOf(trace)
    const [slot, given] = [...(line.given[0] ?? new Map<number, readonly number[]>())].find(([, steps]) => steps.length === 3) ?? [-1, []]
    const all = contributionsOf(trace, 0, slot, null, summaryOf(trace))
    expect(all.map(({ gift, sum }) => [gift, sum])).toEqual([['[0.5 -1]', '[0.5 -1]'], ['[0.5 -1]', '[1 -2]'], ['[4 6]', '[5 4]']])
    expect(contributionsOf(trace, 0, slot, given[1] ?? 0, summaryOf(trace))).toHaveLength(2)
  })

  it('begins with the head gradient of a head', () => {
    const trace = stored('doubling')
    const head = trace.passes[0]?.heads[0] ?? -1
    expect(contributionsOf(trace, 0, head, null, summaryOf(trace))[0]).toMatchObject({ node: null, from: 'head gradient' })
  })
})
