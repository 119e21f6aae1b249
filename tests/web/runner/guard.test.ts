import { describe, expect, it } from 'vitest'
import { BOUNDS, guardReport } from '../../../web/src/runner/guard'

const ERROR = { name: 'E', message: 'm', hint: null, line: 3, col: -1, endLine: 3, endCol: -1, frames: [{ line: 3, func: 'f' }] }
const SUMMARY = { min: 0, max: 'inf', mean: 'nan', nan: 0, inf: 1, zero: 0 }

const GOOD = [
  { type: 'boot', fraction: 0.5, label: 'x' },
  { type: 'ready', milliseconds: 3, python: '3', numpy: '2', engine: '0' },
  { type: 'cell', run: 1, cell: 0 },
  { type: 'output', run: 1, output: { cell: 0, type: 'stdout', text: 'x' } },
  { type: 'output', run: 1, output: { cell: 0, type: 'error', error: ERROR } },
  { type: 'trace', run: 1, final: true, header: '{}', columns: new ArrayBuffer(4) },
  { type: 'done', run: 1, milliseconds: 3, ops: 14 },
  { type: 'summaries', request: 1, summaries: [null, { ...SUMMARY, data: [1, 'nan'] }, { ...SUMMARY, thumb: { rows: 1, cols: 2, data: [1, 2] } }] },
  { type: 'replaced', run: 1, reason: 'crash' },
  { type: 'failed', message: 'x' },
]

describe('guard', () => {
  it.each(GOOD)('lets $type through', (report) => {
    expect(guardReport(report)).toEqual(report)
  })

  it.each(GOOD)('drops fields that $type does not have', (report) => {
    expect(guardReport({ ...report, extra: '<script>' })).toEqual(report)
  })

  it.each([
    null,
    undefined,
    'done',
    [],
    { type: 'boot', fraction: 2, label: 'x' },
    { type: 'boot', fraction: Number.NaN, label: 'x' },
    { type: 'boot', fraction: 0, label: 'x'.repeat(201) },
    { type: 'cell', run: -1, cell: 0 },
    { type: 'cell', run: 1, cell: 0.5 },
    { type: 'cell', run: '1', cell: 0 },
    { type: 'output', run: 1, output: { cell: 0, type: 'html', text: 'x' } },
    { type: 'output', run: 1, output: { cell: 0, type: 'stdout', text: { toString: 1 } } },
    { type: 'output', run: 1, output: { cell: 0, type: 'error', error: { ...ERROR, line: 'x' } } },
    { type: 'trace', run: 1, final: true, header: '{}', columns: [1, 2] },
    { type: 'trace', run: 1, final: 1, header: '{}', columns: new ArrayBuffer(4) },
    { type: 'done', run: 1, milliseconds: Infinity, ops: 1 },
    { type: 'summaries', request: 1, summaries: 'x' },
    { type: 'replaced', run: 1, reason: 'because' },
    { type: 'navigate', url: 'x' },
  ])('refuses %j', (value) => {
    expect(guardReport(value)).toBeNull()
  })

  it('cuts long texts', () => {
    const report = guardReport({ type: 'output', run: 1, output: { cell: 0, type: 'stdout', text: 'x'.repeat(BOUNDS.text + 5) } })
    expect(report).toMatchObject({ output: { text: 'x'.repeat(BOUNDS.text) } })
  })

  it('keeps a summary but not its broken data', () => {
    const report = guardReport({ type: 'summaries', request: 1, summaries: [{ ...SUMMARY, data: ['<b>'] }, { min: 1 }] })
    expect(report).toEqual({ type: 'summaries', request: 1, summaries: [SUMMARY, null] })
  })
})

describe('checks and stretches', () => {
  const verdict = { kind: 'rule', pass: -1, slot: -1, node: 2, arg: 3, status: 'unchecked', reason: 'kink', detail: '1 of 3', checked: 3, at: -1, exact: 0, numeric: 'nan' }
  const checked = (change: object, verdicts: unknown = [verdict]) => guardReport({ type: 'checked', run: 1, total: 1, verdicts, end: 'all', ...change })

  it('pass when they are what they should be, without what is added', () => {
    expect(checked({}, [{ ...verdict, more: 1 }])).toEqual({ type: 'checked', run: 1, total: 1, verdicts: [verdict], end: 'all' })
    expect(guardReport({ type: 'elements', request: 1, elements: { row: 0, col: 0, rows: 1, cols: 2, data: [1, 'inf'], more: 1 } })).toEqual({
      type: 'elements',
      request: 1,
      elements: { row: 0, col: 0, rows: 1, cols: 2, data: [1, 'inf'] },
    })
  })

  it.each([{ status: 'fine' }, { kind: 'other' }, { reason: 'bored' }, { node: -1 }, { exact: Number.NaN }, { detail: 3 }, { at: 0.5 }])('a verdict with %j is dropped', (change) => {
    expect(checked({}, [{ ...verdict, ...change }])).toMatchObject({ verdicts: [] })
  })

  it.each([{ end: 'never' }, { run: -1 }, { total: 'all' }, { verdicts: {} }])('a report with %j is dropped', (change) => expect(checked(change)).toBeNull())

  it('cuts long details', () => {
    const found = checked({}, [{ ...verdict, detail: 'x'.repeat(5000) }])
    expect(found?.type === 'checked' && found.verdicts[0]?.detail.length).toBe(400)
  })

  it.each([{ rows: 2, cols: 2, data: [1] }, { rows: 25, cols: 25, data: Array<number>(625).fill(0) }, { rows: 1, cols: 1, data: ['x'] }])('a stretch like %j is none', (part) => {
    expect(guardReport({ type: 'elements', request: 1, elements: { row: 0, col: 0, ...part } })).toMatchObject({ elements: null })
  })
})
