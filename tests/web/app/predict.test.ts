import { describe, expect, it } from 'vitest'
import { coveredFor, judge, questionsOf, readAnswer } from '../../../web/src/app/predict'
import { lineValuesOf } from '../../../web/src/explain'
import { cardOf, picturesOf, ROLLED, sceneOf } from '../../../web/src/graph'
import { readTrace, wholeOf, type Trace } from '../../../web/src/trace'
import { makeTrace, type Data } from '../fixtures/make-trace'

const CODE = `x = np.array([1, 2])
with record():
  y = x * x  # predict: y
  z = y.sum()  # predict: z.shape, z rtol=0.5
z.backward()  # predict: x.grad
# predict: w`

const traceOf = (code = CODE): Trace =>
  readTrace(
    makeTrace(code, (b) => {
      const x = b.source('array', { line: 1, name: 'x', value: [1, 2], roles: ['leaf'] })
      let [y, z] = [-1, -1]
      b.record(2, () => {
        y = b.op('multiply', [x, x], { line: 3, name: 'y', value: [1, 4] })
        z = b.op('sum', [y], { line: 4, name: 'z', value: 5 })
      })
      b.backward([z], new Map<number, Data>([[z, 1], [y, [1, 1]], [x, [2, 4]]]), { line: 5 })
    }),
  )

const trace = traceOf()
const question = (key: string, from = trace) => {
  const found = questionsOf(from).find((each) => each.key === key)
  if (!found) throw new Error(`no question ${key}`)
  return found
}
const texts = (of: Trace): string => {
  const [view] = picturesOf(of, ROLLED)
  if (!view) throw new Error('no picture')
  return sceneOf({ trace: of, view, pass: 0, selected: [] }).nodes.map(({ texts, label }) => [...texts.map(({ text }) => text), label].join(' ')).join('\n')
}

describe('questions', () => {
  it('stand in comments, and names that nothing has are left out', () => {
    expect(questionsOf(trace).map(({ key, what, line, times }) => [key, what, line, times])).toEqual([
      ['y', 'value', 3, 1],
      ['z.shape', 'shape', 4, 1],
      ['z', 'value', 4, 1],
      ['x.grad', 'gradient', 5, 1],
    ])
    expect(question('z')).toMatchObject({ rtol: 0.5, atol: 0.001 })
  })

  it('above a line mean the line that follows, else the last one before', () => {
    const lines = CODE.replaceAll(/ {2}# predict.*/g, '')
    expect(questionsOf(traceOf(`# predict: y\n${lines}`.split('\n').slice(0, 6).join('\n'))).map(({ line }) => line)).toEqual([3])
    expect(questionsOf(traceOf(lines.replace('# predict: w', '# predict: y'))).map(({ line }) => line)).toEqual([3])
  })

  it('cover their values in the picture, its words, and at the ends of the lines', () => {
    expect(texts(trace)).toContain('[1 4]')
    const shown = coveredFor(trace, new Set())
    expect(texts(shown)).not.toMatch(/\[1 4\]|\[2 4\]/)
    expect(texts(shown)).toContain('[? ?]')
    expect(texts(shown)).toContain('multiply, line 3, y, shape (2,), value covered until you predict it, gradient [1 1]')
    // The shape of z, and its value, which is a scalar.
    expect(texts(shown)).not.toContain('shape (),')
    const ends = lineValuesOf(shown, null, (value) => shown.values.summaries[value] ?? null).lines
    expect(ends.find(({ line }) => line === 3)).toMatchObject({ value: '[? ?]', gradient: '[1 1]' })
    expect(ends.find(({ line }) => line === 1)).toMatchObject({ value: '[1 2]', gradient: '[? ?]' })
  })

  it('are no numbers in the inspector either', () => {
    const shown = coveredFor(trace, new Set())
    const { results } = cardOf(shown, question('y').node, 0, (value) => shown.values.summaries[value] ?? null)
    expect(results[0]?.value?.heat?.cells).toEqual([{ text: '?', level: 0, kind: 'number' }, { text: '?', level: 0, kind: 'number' }])
    expect(JSON.stringify(results[0]?.value?.statistics)).toBe('[["covered","until you predict it"]]')
  })

  it('uncover them when they are answered', () => {
    const shown = coveredFor(trace, new Set(['y', 'x.grad']))
    expect(texts(shown)).toContain('[1 4]')
    expect(texts(shown)).toContain('[2 4]')
    expect(texts(shown)).toContain('shape (?)')
    expect(coveredFor(shown, new Set(['y', 'x.grad', 'z', 'z.shape']))).toBe(trace)
    expect(wholeOf(shown)).toBe(trace)
    expect(questionsOf(shown)).toBe(questionsOf(trace))
  })
})

describe('answers', () => {
  it.each([
    ['2', [], [2]],
    ['-.5e1', [], [-5]],
    ['1/4', [], [0.25]],
    ['[1, 2]', [2], [1, 2]],
    ['[1. 2.]', [2], [1, 2]],
    ['1, 2', [2], [1, 2]],
    ['(2, 3)', [2], [2, 3]],
    ['(2,)', [1], [2]],
    ['()', [0], []],
    ['[[1, 2], [3, inf]]', [2, 2], [1, 2, 3, Infinity]],
    ['array([1., True])', [2], [1, 1]],
    ['nan', [], [NaN]],
  ])('%s is read', (text, shape, data) => {
    expect(readAnswer(text)).toEqual({ shape, data })
  })

  it.each(['', 'abc', '[1', '1]', '[1, [2]]', '[[1, 2], [3]]', '1 +', '[', '((((((1))))))', '1e', `[${'1,'.repeat(9000)}]`])('%s cannot be read', (text) => {
    expect(readAnswer(text)).toBeNull()
  })

  it.each([
    ['y', '[1, 4]', true, 'Right: y is [1 4].'],
    ['y', '[1.0, 4.03]', true, 'Right: y is [1 4].'],
    ['y', '[1, 4.1]', false, 'Not yet: 1 of 2 numbers is right.'],
    ['y', '[4, 4, 4]', false, 'Not yet: your answer has shape (3,), y has shape (2,).'],
    ['y', 'abc', null, '“abc” cannot be read: write a list of numbers, such as [1, 2].'],
    ['z', '7', true, 'Right: z is 5.'],
    ['z', '9', false, 'Not yet: z is not 9.'],
    ['z.shape', '()', true, 'Right: z has shape ().'],
    ['z.shape', '(1,)', false, 'Not yet: z has another shape.'],
    ['x.grad', '[2, 4]', true, 'Right: x.grad is [2 4].'],
    ['x.grad', '2 4', true, 'Right: x.grad is [2 4].'],
    ['x.grad', '[1, 1]', false, 'Not yet: 0 of 2 numbers are right.'],
  ] as const)('for %s: %s', (key, answer, correct, text) => {
    expect(judge(coveredFor(trace, new Set()), question(key), answer)).toEqual({ correct, text })
  })
})
