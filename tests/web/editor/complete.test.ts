import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import { completeNames, readNames } from '../../../web/src/editor/complete'

const names = readNames({
  np: [{ name: 'dot', doc: 'Dot product.', signature: 'dot(a, b)' }],
  nd: [{ name: 'norm', doc: '', signature: '(data)' }],
  autograd: [{ name: 'record', doc: '', signature: '()' }],
  array: ['attach_grad', { name: 'shape' }],
  broken: 3,
})

function offered(text: string): readonly string[] {
  const state = EditorState.create({ doc: text })
  const result = completeNames(names)(new CompletionContext(state, text.length, false)) as CompletionResult | null
  return result ? result.options.map((option) => option.label) : []
}

describe('completion', () => {
  it.each([
    ['np.', ['dot']],
    ['y = np.do', ['dot']],
    ['mx.nd.', ['norm']],
    ['mxnet.np.', ['dot']],
    ['with autograd.', ['record']],
    ['x.', ['attach_grad', 'shape']],
    ['self.x.', ['attach_grad', 'shape']],
    ['np', []],
    ['x = 1', []],
  ])('after %j offers %j', (text, labels) => {
    expect(offered(text)).toEqual(labels)
  })

  it('replaces only what stands behind the dot', () => {
    const state = EditorState.create({ doc: 'np.do' })
    const result = completeNames(names)(new CompletionContext(state, 5, false)) as CompletionResult
    expect(result.from).toBe(3)
    expect(result.options[0]).toMatchObject({ detail: '(a, b)', info: 'Dot product.' })
  })

  it('offers nothing without a table', () => {
    expect(readNames(null)).toEqual({})
    expect(readNames({ np: [{ nome: 1 }, null, 4] })).toEqual({ np: [] })
  })
})
