/// Numbers and arrays as short text.

import { describe, expect, it } from 'vitest'
import type { Num, Summary } from '../../web/src/protocol/trace'
import { NODE_FIT, formatNumber, formatShape, formatValue, formatValueInline } from '../../web/src/trace'

const summary = (data: readonly Num[], more: Partial<Summary> = {}): Summary => {
  const finite = data.filter((one) => typeof one === 'number')
  return { min: Math.min(...finite), max: Math.max(...finite), mean: finite.reduce((a, b) => a + b, 0) / finite.length, nan: 0, inf: 0, zero: 0, data, ...more }
}

describe('formatNumber', () => {
  it.each<[Num, string]>([
    [8192, '8192'],
    [0, '0'],
    [-0, '0'],
    [0.1, '0.1'],
    [0.10000000149011612, '0.1'],
    [799.8123, '799.8'],
    [1521.3, '1521'],
    [0.0976270079, '0.09763'],
    [-2.5, '-2.5'],
    [0.99996, '1'],
    [999999, '999999'],
    [1234567, '1.235e6'],
    [1e-5, '1e-5'],
    [0.00012346, '0.0001235'],
    [-3.3333e-9, '-3.333e-9'],
    [1e300, '1e300'],
    ['nan', 'nan'],
    ['inf', 'inf'],
    ['-inf', '-inf'],
  ])('%s is %s', (value, text) => expect(formatNumber(value)).toBe(text))
})

describe('formatShape', () => {
  it('writes tuples as Python does', () => {
    expect([[], [2], [2, 3]].map(formatShape)).toEqual(['()', '(2,)', '(2, 3)'])
  })
})

describe('formatValue', () => {
  it('shows a small vector whole', () => expect(formatValue(summary([800, 1521]), [2], 'float32')).toEqual(['[800 1521]']))

  it('shows a scalar bare', () => expect(formatValue(summary([799.812]), [], 'float32')).toEqual(['799.8']))

  it('shows a matrix in rows with even columns', () => {
    expect(formatValue(summary([2, 8, 18, 32]), [2, 2], 'float32')).toEqual(['[[ 2  8]', ' [18 32]]'])
  })

  it('shows booleans as Python does', () => expect(formatValue(summary([1, 0]), [2], 'bool')).toEqual(['[True False]']))

  it('shows nan and inf among the elements', () => {
    expect(formatValue(summary([1, 'nan', '-inf'], { nan: 1, inf: 1 }), [3], 'float32')).toEqual(['[1 nan -inf]'])
  })

  it('shows range and mean of what does not fit, with what is not finite', () => {
    const wide = summary(Array.from({ length: 40 }, (_, i) => i / 7), { nan: 2 })
    expect(formatValue(wide, [40], 'float32')).toEqual(['0 … 5.57', 'mean 2.79', '2 nan'])
  })

  it('says it once when all elements are equal', () => {
    expect(formatValue(summary(Array<number>(60).fill(1)), [60], 'float32')).toEqual(['all 1'])
  })

  it('shows an empty array', () => expect(formatValue(summary([], { min: 'nan', max: 'nan', mean: 'nan' }), [0], 'float32')).toEqual(['[]']))

  it('never exceeds the room of a node', () => {
    for (let cols = 1; cols < 30; cols++) {
      const lines = formatValue(summary(Array.from({ length: cols }, (_, i) => Math.sin(i) * 1e-3)), [cols], 'float32')
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(NODE_FIT.chars)
    }
  })

  it('fits on one line for labels', () => {
    expect(formatValueInline(summary([2, 8, 18, 32]), [2, 2], 'float32')).toBe('[[2 8] [18 32]]')
    expect(formatValueInline(summary(Array.from({ length: 99 }, (_, i) => i)), [99], 'float32')).toBe('0 … 98, mean 49')
  })
})
