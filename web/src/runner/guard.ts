/// The border check for everything that the runner says. User Python can post any message it likes, so nothing is
/// believed: a report is rebuilt field by field here, or it is dropped. Traces are only bounded here; `trace/read.ts`
/// checks their content.

import { CHECK_REASONS, WINDOW, type Elements, type Verdict } from '../protocol/check'
import type { Output, ProgramError, Num, Summary } from '../protocol/trace'
import type { Counters, Effort, Report } from '../protocol/messages'

/// Most characters of one output, of a trace's header, and bytes of a trace's columns.
export const BOUNDS = { text: 1 << 20, header: 64 << 20, columns: 256 << 20, frames: 100, summaries: 4096, data: 256, verdicts: 200_000, elements: WINDOW * WINDOW }

/// The report, or null when the value is not one.
export function guardReport(value: unknown): Report | null {
  if (!isRecord(value)) return null
  switch (value.type) {
    case 'boot':
      return isFraction(value.fraction) && isText(value.label, 200)
        ? { type: 'boot', fraction: value.fraction, label: value.label }
        : null
    case 'ready': {
      const { milliseconds, python, numpy, engine } = value
      return isTime(milliseconds) && isText(python, 50) && isText(numpy, 50) && isText(engine, 50)
        ? { type: 'ready', milliseconds, python, numpy, engine }
        : null
    }
    case 'cell':
      return isCount(value.run) && isCount(value.cell) ? { type: 'cell', run: value.run, cell: value.cell } : null
    case 'output': {
      const output = guardOutput(value.output)
      return isCount(value.run) && output ? { type: 'output', run: value.run, output } : null
    }
    case 'trace': {
      const { run, final, header, columns } = value
      return isCount(run) &&
        typeof final === 'boolean' &&
        isText(header, BOUNDS.header) &&
        columns instanceof ArrayBuffer &&
        columns.byteLength <= BOUNDS.columns
        ? { type: 'trace', run, final, header, columns }
        : null
    }
    case 'device': {
      const counters = guardCounters(value.counters)
      return isCount(value.run) && counters ? { type: 'device', run: value.run, counters } : null
    }
    case 'done': {
      const { run, milliseconds, ops } = value
      const effort = guardEffort(value.effort)
      return isCount(run) && isTime(milliseconds) && isCount(ops) ? { type: 'done', run, milliseconds, ops, ...(effort && { effort }) } : null
    }
    case 'summaries': {
      const { request, summaries } = value
      return isCount(request) && Array.isArray(summaries) && summaries.length <= BOUNDS.summaries
        ? { type: 'summaries', request, summaries: summaries.map(guardSummary) }
        : null
    }
    case 'elements': {
      const { request, elements } = value
      return isCount(request) ? { type: 'elements', request, elements: guardElements(elements) } : null
    }
    case 'checked': {
      const { run, total, verdicts, end } = value
      if (!isCount(run) || !isCount(total) || !Array.isArray(verdicts) || verdicts.length > BOUNDS.verdicts) return null
      if (end !== null && end !== 'all' && end !== 'time' && end !== 'operations' && end !== 'stopped') return null
      const found = verdicts.map(guardVerdict).filter((verdict) => verdict !== null)
      return { type: 'checked', run, total, verdicts: found, end }
    }
    case 'replaced': {
      const { run, reason } = value
      return isCount(run) && (reason === 'stop' || reason === 'deadline' || reason === 'memory' || reason === 'crash')
        ? { type: 'replaced', run, reason }
        : null
    }
    case 'failed':
      return typeof value.message === 'string' ? { type: 'failed', message: value.message.slice(0, 2000) } : null
    default:
      return null
  }
}

function guardEffort(value: unknown): Effort | null {
  return isRecord(value) && isTime(value.work) && isCount(value.calls) ? { work: value.work, calls: value.calls } : null
}

function guardCounters(value: unknown): Counters | null {
  if (!isRecord(value)) return null
  const { recorded, sent, roundTrips, bytesUp, bytesDown, held, device, waited, busy } = value
  if (!isCount(recorded) || !isCount(sent) || !isCount(roundTrips) || !isCount(bytesUp) || !isCount(bytesDown) || !isCount(held)) return null
  return isTime(device) && isTime(waited) && typeof busy === 'boolean' ? { recorded, sent, roundTrips, bytesUp, bytesDown, held, device, waited, busy } : null
}

