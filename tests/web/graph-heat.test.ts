/// Heat-maps, statistics and pins: what the inspector shows of arrays.

import { describe, expect, it } from 'vitest'
import type { Summary } from '../../web/src/protocol/trace'
import { bytesText, heatOf, identityOf, matrixOf, nodeOfIdentity, rowName, statisticsOf, togglePin } from '../../web/src/graph'
import { readTrace } from '../../web/src/trace'
import { loop, square } from './fixtures/graphs'

const summary = (data: Summary['data'], more: Partial<Summary> = {}): Summary => ({ min: 0, max: 0, mean: 0, nan: 0, inf: 0, zero: 0, ...(data ? { data } : {}), ...more })

describe('heatOf', () => {
  it('is relative to the largest magnitude, with the sign', () => {
    const heat = heatOf(summary([-4, 2, 0, 1]), [2, 2], 'float32')
    expect(heat?.cells.map(({ level }) => level)).toEqual([-1, 0.5, 0, 0.25])
    expect(heat).toMatchObject({ limit: 4, negative: true, positive: true, rows: 2, cols: 2 })
  })

  it('marks zeros, NaN and infinities as kinds of their own', () => {
    const heat = heatOf(summary([0, 'nan', '-inf', 3]), [4], 'float32')
    expect(heat?.cells.map(({ kind }) => kind)).toEqual(['zero', 'nan', 'inf', 'number'])
    expect(heat?.cells.map(({ level }) => level)).toEqual([0, null, null, 1])
    expect(heat?.limit).toBe(3)
  })

  it('has no strength where all is zero', () => {
    expect(heatOf(summary([0, 0]), [2], 'float32')).toMatchObject({ limit: 0, negative: false, positive: false, cells: [{ level: 0 }, { level: 0 }] })
  })

  it('folds a vector that is longer than a row', () => {
    expect(heatOf(summary(Array<number>(12).fill(1)), [12], 'float32')).toMatchObject({ rows: 2, cols: 8, folded: true, numbers: true })
    expect(heatOf(summary(Array<number>(100).fill(1)), [100], 'float32')).toMatchObject({ rows: 10, cols: 10, numbers: false })
  })

  it('shows at most 32 columns of a wide matrix, and says so', () => {
    const heat = heatOf(summary(Array.from({ length: 200 }, (_, i) => i)), [2, 100], 'float32')
    expect(heat).toMatchObject({ rows: 2, cols: 32, sampled: true })
    expect(heat?.cells).toHaveLength(64)
  })

  it('draws the samples of a large array, and nothing of an empty one', () => {
    expect(heatOf(summary(undefined, { thumb: { rows: 1, cols: 2, data: [1, -1] } }), [500], 'float32')).toMatchObject({ rows: 1, cols: 2, sampled: true })
    expect(heatOf(summary([]), [0, 3], 'float32')).toBeNull()
  })

  it('writes booleans as words', () => {
    expect(heatOf(summary([0, 1]), [2], 'bool')?.cells.map(({ text }) => text)).toEqual(['False', 'True'])
  })
})

describe('rows and columns', () => {
  it.each<[readonly number[], number, number]>([[[], 1, 1], [[5], 1, 5], [[2, 3], 2, 3], [[2, 3, 4], 6, 4], [[0, 4], 0, 4], [[4, 0], 0, 0]])('of %j', (shape, rows, cols) => {
    expect(matrixOf(shape)).toEqual({ rows, cols })
  })

  it('are named by the leading axes', () => {
    expect(rowName([2, 3, 4], 4)).toBe('1, 1')
    expect(rowName([5, 4], 3)).toBe('3')
    expect(rowName([4], 0)).toBe('')
  })
})

describe('statisticsOf', () => {
  const facts = (one: Summary, shape: readonly number[]) => Object.fromEntries(statisticsOf(one, shape, 'float32'))

  it('tells the spread of several elements and counts what is odd', () => {
    expect(facts(summary([1, 3, 0, 0], { max: 3, mean: 1, zero: 2 }), [4])).toEqual({ min: '0', max: '3', mean: '1', std: '1.225', zero: '2 of 4', nan: 'none', inf: 'none' })
  })

  it('says only whether a scalar is odd', () => {
    expect(facts(summary([0], { zero: 1 }), [])).toEqual({ zero: 'yes', nan: 'none', inf: 'none' })
  })

  it('says in one that nothing is odd', () => {
    expect(facts(summary([5]), [])).toEqual({ 'zero, nan, inf': 'none' })
  })

  it('has no deviation of NaN, and says when all are', () => {
    expect(facts(summary(['nan', 'nan'], { nan: 2, mean: 'nan', min: 'nan', max: 'nan' }), [2])).toMatchObject({ std: 'nan', nan: 'all 2' })
  })

  it('takes the deviation of a large array from the engine', () => {
    expect(facts(summary(undefined, { std: 2.5 }), [1000])).toMatchObject({ std: '2.5' })
    expect(facts(summary(undefined), [1000])).not.toHaveProperty('std')
  })

  it('says that an empty array is empty', () => {
    expect(statisticsOf(summary([]), [0], 'float32')).toEqual([['size', '0, no elements']])
  })

  it.each<[number, string]>([[12, '12 B'], [1536, '1.5 KiB'], [3 << 20, '3 MiB']])('%i bytes', (bytes, text) => expect(bytesText(bytes)).toBe(text))
})

describe('pins', () => {
  it('come and go', () => {
    expect(togglePin(['a'], 'b')).toEqual(['a', 'b'])
    expect(togglePin(['a', 'b'], 'a')).toEqual(['b'])
  })

  it('find the same node in a later run, though lines have moved', () => {
    const before = readTrace(square())
    const document = square()
    const after = readTrace({ ...document, code: `\n${document.code}`, sites: { ...document.sites, line: Array.from(document.sites.line, (line) => line + 1), endLine: Array.from(document.sites.endLine, (line) => line + 1) } })
    expect(nodeOfIdentity(after, identityOf(before, 2))).toBe(2)
  })

  it('tell the visits of a loop apart, and what is gone', () => {
    const [three, two] = [readTrace(loop(3)), readTrace(loop(2))]
    const all = Array.from(three.nodes.kind, (_, node) => identityOf(three, node))
    expect(new Set(all).size).toBe(all.length)
    expect(all.some((identity) => nodeOfIdentity(two, identity) < 0)).toBe(true)
  })
})
