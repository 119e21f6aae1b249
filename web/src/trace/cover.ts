/// Values that stay covered until a reader has predicted them. A covered trace reads like any other: its numbers are "?", so
/// that nothing which shows a trace has to know of it.

import type { Summary } from '../protocol/trace'
import { HIDDEN_SHAPE, coveredDtype } from './format'
import { at, type Trace } from './types'

const wholes = new WeakMap<Trace, Trace>()

/// The trace with the numbers of these values covered, and the shapes of those.
export function covered(trace: Trace, numbers: ReadonlySet<number>, shapes: ReadonlySet<number>): Trace {
  if (numbers.size + shapes.size === 0) return trace
  const strings = [...trace.strings]
  const names = new Map<number, number>()
  const dtypeOf = (value: number): number => {
    const own = at(trace.values.dtype, value)
    const known = names.get(own) ?? strings.push(coveredDtype(strings[own] ?? '')) - 1
    names.set(own, known)
    return known
  }
  const dtype = Int32Array.from(trace.values.dtype)
  const shape = Int32Array.from(trace.values.shape)
  const summaries = [...trace.values.summaries]
  for (const value of new Set([...numbers, ...shapes])) {
    dtype[value] = dtypeOf(value)
    const size = shapes.has(value) ? 1 : (trace.shapes[shape[value] ?? -1] ?? []).reduce((all, one) => all * one, 1)
    if (shapes.has(value)) shape[value] = trace.shapes.length
    summaries[value] = nothingKnown(size)
  }
  const made: Trace = { ...trace, strings, shapes: [...trace.shapes, HIDDEN_SHAPE], values: { ...trace.values, dtype, shape, summaries } }
  wholes.set(made, wholeOf(trace))
  return made
}

/// The trace with nothing covered.
export function wholeOf(trace: Trace): Trace {
  return wholes.get(trace) ?? trace
}

function nothingKnown(size: number): Summary {
  const unknown = { min: 'nan', max: 'nan', mean: 'nan', nan: 0, inf: 0, zero: 0 } as const
  return size > 256 ? { ...unknown, thumb: { rows: 1, cols: 1, data: ['nan'] } } : { ...unknown, data: Array.from({ length: size }, () => 'nan' as const) }
}
