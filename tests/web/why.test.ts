/// Every reason for a gradient that is missing, zero, not a number, infinite, huge or tiny, on a real program each.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nameOfSlot, readTrace, REASONS, whyGradient, type Trace } from '../../web/src/trace'

interface Case {
  readonly reason: string
  readonly ask: string
  readonly trace: unknown
}

const CASES = JSON.parse(readFileSync(new URL('fixtures/why.json', import.meta.url), 'utf8')) as readonly Case[]

function slotOf(trace: Trace, name: string): number {
  for (let slot = 0; slot < trace.slots.node.length; slot++) if (nameOfSlot(trace, slot) === name) return slot
  throw new RangeError(`no result is called ${name}`)
}

function ask(one: Case): ReturnType<typeof whyGradient> {
  const trace = readTrace(one.trace)
  return whyGradient(trace, trace.passes.length - 1, slotOf(trace, one.ask), (value) => trace.values.summaries[value] ?? null)
}

describe('why', () => {
  it.each(CASES.map((one) => [one.reason, one.ask, one] as const))('%s (asked of %s)', (reason, _ask, one) => {
    const why = ask(one)
    expect(why?.reason).toBe(reason)
    expect(why?.path.length).toBeGreaterThan(0)
    expect(why?.answer.endsWith('.')).toBe(true)
  })

  it('has a program for every reason', () => {
    expect([...new Set(CASES.map(({ reason }) => reason))].sort()).toEqual([...REASONS].sort())
  })

  it('says so in plain words with the numbers', () => {
    expect(CASES.map((one) => `${one.reason}: ${ask(one)?.question} ${ask(one)?.answer}`)).toMatchSnapshot()
  })

  it('is silent about an ordinary gradient', () => {
    const { trace } = CASES.find(({ reason }) => reason === 'not used') ?? { trace: null }
    const read = readTrace(trace)
    expect(whyGradient(read, 0, slotOf(read, 'x'), (value) => read.values.summaries[value] ?? null)).toBeNull()
  })
})
