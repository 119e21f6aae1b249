/// The picture at a step, as data.

import { describe, expect, it } from 'vitest'
import { passAt, sceneOf, viewsOf, withStep, type Scene } from '../../web/src/graph'
import { timelineOf, type Trace } from '../../web/src/trace'
import { stored } from './fixtures/traces'

const summaryOf = (trace: Trace) => (value: number) => trace.values.summaries[value] ?? null

function at(trace: Trace, step: number): Scene {
  const view = viewsOf(trace).find(({ nodes }) => nodes.includes(timelineOf(trace).node[step] ?? -1))
  if (!view) throw new Error('no view')
  const pass = passAt(trace, view, step)
  return withStep(sceneOf({ trace, view, pass, selected: [] }), trace, pass, step, summaryOf(trace))
}

const phases = (scene: Scene) => scene.nodes.map(({ phase }) => phase ?? '-').join(' ')
const texts = (scene: Scene, node: number, role: string) => scene.nodes.find((one) => one.node === node)?.texts.filter((text) => text.role === role).map(({ text }) => text)

describe('withStep', () => {
  it('shows values as they are reached', () => {
    const scene = at(stored('broadcast'), 2)
    expect(phases(scene)).toBe('- - current future future future future')
    expect(texts(scene, 2, 'value')).toHaveLength(2)
    expect(texts(scene, 3, 'value')).toEqual([])
    expect(scene.nodes[3]?.label).toMatch(/not computed yet$/)
    expect(scene.edges.filter(({ phase }) => phase === 'current').map(({ from, to }) => [from, to])).toEqual([[0, 2], [1, 2]])
  })

  it('shows the running sum in the accumulator, and what goes along the edge', () => {
    const trace = stored('broadcast')
    expect(texts(at(trace, 9), 1, 'grad')).toEqual([])
    expect(texts(at(trace, 10), 1, 'grad')).toEqual(['∂ [0.5 -1]'])
    expect(texts(at(trace, 11), 1, 'grad')).toEqual(['∂ [1 -2]'])
    expect(texts(at(trace, 13), 1, 'grad')).toEqual(['∂ [5 4]'])
    expect(at(trace, 13).edges.flatMap(({ note }) => note ?? [])).toEqual(['Σ [[1 1] [1 1]] × ∂ = [4 6]'])
    expect(at(stored('doubling'), 54).edges.flatMap(({ note }) => note ?? [])).toEqual(['[4096 0] × 2 = [8192 0]'])
  })

  it('touches only what changes', () => {
    const trace = stored('doubling')
    const view = viewsOf(trace)[0]
    if (!view) throw new Error('no view')
    const last = timelineOf(trace).length - 1
    const end = sceneOf({ trace, view, pass: passOf(trace, last), selected: [] })
    const scenes = [3, 4, last - 4, last - 3].map((step) => withStep(end, trace, passOf(trace, last), step, summaryOf(trace)))
    const other = (a: number, b: number) => scenes[a]?.nodes.filter((node, i) => node !== scenes[b]?.nodes[i]).length
    expect(end.nodes.length).toBeGreaterThan(20)
    expect(other(0, 1)).toBeLessThan(4)
    expect(other(2, 3)).toBeLessThan(5)
    expect(other(0, 3)).toBeGreaterThan(20)
  })

  it('moves nothing and ends as the picture of the end', () => {
    for (const name of ['broadcast', 'doubling', 'second_order'] as const) {
      const trace = stored(name)
      const last = timelineOf(trace).length - 1
      const places = (scene: Scene) => scene.nodes.map(({ x, y, width, height }) => [x, y, width, height].join()).join(' ')
      const end = at(trace, last)
      for (let step = 0; step <= last; step++) {
        const scene = at(trace, step)
        if (passOf(trace, step) === passOf(trace, last)) expect(places(scene)).toBe(places(end))
        for (const node of scene.nodes) {
          for (const { x, text, role } of node.texts) expect(x + [...text].length * (role === 'title' ? 13 : 11) * 0.602).toBeLessThanOrEqual(node.width - 8)
        }
      }
      const view = viewsOf(trace)[0]
      if (view) expect(end.nodes.map(({ texts: own }) => own)).toEqual(sceneOf({ trace, view, pass: passOf(trace, last), selected: [] }).nodes.map(({ texts: own }) => own))
    }
  })

  it('draws the doubling at its first backward step', () => {
    const trace = stored('doubling')
    const step = timelineOf(trace).backward.indexOf(1)
    const { nodes, edges } = at(trace, step)
    expect(nodes.filter(({ phase }) => phase).map(({ node, phase, label }) => ({ node, phase, label }))).toMatchSnapshot()
    expect(edges.filter(({ phase }) => phase === 'current').map(({ from, to, role, note }) => ({ from, to, role, note }))).toMatchSnapshot()
  })
})

const passOf = (trace: Trace, step: number): number => {
  const view = viewsOf(trace)[0]
  return view ? passAt(trace, view, step) : -1
}

describe('passAt', () => {
  it('is the pass of the step, else the last that has begun', () => {
    const trace = stored('second_order')
    const { length, pass } = timelineOf(trace)
    const seen = Array.from({ length }, (_, step) => passOf(trace, step))
    expect(seen.every((one, step) => (pass[step] ?? -1) < 0 || one === pass[step])).toBe(true)
    expect(seen[0]).toBe(0)
    expect(seen.at(-1)).toBe(1)
  })
})
