/// The card of a node and moving between nodes.

import { describe, expect, it } from 'vitest'
import { cardOf, neighbour, passTitle, sceneOf, viewsOf, type Card } from '../../web/src/graph'
import { readTrace } from '../../web/src/trace'
import { detached, diamond, loop, mlpStep, multiOutput, secondOrder, square } from './fixtures/graphs'

function card(document: ReturnType<typeof square>, node: number, pass = 0): Card {
  const trace = readTrace(document)
  return cardOf(trace, node, pass, (value) => trace.values.summaries[value] ?? null)
}

describe('cardOf', () => {
  it('tells expression, place, shape and operation', () => {
    const made = card(square(), 2)
    expect([made.title, made.place]).toEqual(['2 * x**2', 'line 4'])
    expect(made.facts).toEqual([
      ['name', 'y'],
      ['shape', '(2, 2)'],
      ['dtype', 'float32'],
      ['device', 'cpu(0)'],
      ['operation', 'multiply: The multiply of its operands'],
      ['role', 'head of a backward pass'],
    ])
  })

  it('shows small arrays as numbers with their strength', () => {
    const heat = card(square(), 2).results[0]?.value?.heat
    expect(heat?.cells.map(({ text }) => text)).toEqual(['2', '8', '18', '32'])
    expect(heat?.cells.at(-1)?.level).toBe(1)
  })

  it('shows large arrays as a thumbnail with what is known of all elements', () => {
    const value = card(mlpStep(), 6).results[0]?.value
    expect(value?.heat).toMatchObject({ numbers: false, sampled: true })
    expect(value?.more).toBe(true)
    expect(value?.statistics.slice(0, 3)).toEqual([['min', '-0.981'], ['max', '0.974'], ['mean', '0.0123']])
  })

  it('has one entry per result', () => {
    expect(card(multiOutput(), 2).results.map(({ name }) => name)).toEqual(['z1', 'z2', 'z3'])
  })

  it('leads to the visits before and after', () => {
    const trace = readTrace(loop(3))
    const visits = trace.nodes.site.reduce<number[]>((all, site, n) => (site === trace.nodes.site[4] ? [...all, n] : all), [])
    const made = card(loop(3), visits[1] ?? -1)
    expect(made.place).toContain('visit 2 of 3')
    expect([made.before, made.after]).toEqual([visits[0], visits[2]])
  })

  it.each<[string, ReturnType<typeof square>, number, number, string]>([
    ['detached', detached(), 2, 0, 'detached'],
    ['no path to the head', detached(), 1, 0, 'detached'],
    ['nothing uses it', loop(2), 3, 0, 'not used'],
    ['a constant', mlpStep(), 0, 0, 'not attached'],
    ['no pass yet', square(), 1, -1, 'no pass'],
  ])('says why there is no gradient: %s', (_, document, node, pass, reason) => {
    expect(card(document, node, pass).results[0]?.why?.reason).toBe(reason)
  })

  it('lists values that are on their way', () => {
    const trace = readTrace(loop(2, true))
    expect(cardOf(trace, 0, 0, () => null).pending).toHaveLength(2)
  })
})

describe('passTitle', () => {
  it('names the head and the line', () => {
    const trace = readTrace(secondOrder())
    expect([0, 1].map((pass) => passTitle(trace, pass))).toEqual(['grad of y · line 5', 'backward of g · line 6'])
  })
})

describe('neighbour', () => {
  const trace = readTrace(diamond())
  const view = viewsOf(trace)[0]
  if (!view) throw new Error('no view')
  const scene = sceneOf({ trace, view, pass: 0, selected: [] })

  it('goes up to the first operand and down to the first consumer', () => {
    expect(neighbour(trace, scene, 2, 'up')).toBe(1)
    expect(neighbour(trace, scene, 0, 'down')).toBe(1)
    expect(neighbour(trace, scene, 2, 'down')).toBeNull()
  })

  it('goes sideways to the nearest node at the same height', () => {
    const wide = readTrace(mlpStep())
    const shown = viewsOf(wide)[0]
    if (!shown) throw new Error('no view')
    const picture = sceneOf({ trace: wide, view: shown, pass: 0, selected: [] })
    const right = neighbour(wide, picture, 0, 'right')
    expect(right).not.toBeNull()
    expect(neighbour(wide, picture, right ?? -1, 'left')).toBe(0)
  })

  it('goes to both ends', () => {
    expect([neighbour(trace, scene, 1, 'first'), neighbour(trace, scene, 1, 'last')]).toEqual([0, 2])
  })
})
