/// Arrays as LaTeX and as short text: whole when they are small, else only their shape.

import type { Summary } from '../protocol/trace'
import { dtypeOfValue, element, formatShape, shapeOfValue, type Trace } from '../trace'
import type { Term } from './latex'

export type SummaryOf = (value: number) => Summary | null

/// Most elements of a vector, and rows and columns of a matrix, that stand in a formula.
const MOST = { vector: 6, rows: 3, cols: 4 }
const DIGITS = 4

/// A value in a formula.
export function valueTerm(trace: Trace, value: number, summaryOf: SummaryOf, tone: 'val' | 'grd'): Term {
  const shape = shapeOfValue(trace, value)
  const data = value < 0 ? undefined : summaryOf(value)?.data
  const cells = data?.map((one) => numberLatex(element(one, dtypeOfValue(trace, value), DIGITS)))
  const negative = shape.length === 0 && (cells?.[0] ?? '').startsWith('{-')
  return { latex: `\\${tone}{${body(shape, cells)}}`, compound: negative }
}

function body(shape: readonly number[], cells: readonly string[] | undefined): string {
  const [rows = 1, cols = rows] = shape
  if (cells && shape.length === 0) return cells[0] ?? ''
  if (cells && shape.length === 1 && rows <= MOST.vector) return `[${cells.join('\\;')}]`
  if (cells && shape.length === 2 && rows <= MOST.rows && cols <= MOST.cols) {
    const lines = Array.from({ length: rows }, (_, row) => cells.slice(row * cols, (row + 1) * cols).join('&'))
    return `\\left[\\begin{smallmatrix}${lines.join('\\\\')}\\end{smallmatrix}\\right]`
  }
  return `[\\dots]_{${shape.join('\\times ')}}`
}

/// "1.5e-7" as a power of ten; words as words.
function numberLatex(text: string): string {
  const [mantissa = '', exponent] = text.split('e')
  // In braces a minus is a sign, not a difference.
  if (text.startsWith('-')) return `{-${numberLatex(text.slice(1))}}`
  if (/^[\d.]+$/.test(mantissa) && exponent !== undefined) return `${mantissa}\\mathrm{e}{${exponent}}`
  if (text === 'inf') return '\\infty'
  return /^[\d.]+$/.test(text) ? text : `\\text{${text}}`
}

/// A value on a few characters, for a sentence or an edge: "[2 0]", "0.8776", "(64, 32) array".
export function shortValue(trace: Trace, value: number, summaryOf: SummaryOf, most = 28, digits = DIGITS): string {
  const shape = shapeOfValue(trace, value)
  const data = value < 0 ? undefined : summaryOf(value)?.data
  if (!data || shape.length > 2) return value < 0 || summaryOf(value) ? `${formatShape(shape)} array` : '…'
  const cells = data.map((one) => element(one, dtypeOfValue(trace, value), digits))
  const cols = shape.at(-1) ?? 1
  const rows = Array.from({ length: shape.length === 2 ? (shape[0] ?? 0) : 1 }, (_, row) => `[${cells.slice(row * cols, (row + 1) * cols).join(' ')}]`)
  const text = shape.length === 0 ? (cells[0] ?? '') : shape.length === 1 ? (rows[0] ?? '[]') : `[${rows.join(' ')}]`
  return text.length <= most ? text : `${formatShape(shape)} array`
}
