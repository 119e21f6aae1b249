/// Traces small enough for links.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Num, Summary } from '../../web/src/protocol/trace'
import { TraceError, compactOf, documentOf, gradNormOf, readTrace, type Trace } from '../../web/src/trace'
import { chain, mlpStep, multiOutput, square } from './fixtures/graphs'
import { stored, type Stored } from './fixtures/traces'

const NAMES: readonly Stored[] = ['second_order', 'broadcast', 'interleaved', 'doubling']
const none = () => null
const python = (name: Stored): unknown => JSON.parse(readFileSync(new URL(`fixtures/traces/${name}.compact`, import.meta.url), 'utf8'))

/// What a compact trace can keep: no sentences of operations, numbers of seven digits.
function kept(trace: Trace): Trace {
  const seven = (value: Num): Num => (typeof value === 'number' ? Number(value.toPrecision(7)) : value)
  const summaries = trace.values.summaries.map((summary): Summary | null => {
    if (!summary) return null
    const { data, thumb, ...rest } = summary
    // Counted anew from seven digits, these may differ in their last ones: they are compared below.
    const range = { ...rest, min: 0, max: 0, mean: 0 }
    return { ...range, ...(data ? { data: data.map(seven) } : {}), ...(thumb ? { thumb: { ...thumb, data: thumb.data.map(seven) } } : {}) }
  })
  // Norms likewise.
  const passes = trace.passes.map((pass) => ({ ...pass, grads: { ...pass.grads, norm: null } }))
  return { ...trace, ops: trace.ops.map((op) => ({ ...op, doc: '' })), values: { ...trace.values, summaries }, passes } as unknown as Trace
}

const near = (a: unknown, b: unknown): boolean => Object.is(a, b) || Math.abs(Number(a) - Number(b)) <= 1e-6 * Math.max(1, Math.abs(Number(b)))

const through = (trace: Trace): Trace => readTrace(documentOf(JSON.parse(JSON.stringify(compactOf(trace, none))), trace.code))

describe('a compact trace', () => {
  it.each(NAMES)('of the engine comes back: %s', (name) => {
    const trace = stored(name)
    expect(kept(through(trace))).toEqual(kept(trace))
    const again = through(trace)
    again.values.summaries.forEach((summary, value) => {
      for (const key of ['min', 'max', 'mean'] as const) expect(near(summary?.[key], trace.values.summaries[value]?.[key])).toBe(true)
    })
    trace.passes.forEach(({ grads }, pass) => grads.slot.forEach((slot) => expect(near(gradNormOf(again, pass, slot), gradNormOf(trace, pass, slot))).toBe(true)))
  })

  it('of every kind of picture comes back', () => {
    for (const document of [square(), chain(40), multiOutput(), mlpStep()]) {
      const trace = readTrace(document)
      expect(kept(through(trace))).toEqual(kept(trace))
    }
  })

  it.each(NAMES)('is the same that Python writes: %s', (name) => {
    expect(JSON.parse(JSON.stringify(compactOf(stored(name), none)))).toEqual(python(name))
  })

  it('writes equal numbers once', () => {
    const trace = readTrace(chain(100))
    const same = { ...trace, values: { ...trace.values, summaries: trace.values.summaries.map(() => trace.values.summaries[0] ?? null) } }
    expect(compactOf(same, none)[15]).toEqual([[0.5], ...Array.from({ length: trace.values.summaries.length - 1 }, () => 1)])
  })

  it('counts special numbers anew', () => {
    const trace = readTrace(square())
    const data: readonly Num[] = ['nan', 'inf', 0, -2]
    const summary: Summary = { min: -2, max: 'inf', mean: 'nan', nan: 1, inf: 1, zero: 1, data }
    const special = { ...trace, values: { ...trace.values, summaries: trace.values.summaries.map(() => summary) } }
    expect(through(special).values.summaries[0]).toEqual(summary)
  })

  it('keeps the range and thumbnail of a large array, and takes summaries that came late', () => {
    const trace = readTrace(square())
    const large: Summary = { min: 0, max: 1.25, mean: 0.5, nan: 0, inf: 0, zero: 3, thumb: { rows: 1, cols: 2, data: [0, 1.25] } }
    const bare = { ...trace, values: { ...trace.values, summaries: trace.values.summaries.map(() => null) } }
    const document = documentOf(compactOf(bare, (value) => (value === 0 ? large : null)), trace.code) as { values: { summaries: unknown[] } }
    expect(document.values.summaries.slice(0, 2)).toEqual([large, null])
  })
})

describe('a hostile compact trace', () => {
  it.each([[null], ['x'], [[]], [[2]], [[1]], [[1, '', 3]], [[1, '', [], [], [], [], [], [], [], [[], [], [], [], [], []]]]])('is refused: %j', (given) => {
    expect(() => readTrace(documentOf(given, ''))).toThrow()
  })

  it('with any entry replaced never shows anything that the reader does not accept', () => {
    const trace = stored('doubling')
    const compact = compactOf(trace, none)
    for (const [at, entry] of compact.entries()) {
      for (const wrong of [null, -7, 'x', {}, [], [[]], [[[1e9]]], [...(Array.isArray(entry) ? entry : []), -1]]) {
        const changed = compact.map((one, i) => (i === at ? wrong : one))
        try {
          readTrace(documentOf(changed, trace.code))
        } catch (error) {
          expect(error instanceof TraceError || error instanceof RangeError, String(error)).toBe(true)
        }
      }
    }
  })
})
