/// What a check means for each node.

import { describe, expect, it } from 'vitest'
import { CHECK_REASONS, type Verdict } from '../../web/src/protocol/check'
import { REASON_WORDS, badgesOf, checkText, indexText } from '../../web/src/graph'
import { readTrace, resultSlots } from '../../web/src/trace'
import { diamond, square } from './fixtures/graphs'

const verdict = (change: Partial<Verdict>): Verdict => ({ kind: 'rule', pass: -1, slot: -1, node: 0, arg: -1, status: 'ok', reason: '', detail: '', checked: 3, at: 0, exact: 1, numeric: 1, ...change })
const trace = readTrace(square())
const gradient = (node: number, change: Partial<Verdict> = {}): Verdict => verdict({ kind: 'gradient', pass: 0, node, slot: resultSlots(trace, node)[0] ?? -1, ...change })

describe('badgesOf', () => {
  it('agrees when rule and gradient do', () => {
    const badge = badgesOf(trace, [verdict({ node: 2 }), gradient(2)]).get(2)
    expect(badge).toMatchObject({ tone: 'ok', word: 'agrees' })
    expect(badge?.text).toContain('6 elements')
  })

  it('blames a wrong rule itself, with both numbers and the place', () => {
    const badge = badgesOf(trace, [verdict({ node: 2, status: 'differs', arg: trace.nodes.argStart[2] ?? -1, exact: 1.5, numeric: 2.25 })]).get(2)
    expect(badge?.tone).toBe('differs')
    expect(badge?.text).toContain('it gives 1.5')
    expect(badge?.text).toContain('central differences 2.25')
  })

  it('says whose fault a spoiled gradient is', () => {
    const badges = badgesOf(trace, [verdict({ node: 2, status: 'differs' }), gradient(1, { status: 'differs' }), gradient(0, { status: 'differs' })])
    expect([badges.get(2)?.tone, badges.get(1)?.tone, badges.get(0)?.tone]).toEqual(['differs', 'spoiled', 'spoiled'])
    expect(badges.get(1)?.because).toBe(2)
    expect(badges.get(1)?.text).toContain('multiply (line 4) spoils it')
  })

  it('does not blame what lies before', () => {
    const badges = badgesOf(trace, [verdict({ node: 1, status: 'differs' }), gradient(2, { status: 'differs' })])
    expect(badges.get(2)?.tone).toBe('differs')
    expect(badges.get(2)?.because).toBe(-1)
  })

  it('blames the nearest of two', () => {
    const two = readTrace(diamond())
    const last = two.nodes.kind.length - 1
    const badges = badgesOf(two, [verdict({ node: last, status: 'differs' }), verdict({ node: 1, status: 'differs' }), verdict({ kind: 'gradient', pass: 0, node: 0, slot: 0, status: 'differs' })])
    expect(badges.get(0)?.because).toBe(1)
  })

  it.each(CHECK_REASONS)('has words for: %s', (reason) => {
    const badge = badgesOf(trace, [gradient(1, { status: 'unchecked', reason, detail: '1 of 3' })]).get(1)
    expect(badge?.tone).toBe('unchecked')
    expect(badge?.word).toBe(REASON_WORDS[reason][0])
    expect(badge?.text.endsWith('.') || badge?.text.includes('1 of 3')).toBe(true)
  })

  it('drops verdicts on nodes and slots that the trace does not have', () => {
    expect(badgesOf(trace, [verdict({ node: 999 }), gradient(1, { slot: 0 }), gradient(1, { slot: 999 })]).size).toBe(0)
  })
})

describe('checkText', () => {
  const text = (verdicts: readonly Verdict[]) => checkText(trace, badgesOf(trace, verdicts))

  it('is one sentence', () => {
    expect(text([gradient(0), gradient(1), gradient(2)])).toBe('All 3 nodes agree with central differences.')
    expect(text([gradient(0, { status: 'differs' }), verdict({ node: 2, status: 'differs' }), gradient(1, { status: 'unchecked', reason: 'kink' })])).toBe(
      'Multiply (line 4) differs; 1 gradient is wrong for that reason; 1 cannot be checked.',
    )
    expect(text([])).toBe('There is no gradient to check.')
  })
})

it.each<[readonly number[], number, string]>([[[2, 3], 5, '1, 2'], [[4], 3, '3'], [[], 0, '']])('position in %j', (shape, position, text) => expect(indexText(shape, position)).toBe(text))
