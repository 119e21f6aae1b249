/// Numbers and arrays as short text.

import type { Num, Summary } from '../protocol/trace'

/// About `digits` significant digits: "8192", "0.2", "799.8", "1.234e-5". Whole numbers below a million are shown whole.
export function formatNumber(value: Num, digits = 4): string {
  if (typeof value === 'string') return value
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e6) return String(value)
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e')
    return `${withoutZeros(mantissa)}e${exponent.replace('+', '')}`
  }
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)))
  return withoutZeros(value.toFixed(decimals))
}

function withoutZeros(number: string): string {
  return number.includes('.') ? number.replace(/\.?0+$/, '') : number
}

const COVERED = ', covered'

/// The dtype of a value that a reader is still to predict: its elements are "?".
export const coveredDtype = (dtype: string): string => dtype + COVERED
export const isCovered = (dtype: string): boolean => dtype.endsWith(COVERED)
/// Stands for a shape that is still to be predicted.
export const HIDDEN_SHAPE: readonly number[] = Object.freeze([])

/// `(2, 3)` as Python writes it.
export function formatShape(shape: readonly number[]): string {
  if (shape === HIDDEN_SHAPE) return '(?)'
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((all, one) => all * one, 1)
}

/// What a place has room for.
export interface Fit {
  readonly chars: number
  readonly rows: number
  /// Significant digits of a scalar, and of an element among others.
  readonly scalarDigits: number
  readonly digits: number
}

/// A node of the picture.
export const NODE_FIT: Fit = { chars: 24, rows: 4, scalarDigits: 4, digits: 3 }
/// One line: labels for screen readers, the end of a code line.
export const LINE_FIT: Fit = { chars: 60, rows: 12, scalarDigits: 4, digits: 4 }

/// An array as lines of text: whole where it fits (`[800 1521]`; a matrix in rows), else its range and mean.
/// Lines of a matrix have equal column widths.
export function formatValue(summary: Summary, shape: readonly number[], dtype: string, fit: Fit = NODE_FIT): readonly string[] {
  return wholeArray(summary, shape, dtype, fit) ?? rangeLines(summary, dtype, fit)
}

/// The same on one line.
export function formatValueInline(summary: Summary, shape: readonly number[], dtype: string): string {
  const whole = wholeArray(summary, shape, dtype, LINE_FIT)
  if (!whole) return rangeLines(summary, dtype, LINE_FIT).join(', ')
  return whole.map((line) => line.trim().replace(/ +/g, ' ').replace(/\[ /g, '[')).join(' ')
}

function wholeArray(summary: Summary, shape: readonly number[], dtype: string, fit: Fit): readonly string[] | null {
  const { data } = summary
  if (!data || shape.length > 2) return null
  if (shape.length === 0) return [element(data[0] ?? 'nan', dtype, fit.scalarDigits)]
  const cols = shape.at(-1) ?? 0
  const rows = shape.length === 2 ? (shape[0] ?? 0) : 1
  if (rows * cols === 0) return ['[]']
  if (rows > fit.rows || cols * 2 > fit.chars) return null
  const cells = data.map((one) => element(one, dtype, fit.digits))
  const widths = Array.from({ length: cols }, (_, col) =>
    cells.reduce((width, cell, i) => (i % cols === col ? Math.max(width, cell.length) : width), 0),
  )
  const lines = Array.from({ length: rows }, (_, row) => {
    const line = widths.map((width, col) => (cells[row * cols + col] ?? '').padStart(width)).join(' ')
    if (shape.length === 1) return `[${line}]`
    return `${row === 0 ? '[[' : ' ['}${line}${row === rows - 1 ? ']]' : ']'}`
  })
  return lines.every((line) => line.length <= fit.chars) ? lines : null
}

/// One element; booleans are stored as 0 and 1.
export function element(value: Num, dtype: string, digits: number): string {
  if (isCovered(dtype)) return '?'
  if (dtype === 'bool') return value === 0 ? 'False' : 'True'
  return formatNumber(value, digits)
}

function rangeLines(summary: Summary, dtype: string, fit: Fit): readonly string[] {
  const bad = [summary.nan > 0 ? `${summary.nan} nan` : '', summary.inf > 0 ? `${summary.inf} inf` : ''].filter((part) => part !== '')
  const [min, max] = [element(summary.min, dtype, fit.digits), element(summary.max, dtype, fit.digits)]
  if (summary.min === summary.max) return [`all ${min}`, ...bad]
  return [`${min} … ${max}`, `mean ${formatNumber(summary.mean, fit.digits)}`, ...bad]
}
