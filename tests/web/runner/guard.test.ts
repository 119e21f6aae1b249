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
