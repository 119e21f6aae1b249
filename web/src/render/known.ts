/// What is known of the values of the shown trace: what it holds itself, and what was asked for and came later. An answer is
/// checked, and one to an earlier trace is not heard.

import { WINDOW, type Elements } from '../protocol/check'
import type { Summary } from '../protocol/trace'
import { matrixOf } from '../graph'
import { TraceError, readSummary, shapeOfValue, type Trace } from '../trace'

export interface Asking {
  requestSummaries(values: readonly number[]): void
  /// Null is answered when the elements are no longer there.
  requestElements(value: number, row: number, col: number, answer: (elements: Elements | null) => void): void
  /// A stretch that was asked for has come.
  onElements(): void
}

export interface Known {
  /// Another trace: what came late of the one before is forgotten.
  take(trace: Trace | null): void
  summaryOf(value: number): Summary | null
  /// Asks for summaries that are not known and were not asked for.
  want(values: readonly number[]): void
  /// Whether anything of it is news.
  add(values: readonly number[], summaries: readonly (Summary | null)[]): boolean
  /// A stretch of a large value, which is asked for when it is not known.
  elements(value: number, row: number, col: number): Elements | 'gone' | null
}

/// Most summaries that are asked for at once.
const BATCH = 400

export function createKnown(asking: Asking): Known {
  let trace: Trace | null = null
  let late = new Map<number, Summary>()
  let asked = new Set<number>()
  /// Null while one is on its way.
  let stretches = new Map<string, Elements | 'gone' | null>()

  const summaryOf = (value: number): Summary | null => trace?.values.summaries[value] ?? late.get(value) ?? null

  return {
    take(next) {
      trace = next
      late = new Map()
      asked = new Set()
      stretches = new Map()
    },
    summaryOf,
    want(values) {
      const wanted = [...new Set(values)].filter((value) => !asked.has(value) && !summaryOf(value)).slice(0, BATCH)
      if (wanted.length === 0) return
      wanted.forEach((value) => asked.add(value))
      asking.requestSummaries(wanted)
    },
    add(values, summaries) {
      if (!trace) return false
      let news = false
      for (const [i, value] of values.entries()) {
        const summary = checked(trace, value, summaries[i] ?? null)
        if (!summary) continue
        late.set(value, summary)
        news = true
      }
      return news
    },
    elements(value, row, col) {
      const key = `${value} ${row} ${col}`
      const found = stretches.get(key)
      const own = trace
      if (found !== undefined || !own) return found ?? null
      stretches.set(key, null)
      const { rows, cols } = matrixOf(shapeOfValue(own, value))
      asking.requestElements(value, row, col, (answer) => {
        if (trace !== own) return
        const fits = answer && answer.row === row && answer.col === col && answer.rows === Math.min(WINDOW, rows - row) && answer.cols === Math.min(WINDOW, cols - col)
        stretches.set(key, fits ? answer : 'gone')
        asking.onElements()
      })
      return null
    },
  }
}

function checked(trace: Trace, value: number, summary: Summary | null): Summary | null {
  try {
    return readSummary(summary, shapeOfValue(trace, value))
  } catch (error) {
    if (error instanceof TraceError) return null
    throw error
  }
}
