/// Finding nodes of a picture.

import { describe, expect, it } from 'vitest'
import { foundNodes, viewsOf } from '../../web/src/graph'
import { at, expressionOf, lineOfNode, type Trace } from '../../web/src/trace'
import { stored } from './fixtures/traces'

const trace: Trace = stored('broadcast')
const nodes = viewsOf(trace)[0]?.nodes ?? []
const found = (text: string) => foundNodes(trace, nodes, text)
const ops = (text: string) => found(text).map((node) => trace.ops[at(trace.nodes.op, node)]?.name)

describe('foundNodes', () => {
  it('finds nothing for blank text and for what is not there', () => {
    expect(found('  ')).toEqual([])
    expect(found('no such thing')).toEqual([])
  })

  it('finds an operation by its name, in the order of the picture', () => {
    const name = trace.ops[at(trace.nodes.op, nodes.at(-1) ?? -1)]?.name ?? ''
    expect(name).not.toBe('')
    expect(ops(name.toUpperCase())).toContain(name)
    expect(found(name)).toEqual([...found(name)].sort((a, b) => a - b))
  })

  it('finds what stands in a line', () => {
    const last = nodes.at(-1) ?? -1
    const line = lineOfNode(trace, last)
    for (const text of [String(line), `line ${line}`, `l${line}`]) {
      expect(found(text)).toContain(last)
      expect(found(text).every((node) => lineOfNode(trace, node) === line)).toBe(true)
    }
  })

  it('finds shapes however they are written', () => {
    expect(found('(2, 2)').length).toBeGreaterThan(0)
    for (const text of ['(2,2)', '2x2', '2 × 2']) expect(found(text)).toEqual(found('(2, 2)'))
    expect(found('(7, 7)')).toEqual([])
  })

  it('finds parts of expressions', () => {
    const last = nodes.at(-1) ?? -1
    expect(found(expressionOf(trace, last))).toContain(last)
  })

  it('a name that is meant exactly is not drowned in expressions that contain it', () => {
    expect(found('w')).toHaveLength(1)
    expect(nodes.filter((node) => expressionOf(trace, node).includes('w')).length).toBeGreaterThan(1)
  })
})
