/// An array as a heat-map: how strong each cell is, which sign it has, and what is no ordinary number. Strength is
/// relative to the largest magnitude, so that the legend can name both ends.

import type { Num, Summary } from '../protocol/trace'
import { element, isCovered, sizeOf } from '../trace'

/// Largest array whose cells hold their numbers.
export const GRID_MOST = 64
/// Most columns whose numbers stay legible.
const LEGIBLE = 8

export interface HeatCell {
  /// The number, where there is room for it; else "".
  readonly text: string
  /// From -1 to 1; null for what is no finite number.
  readonly level: number | null
  readonly kind: 'number' | 'zero' | 'nan' | 'inf'
}

export interface Heat {
  readonly rows: number
  readonly cols: number
  readonly cells: readonly HeatCell[]
  /// Largest magnitude: what the ends of the legend stand for.
  readonly limit: number
  /// Whether values below and above zero occur.
  readonly negative: boolean
  readonly positive: boolean
  /// Cells hold numbers.
  readonly numbers: boolean
  /// A vector that was folded into rows, so columns mean nothing.
  readonly folded: boolean
  /// Only some elements were picked.
  readonly sampled: boolean
}

/// Null when there is nothing to draw. Cells of a covered value hold "?" and no strength.
export function heatOf(summary: Summary, shape: readonly number[], dtype: string): Heat | null {
  const heat = heatAs(summary, shape, dtype)
  return heat && isCovered(dtype) ? { ...heat, cells: heat.cells.map(({ text }) => ({ text, level: 0, kind: 'number' })) } : heat
}

function heatAs(summary: Summary, shape: readonly number[], dtype: string): Heat | null {
  const size = sizeOf(shape)
  if (size === 0) return null
  const { data, thumb } = summary
  if (data) {
    const vector = shape.length <= 1
    const small = size <= GRID_MOST
    const cols = vector ? (small ? Math.min(size, LEGIBLE) : Math.ceil(Math.sqrt(size))) : (shape.at(-1) ?? 1)
    const numbers = small && cols <= LEGIBLE
    if (cols <= 32) {
      const folded = vector && cols < size
      return cellsOf(Math.ceil(size / cols), cols, data, numbers ? (one) => element(one, dtype, 4) : null, { folded, sampled: false })
    }
    const picked = data.filter((_, i) => i % cols < 32)
    return cellsOf(Math.ceil(size / cols), 32, picked, null, { folded: false, sampled: true })
  }
  return thumb && thumb.rows * thumb.cols > 0 ? cellsOf(thumb.rows, thumb.cols, thumb.data, null, { folded: false, sampled: true }) : null
}

function cellsOf(rows: number, cols: number, data: readonly Num[], text: ((one: Num) => string) | null, more: Pick<Heat, 'folded' | 'sampled'>): Heat {
  const limit = data.reduce<number>((most, one) => (typeof one === 'number' ? Math.max(most, Math.abs(one)) : most), 0)
  return {
    rows,
    cols,
    limit,
    negative: data.some((one) => typeof one === 'number' && one < 0),
    positive: data.some((one) => typeof one === 'number' && one > 0),
    numbers: text !== null,
    cells: data.map((one) => ({ text: text?.(one) ?? '', level: levelOf(one, limit), kind: kindOf(one) })),
    ...more,
  }
}

function levelOf(one: Num, limit: number): number | null {
  if (typeof one !== 'number') return null
  return limit === 0 ? 0 : Math.round((one / limit) * 100) / 100
}

const kindOf = (one: Num): HeatCell['kind'] => (typeof one === 'number' ? (one === 0 ? 'zero' : 'number') : one === 'nan' ? 'nan' : 'inf')

/// The index of a row of the array seen as a matrix: "1", "0, 2" for leading axes; "" for a vector or scalar.
export function rowName(shape: readonly number[], row: number): string {
  const names: number[] = []
  for (let axis = shape.length - 2, rest = row; axis >= 0; axis--) {
    const size = shape[axis] ?? 1
    names.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return names.join(', ')
}

/// Rows and columns of an array seen as a matrix: its last axis are the columns.
export function matrixOf(shape: readonly number[]): { readonly rows: number; readonly cols: number } {
  if (shape.length === 0) return { rows: 1, cols: 1 }
  const cols = shape.at(-1) ?? 1
  return { rows: cols === 0 ? 0 : sizeOf(shape) / cols, cols }
}
