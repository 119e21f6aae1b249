/// What is said of an array besides its elements.

import type { Num, Summary } from '../protocol/trace'
import { element, formatNumber, isCovered, sizeOf } from '../trace'

export type Fact = readonly [name: string, text: string]

const BYTES: Readonly<Record<string, number>> = { float16: 2, float32: 4, float64: 8, uint8: 1, int8: 1, int32: 4, int64: 8, bool: 1 }

/// Least, largest, mean and standard deviation (of more than one element), and how many are zero or no number.
export function statisticsOf(summary: Summary, shape: readonly number[], dtype: string): readonly Fact[] {
  if (isCovered(dtype)) return [['covered', 'until you predict it']]
  const size = sizeOf(shape)
  if (size === 0) return [['size', '0, no elements']]
  const std = size > 1 ? deviation(summary) : null
  const some: readonly Fact[] =
    size > 1
      ? [
          ['min', element(summary.min, dtype, 4)],
          ['max', element(summary.max, dtype, 4)],
          ['mean', formatNumber(summary.mean, 4)],
          ...(std === null ? [] : [['std', formatNumber(std, 4)] as const]),
        ]
      : []
  if (size > 0 && summary.zero + summary.nan + summary.inf === 0) return [...some, ['zero, nan, inf', 'none']]
  return [...some, ['zero', countOf(summary.zero, size)], ['nan', countOf(summary.nan, size)], ['inf', countOf(summary.inf, size)]]
}

const countOf = (count: number, size: number): string => (count === 0 ? 'none' : count === size && size > 1 ? `all ${size}` : size === 1 ? 'yes' : `${count} of ${size}`)

/// Of the population, as NumPy's `std`. Null when it is not known.
export function deviation({ data, mean, std }: Summary): Num | null {
  if (std !== undefined) return std
  if (!data || data.length === 0) return null
  if (typeof mean !== 'number' || data.some((one) => typeof one !== 'number')) return 'nan'
  const sum = data.reduce<number>((all, one) => (typeof one === 'number' ? all + (one - mean) ** 2 : all), 0)
  return Math.sqrt(sum / data.length)
}

/// Bytes of an array; null for a dtype that is not known.
export function bytesOf(shape: readonly number[], dtype: string): number | null {
  const each = BYTES[dtype]
  return each === undefined ? null : each * sizeOf(shape)
}

/// "24 B", "1.5 KiB".
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const [size, unit] = bytes < 1 << 20 ? [bytes / 1024, 'KiB'] : [bytes / (1 << 20), 'MiB']
  return `${formatNumber(size, 3)} ${unit}`
}
