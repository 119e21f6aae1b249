/// Questions to a trace.

import { describe, expect, it } from 'vitest'
import {
  codeLines,
  consumers,
  contributionOf,
  expressionOf,
  gradOf,
  isLeaf,
  lineOfNode,
  nameOfSlot,
  nodesAt,
  nodesAtLine,
  operandSlots,
  rangeOfNode,
  readTrace,
  resultSlots,
  visitsOf,
} from '../../web/src/trace'
import { chain, detached, diamond, loop, multiOutput, square } from './fixtures/graphs'
import { makeTrace } from './fixtures/make-trace'

describe('places in the code', () => {
  it('a line gives the nodes whose expression it holds', () => {
    expect(nodesAtLine(readTrace(square()), 4)).toEqual([1, 2])
    expect(nodesAtLine(readTrace(square()), 2)).toEqual([])
  })

  it('a line that only calls a function gives the nodes that the function made', () => {
    const trace = readTrace(loop(3))
    expect(nodesAtLine(trace, 9)).toHaveLength(1 + 3 * 3 + 1)
    expect(nodesAtLine(trace, 4)).toHaveLength(3)
  })

  it('a place gives the smallest expression around it, once per visit', () => {
    const trace = readTrace(square())
    const { code } = square()
    const line = code.split('\n')[3] ?? ''
    expect(nodesAt(trace, 4, line.indexOf('**'))).toEqual([1])
    expect(nodesAt(trace, 4, line.indexOf('2 *'))).toEqual([2])
    expect(nodesAt(trace, 4, 0)).toEqual([])
    const looped = readTrace(loop(3))
    expect(nodesAt(looped, 4, (codeLines(looped)[3] ?? '').indexOf('b * 2') + 2)).toHaveLength(3)
  })

  it('a node gives its range, line and text', () => {
    const trace = readTrace(square())
    expect(rangeOfNode(trace, 1)).toEqual({ line: 4, col: 12, endLine: 4, endCol: 16 })
    expect(lineOfNode(trace, 1)).toBe(4)
    expect(expressionOf(trace, 1)).toBe('x**2')
  })

  it('an expression over several lines is folded into one', () => {
    const document = makeTrace('y = (a +\n     b)', (b) => void b.source('array', { line: 1, text: '(a +' }))
    const trace = readTrace({ ...document, sites: { ...document.sites, endLine: [2], endCol: [7] } })
    expect(expressionOf(trace, 0)).toBe('(a + b)')
    expect(nodesAt(trace, 2, 5)).toEqual([0])
  })

  it('without columns the whole line is meant', () => {
    const document = makeTrace('  y = a', (b) => void b.source('array', { line: 1, text: 'a' }))
    const trace = readTrace({ ...document, sites: { ...document.sites, col: [-1], endCol: [-1] } })
    expect(expressionOf(trace, 0)).toBe('y = a')
  })
})

describe('operands and consumers', () => {
  it('an operand that is used twice stands twice', () => {
    const trace = readTrace(detached())
    expect(operandSlots(trace, 1)).toEqual([0, 0])
    expect([...consumers(trace, 0)]).toEqual([1, 1, 3])
  })

  it('literals are no array operands', () => {
    expect(operandSlots(readTrace(square()), 2)).toEqual([1])
  })

  it('a node with several results has several slots with their own names', () => {
    const trace = readTrace(multiOutput())
    expect(resultSlots(trace, 2).map((slot) => nameOfSlot(trace, slot))).toEqual(['z1', 'z2', 'z3'])
  })

  it('the last node has no consumers', () => {
    expect([...consumers(readTrace(chain()), 4)]).toEqual([])
  })

  it('visits of one call site come in time order', () => {
    const trace = readTrace(loop(3))
    const visits = visitsOf(trace, nodesAtLine(trace, 4)[1] ?? -1)
    expect(visits).toEqual(nodesAtLine(trace, 4))
  })
})

describe('an array that is written in place', () => {
  const trace = readTrace(
    makeTrace('w = np.ones(1)\nfor p in [w]: p -= g', (b) => {
      const w = b.source('ones', { line: 1, name: 'w', value: [1], roles: ['leaf'] })
      const g = b.source('array', { line: 1, value: [0.1] })
      const once = b.op('subtract', [w, g], { line: 2, name: 'p', value: [0.9], roles: ['write'] })
      b.op('subtract', [once, g], { line: 2, name: 'p', value: [0.8], roles: ['write'] })
    }),
  )

  it('keeps its name and stays a leaf', () => {
    expect([0, 1, 2, 3].map((slot) => nameOfSlot(trace, slot))).toEqual(['w', null, 'w', 'w'])
    expect([0, 1, 2, 3].map((node) => isLeaf(trace, node))).toEqual([true, false, true, true])
  })
})

describe('gradients', () => {
  it('are found by slot', () => {
    const trace = readTrace(diamond())
    expect(trace.values.summaries[gradOf(trace, 0, 0)]?.data).toEqual([8])
  })

  it('are -1 where the pass did not come, and for a pass that is not there', () => {
    const trace = readTrace(detached())
    expect(gradOf(trace, 0, 1)).toBe(-1)
    expect(gradOf(trace, 7, 0)).toBe(-1)
  })

  it('contributions are found by operand; a cut operand has none', () => {
    const trace = readTrace(detached())
    const { argStart } = trace.nodes
    expect(contributionOf(trace, 0, argStart[3] ?? -1)).toBe(-1)
    expect(contributionOf(trace, 0, (argStart[3] ?? -1) + 1)).toBeGreaterThanOrEqual(0)
  })
})
