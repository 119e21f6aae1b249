/// A trace as one JSON document with plain lists (contract 3): what the page, `python -m engine trace` and tests read.

import type { Summary } from '../protocol/trace'
import type { Trace } from '../trace'

/// `summaryOf`: what is known of values by now; the trace itself may have left some out.
export function traceJson(trace: Trace, summaryOf: (value: number) => Summary | null): string {
  const summaries = trace.values.summaries.map((known, value) => known ?? summaryOf(value))
  const whole = { ...trace, values: { ...trace.values, summaries } }
  return `${JSON.stringify(whole, (_key, value: unknown) => (value instanceof Int32Array ? [...value] : value))}\n`
}

/// Values whose summaries would be missing.
export function missingValues(trace: Trace, summaryOf: (value: number) => Summary | null): readonly number[] {
  return trace.values.summaries.flatMap((known, value) => (known ?? summaryOf(value) ? [] : [value]))
}
