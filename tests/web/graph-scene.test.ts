/// The picture as data.

import { describe, expect, it } from 'vitest'
import { operationLabel, sceneOf, viewsOf, withSelection, type Scene } from '../../web/src/graph'
import { readTrace } from '../../web/src/trace'
import { detached, diamond, loop, mlpStep, multiOutput, secondOrder, square } from './fixtures/graphs'
import { makeTrace } from './fixtures/make-trace'

function scene(document: ReturnType<typeof square>, pass?: number, selected: readonly number[] = []): Scene {
  const trace = readTrace(document)
  const view = viewsOf(trace)[0]
  if (!view) throw new Error('no view')
  return sceneOf({ trace, view, pass: pass ?? view.passes.at(-1) ?? -1, selected })
}

const texts = (made: Scene, node: number): readonly string[] =>
  made.nodes.find((one) => one.node === node)?.texts.map(({ role, text }) => `${role} ${text}`) ?? []

describe('sceneOf', () => {
  it('draws y = 2 * x**2', () => expect(scene(square())).toMatchSnapshot())

  it('draws a diamond', () => expect(scene(diamond())).toMatchSnapshot())

  it('writes a leaf by its name, with value and gradient side by side', () => {
    expect(texts(scene(square()), 0)).toEqual(['title x', 'detail (2, 2)', 'tag leaf', 'value [[1 2]', 'value [3 4]]', 'grad ∂ [[ 4  8]', 'grad [12 16]]'])
  })

  it('writes several results in columns of one node', () => {
    const made = scene(multiOutput())
    expect(texts(made, 2).filter((text) => text.startsWith('name'))).toEqual(['name z1', 'name z2', 'name z3'])
    expect(made.nodes.find(({ node }) => node === 2)?.dividers).toHaveLength(2)
  })

  it('keeps every text inside its node', () => {
    for (const document of [square(), loop(12), multiOutput(), mlpStep(), detached()]) {
      for (const node of scene(document).nodes) {
        for (const { x, y, role, text } of node.texts) {
          const size = role === 'title' ? 13 : 11
          expect(x + [...text].length * size * 0.602).toBeLessThanOrEqual(node.width - 8)
          expect(y).toBeLessThan(node.height)
        }
      }
    }
  })

  it('draws a gradient lane upwards beside each value edge that carried a contribution', () => {
    const edges = scene(diamond()).edges.map(({ role, from, to }) => `${role} ${from} ${to}`)
    expect(edges).toEqual(['value 0 1', 'grad 0 1', 'value 1 2', 'grad 1 2', 'value 0 2', 'grad 0 2'])
  })

  it('marks where the tape is cut, and sends no gradient across', () => {
    const made = scene(detached())
    const cut = made.edges.filter(({ to }) => to === 2)
    expect(cut.map(({ role }) => role)).toEqual(['cut'])
    expect(cut[0]?.mark).not.toBeNull()
    expect(texts(made, 2)).toContain('tag detached')
  })

  it('shows no gradients when no pass is chosen', () => {
    const made = scene(square(), -1)
    expect(made.edges.every(({ role }) => role === 'value')).toBe(true)
    expect(made.nodes.flatMap((node) => node.texts).some(({ role }) => role === 'grad')).toBe(false)
  })

  it('shows the gradients of the chosen pass', () => {
    expect(texts(scene(secondOrder(), 0), 3)).not.toContain('grad ∂ 1')
    expect(texts(scene(secondOrder(), 1), 3)).toContain('grad ∂ 1')
    expect(scene(secondOrder(), 1).nodes.filter(({ backward }) => backward)).toHaveLength(2)
  })

  it('mutes what the head does not depend on', () => {
    const made = scene(loop(2))
    expect(made.nodes.filter(({ active }) => !active)).toHaveLength(4)
  })

  it('says each node in words', () => {
    expect(scene(square()).nodes.map(({ label }) => label)).toEqual([
      'leaf, line 1, x, shape (2, 2), value [[1 2] [3 4]], gradient [[4 8] [12 16]]',
      'power, line 4, shape (2, 2), value [[1 4] [9 16]], gradient [[2 2] [2 2]]',
      'multiply, head, line 4, y, shape (2, 2), value [[2 8] [18 32]], gradient [[1 1] [1 1]]',
    ])
    expect(scene(loop(3)).nodes[4]?.label).toContain('visit 1 of 3')
  })

  it('lists values that are not known yet, and draws the rest', () => {
    const made = scene(loop(2, true))
    expect(made.nodes.every(({ pending }) => pending.length > 0)).toBe(true)
    expect(texts(made, 0)).toContain('value …')
  })

  it('gives a node the same key in the next run', () => {
    const keys = (made: Scene): readonly string[] => made.nodes.map(({ key }) => key)
    expect(keys(scene(loop(5))).slice(0, 8)).toEqual(keys(scene(loop(3))).slice(0, 8))
    expect(new Set(keys(scene(loop(12)))).size).toBe(scene(loop(12)).nodes.length)
  })
})

describe('withSelection', () => {
  it('is the scene of that selection', () => {
    expect(withSelection(scene(diamond()), [1])).toEqual(scene(diamond(), undefined, [1]))
  })

  it('lights the edges of the selected node', () => {
    const lit = withSelection(scene(diamond()), [1]).edges.filter((edge) => edge.lit)
    expect(lit.map(({ from, to }) => [from, to])).toEqual([[0, 1], [0, 1], [1, 2], [1, 2]])
  })
})

describe('operationLabel', () => {
  const label = (name: string, operands: readonly (string | 'x')[], attrs?: Readonly<Record<string, unknown>>): string => {
    const document = makeTrace('x', (b) => {
      const x = b.source('array', { line: 1 })
      b.op(name, operands.map((one) => (one === 'x' ? x : one)), { line: 1, ...(attrs ? { attrs } : {}) })
    })
    return operationLabel(readTrace(document), 1)
  }

  it.each<[string, string, readonly string[], Readonly<Record<string, unknown>> | undefined]>([
    ['× 2', 'multiply', ['x', '2'], undefined],
    ['× 2', 'multiply', ['2', 'x'], undefined],
    ['− 2', 'subtract', ['x', '2'], undefined],
    ['2 −', 'subtract', ['2', 'x'], undefined],
    ['2 ÷', 'true_divide', ['2', 'x'], undefined],
    ['×', 'multiply', ['x', 'x'], undefined],
    ['−', 'negative', ['x'], undefined],
    ['Σ axis=0', 'sum', ['x'], { axis: 0, keepdims: false }],
    ['Σ', 'sum', ['x'], { axis: null }],
    ['Σ axis=(0, 1) keepdims=True', 'sum', ['x'], { axis: [0, 1], keepdims: true }],
    ['take [0]', 'getitem', ['x'], { key: [0] }],
    ['take [1:3]', 'getitem', ['x'], { key: '1:3' }],
    ['dot', 'dot', ['x', 'x'], undefined],
    ['maximum 0', 'maximum', ['x', '0'], undefined],
  ])('%s', (text, name, operands, attrs) => expect(label(name, operands, attrs)).toBe(text))

  it('cuts what is too long', () => {
    expect(label('reshape', ['x'], { shape: Array<number>(40).fill(1) })).toHaveLength(28)
  })
})