function guardOutput(value: unknown): Output | null {
  if (!isRecord(value) || !isCount(value.cell)) return null
  const { cell, type, text } = value
  if (type === 'stdout' || type === 'stderr' || type === 'result') {
    return typeof text === 'string' ? { cell, type, text: text.slice(0, BOUNDS.text) } : null
  }
  if (type === 'verdict') {
    return typeof text === 'string' ? { cell, type, correct: value.correct === true, text: text.slice(0, BOUNDS.text) } : null
  }
  const error = type === 'error' ? guardError(value.error) : null
  return error && { cell, type: 'error', error }
}

function guardError(value: unknown): ProgramError | null {
  if (!isRecord(value)) return null
  const { name, message, hint, line, col, endLine, endCol, frames } = value
  if (typeof name !== 'string' || typeof message !== 'string') return null
  if (!isPlace(line) || !isPlace(col) || !isPlace(endLine) || !isPlace(endCol) || !Array.isArray(frames)) return null
  return {
    name: name.slice(0, 200),
    message: message.slice(0, 20_000),
    hint: typeof hint === 'string' ? hint.slice(0, 5000) : null,
    line,
    col,
    endLine,
    endCol,
    frames: frames.slice(-BOUNDS.frames).flatMap((frame: unknown) =>
      isRecord(frame) && isPlace(frame.line) && typeof frame.func === 'string'
        ? [{ line: frame.line, func: frame.func.slice(0, 200) }]
        : [],
    ),
  }
}

function guardVerdict(value: unknown): Verdict | null {
  if (!isRecord(value)) return null
  const { kind, pass, slot, node, arg, status, reason, detail, checked, at, exact, numeric } = value
  if (kind !== 'rule' && kind !== 'gradient') return null
  if (status !== 'ok' && status !== 'differs' && status !== 'unchecked') return null
  if (!isPlace(pass) || !isPlace(slot) || !isCount(node) || !isPlace(arg) || !isCount(checked) || !isPlace(at)) return null
  if (!isNum(exact) || !isNum(numeric) || typeof detail !== 'string') return null
  const why = reason === '' ? '' : CHECK_REASONS.find((word) => word === reason)
  if (why === undefined) return null
  return { kind, pass, slot, node, arg, status, reason: why, detail: detail.slice(0, 400), checked, at, exact, numeric }
}

function guardElements(value: unknown): Elements | null {
  if (!isRecord(value)) return null
  const { row, col, rows, cols, data } = value
  if (!isCount(row) || !isCount(col) || !isCount(rows) || !isCount(cols)) return null
  if (!isNums(data, BOUNDS.elements) || data.length !== rows * cols) return null
  return { row, col, rows, cols, data }
}

function guardSummary(value: unknown): Summary | null {
  if (!isRecord(value)) return null
  const { min, max, mean, std, nan, inf, zero, data, thumb } = value
  if (!isNum(min) || !isNum(max) || !isNum(mean) || !isCount(nan) || !isCount(inf) || !isCount(zero)) return null
  const summary = { min, max, mean, nan, inf, zero, ...(isNum(std) ? { std } : {}) }
  if (isNums(data)) return { ...summary, data }
  if (isRecord(thumb) && isCount(thumb.rows) && isCount(thumb.cols) && isNums(thumb.data)) {
    const { rows, cols } = thumb
    if (rows * cols === thumb.data.length) return { ...summary, thumb: { rows, cols, data: thumb.data } }
  }
  return summary
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown, most: number): value is string => typeof value === 'string' && value.length <= most
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)
const isCount = (value: unknown): value is number => isInteger(value) && value >= 0
const isPlace = (value: unknown): value is number => isInteger(value) && value >= -1
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0
const isFraction = (value: unknown): value is number => isTime(value) && value <= 1
const isNum = (value: unknown): value is Num =>
  Number.isFinite(value) || value === 'nan' || value === 'inf' || value === '-inf'
const isNums = (value: unknown, most = BOUNDS.data): value is readonly Num[] =>
  Array.isArray(value) && value.length <= most && value.every(isNum)
