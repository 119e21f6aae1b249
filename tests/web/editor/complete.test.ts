import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import { completeNames, nameAt, readNames } from '../../../web/src/editor/complete'

const names = readNames({
  np: [{ name: 'dot', doc: 'Dot product.', signature: 'dot(a, b)' }],
  nd: [{ name: 'norm', doc: '', signature: '(data)' }],
  autograd: [{ name: 'record', doc: '', signature: '()' }],
  array: ['attach_grad', { name: 'shape' }],
  'np.ndarray': ['shape', 'item'],
  'nd.NDArray': ['shape', 'asscalar'],
  'gluon.nn': [{ name: 'Dense', doc: 'A layer.', signature: '(units)' }],
  'mx.random': ['seed'],
  random: ['wrong'],
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
    ['x.', ['attach_grad', 'shape', 'item', 'asscalar']],
    ['self.x.', ['attach_grad', 'shape', 'item', 'asscalar']],
    ['from mxnet.gluon import nn\nnn.', ['Dense']],
    ['from mxnet.gluon import loss, nn as layers\nlayers.De', ['Dense']],
    ['from mxnet import gluon\nnet.add(gluon.nn.', ['Dense']],
    ['import mxnet.ndarray as F\nF.', ['norm']],
    ['import mxnet as m\nm.np.', ['dot']],
    ['mx.random.', ['seed']],
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

describe('help under the pointer', () => {
  const help = (text: string, of: string) => {
    const lines = text.split('\n')
    const line = lines[lines.length - 1] ?? ''
    return nameAt(names, text, line, line.indexOf(of))?.path ?? null
  }
  it.each([
    ['y = np.dot(a, b)', 'dot', 'np.dot'],
    ['y = np.dot(a, b)', 'np', null],
    ['y = np.dot(a, b)', '(', null],
    ['y = x.item()', 'item', 'array.item'],
    ['from mxnet.gluon import nn\nnet = nn.Dense(3)', 'Dense', 'gluon.nn.Dense'],
    ['from mxnet.gluon.nn import Dense\nnet = Dense(3)', 'Dense', 'gluon.nn.Dense'],
    ['z = np.unknown', 'unknown', null],
  ])('in %j at %j is %j', (text, of, path) => {
    expect(help(text, of)).toBe(path)
  })
})
