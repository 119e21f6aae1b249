/// Which pictures a trace has.

import { describe, expect, it } from 'vitest'
import { readTrace } from '../../web/src/trace'
import { viewOfNode, viewsOf } from '../../web/src/graph'
import { detached, loop, secondOrder, square, twoBlocks } from './fixtures/graphs'
import { makeTrace } from './fixtures/make-trace'

const views = (document: ReturnType<typeof square>) => viewsOf(readTrace(document))

describe('viewsOf', () => {
  it('gives one view per recording, with its sources and passes', () => {
    expect(views(square())).toEqual([{ id: '3', title: 'record · line 3', cell: 0, nodes: [0, 1, 2], passes: [0], backwardNodes: 0 }])
  })

  it('joins recordings that a recorded result connects, but not those that only share a leaf', () => {
    expect(views(twoBlocks()).map(({ title, nodes, passes }) => [title, nodes, passes])).toEqual([
      ['record · line 3', [0, 1], [0]],
      ['record · lines 6, 8', [0, 2, 3], [1]],
    ])
  })

  it('puts the nodes of a recorded backward pass beside what they differentiate', () => {
    const [view, ...others] = views(secondOrder())
    expect(others).toEqual([])
    expect(view?.passes).toEqual([0, 1])
    expect(view?.backwardNodes).toBe(2)
  })

  it('shows a detached array that feeds the recording', () => {
    expect(views(detached())[0]?.nodes).toEqual([0, 1, 2, 3])
  })

  it('numbers the turns of a line that records several times', () => {
    const document = makeTrace('for _ in range(3):\n    with autograd.record():\n        y = x * 2', (b) => {
      const x = b.source('array', { line: 1, roles: ['leaf'] })
      for (let i = 0; i < 3; i++) b.record(2, () => void b.op('multiply', [x, '2'], { line: 3 }))
    })
    expect(views(document).map(({ title }) => title)).toEqual(['record · line 2 (1 of 3)', 'record · line 2 (2 of 3)', 'record · line 2 (3 of 3)'])
    expect(new Set(views(document).map(({ id }) => id)).size).toBe(3)
  })

  it('takes a recording inside a recording as part of it', () => {
    const document = makeTrace('a\nb\nc', (b) => {
      const x = b.source('array', { line: 1, roles: ['leaf'] })
      b.record(1, () => {
        b.op('sin', [x], { line: 2 })
        b.record(2, () => void b.op('cos', [x], { line: 3 }))
      })
    })
    expect(views(document)).toHaveLength(1)
  })

  it('shows what set_recording(True) recorded outside of any block', () => {
    const document = makeTrace('autograd.set_recording(True)\ny = x * 2', (b) => {
      const x = b.source('array', { line: 1, roles: ['leaf'] })
      b.op('multiply', [x, '2'], { line: 2, roles: ['recorded'] })
    })
    expect(views(document).map(({ title }) => title)).toEqual(['record · cell 1'])
  })

  it('leaves out what was not recorded', () => {
    const document = makeTrace('y = x * 2', (b) => {
      const x = b.source('array', { line: 1 })
      b.op('multiply', [x, '2'], { line: 1 })
    })
    expect(views(document)).toEqual([])
  })

  it('takes one walk over a long loop', () => {
    expect(views(loop(3000))).toHaveLength(1)
  })
})

describe('viewOfNode', () => {
  it('stays in the preferred view when a shared leaf is in it', () => {
    const all = views(twoBlocks())
    expect(viewOfNode(all, 0, 1)).toBe(1)
    expect(viewOfNode(all, 1, 1)).toBe(0)
    expect(viewOfNode(all, 99, 0)).toBe(-1)
  })
})
