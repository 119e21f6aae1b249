/// Rolling loops up, on programs whose traces the engine wrote (`fixtures/traces/*.py`).

import { describe, expect, it } from 'vitest'
import { LAST, ROLLED, picturesOf, positionsAtStep, positionsFor, rollOf, rollable, rolledSceneOf, shownAt, shownNode, type Rolled, type RollOptions, type Scene } from '../../web/src/graph'
import { curveOf } from '../../web/src/graph/curve'
import { instancesOf, stepAt, stepOfContribution, stepOfNode, timelineOf, type Trace } from '../../web/src/trace'
import * as graphs from './fixtures/graphs'
import { readTrace } from '../../web/src/trace'
import { stored, type Stored } from './fixtures/traces'

interface Rolled1 {
  readonly trace: Trace
  readonly rolled: Rolled
  readonly scene: (positions?: ReadonlyMap<string, number>) => Scene
  readonly views: number
}

function roll(name: Stored, options: RollOptions = ROLLED): Rolled1 {
  const trace = stored(name)
  const views = picturesOf(trace, options)
  const [view] = views
  if (!view) throw new Error(`${name} has no picture`)
  const rolled = rollOf(trace, view, options)
  return { trace, rolled, views: views.length, scene: (positions = LAST) => rolledSceneOf({ trace, view, rolled, positions, pass: view.passes.at(-1) ?? -1, selected: [] }) }
}

const frames = ({ rolled }: Rolled1): readonly string[] => rolled.frames.map(({ title, most, visits, parent }) => `${title} × ${most}/${visits} in ${parent}`)

/// "dot×6" with the frame that it stands in.
function bodies({ rolled, trace }: Rolled1): readonly string[] {
  return rolled.bodies.map(({ nodes, frame }) => `${trace.ops[trace.nodes.op[nodes[0] ?? -1] ?? -1]?.name}×${nodes.length} in ${frame}`)
}

/// "tanh>dot turn+1 ×5" for edges that lead to another turn.
function carried({ rolled, trace }: Rolled1): readonly string[] {
  const name = (body: number): string => trace.ops[trace.nodes.op[rolled.bodies[body]?.nodes[0] ?? -1] ?? -1]?.name ?? ''
  return rolled.edges.flatMap((edge) => (edge.carried < 0 ? [] : [`${name(edge.from)}>${name(edge.to)} frame ${edge.carried} ${edge.distance > 0 ? '+' : ''}${edge.distance} ×${edge.args.length}`]))
}

describe('a recurrent network', () => {
  const found = roll('recurrent')

  it('is one body with a frame', () => {
    expect(frames(found)).toEqual(['for x in xs × 6/6 in -1'])
    expect(bodies(found)).toEqual(['dot×6 in 0', 'add×6 in 0', 'tanh×6 in 0', 'sum×1 in -1', 'array×1 in -1', 'array×6 in 0', 'zeros×1 in -1'])
  })

  it('marks what leads to the next turn, and takes a different input into each', () => {
    expect(carried(found)).toEqual(['tanh>dot frame 0 +1 ×5'])
  })

  it('shows the nodes of the turn that is looked at', () => {
    const { rolled, trace } = found
    for (let turn = 0; turn < 6; turn++) {
      const shown = shownAt(rolled, new Map([['for 8:4', turn]]))
      const tanh = rolled.bodies.findIndex(({ key }) => key.includes('tanh'))
      expect(trace.nodes.visit[shownNode(rolled, tanh, shown) ?? -1]).toBe(turn)
    }
  })

  it('takes the initial value in the first turn only, the carried one after it', () => {
    const taken = (turn: number, words: string): string | null | undefined => found.scene(new Map([['for 8:4', turn]])).edges.find(({ key }) => key.includes(words))?.phase
    expect([taken(0, 'zeros'), taken(1, 'zeros')]).toEqual([null, 'absent'])
    expect([taken(0, 'tanh:10:0>for 8:4|dot'), taken(1, 'tanh:10:0>for 8:4|dot')]).toEqual(['absent', null])
  })

  it('moves nothing from turn to turn', () => {
    const places = (turn: number): unknown => found.scene(new Map([['for 8:4', turn]])).nodes.map(({ x, y, width, height }) => [x, y, width, height])
    for (let turn = 1; turn < 6; turn++) expect(places(turn)).toEqual(places(0))
  })

  it('says how the gradient vanishes', () => {
    const [frame] = found.scene().frames ?? []
    expect(frame?.curves.map(({ name, curve }) => [name, curve.words, curve.tone])).toEqual([['h', 'shrinks 2e5-fold back through 6 turns: vanishes', 'vanishing']])
    expect(frame?.label).toContain('for x in xs, line 8, times 6, turn 6 of 6')
  })

  it('keeps bodies inside their frame, and others out of it', () => {
    for (const name of ['recurrent', 'nested', 'descent', 'calls', 'branches', 'doubling'] as const) {
      const one = roll(name)
      const scene = one.scene()
      const all = scene.frames ?? []
      const within = (frame: number): readonly number[] => (frame < 0 ? [] : [frame, ...within(one.rolled.frames[frame]?.parent ?? -1)])
      scene.nodes.forEach((node, b) => {
        const own = within(one.rolled.bodies[b]?.frame ?? -1)
        all.forEach((frame, f) => {
          const inside = node.x >= frame.x && node.y >= frame.y && node.x + node.width <= frame.x + frame.width && node.y + node.height <= frame.y + frame.height
          const apart = node.x >= frame.x + frame.width || frame.x >= node.x + node.width || node.y >= frame.y + frame.height || frame.y >= node.y + node.height
          expect(own.includes(f) ? inside : apart, `${name}: ${node.label} and ${frame.title}`).toBe(true)
        })
        scene.nodes.slice(b + 1).forEach((other) => {
          const apart = node.x >= other.x + other.width || other.x >= node.x + node.width || node.y >= other.y + other.height || other.y >= node.y + node.height
          expect(apart, `${name}: ${node.label} and ${other.label}`).toBe(true)
        })
      })
    }
  })
})

describe('a loop in a loop', () => {
  const found = roll('nested')

  it('has a frame in a frame, with the turns of each', () => {
    expect(frames(found)).toEqual(['for i in range(4) × 4/4 in -1', 'for j in range(5 - i) × 5/14 in 0'])
    expect(carried(found)).toEqual(['multiply>multiply frame 1 +1 ×10', 'multiply>multiply frame 0 +1 ×3'])
  })

  it('has as many inner turns as the outer turn made', () => {
    const { rolled } = found
    expect([0, 1, 2, 3].map((i) => shownAt(rolled, new Map([['for 6:4', i]])).count[1])).toEqual([5, 4, 3, 2])
  })
})

describe('a loop of recordings', () => {
  const found = roll('descent')

  it('is one picture instead of many', () => {
    expect([found.views, picturesOf(found.trace, { all: false, except: [] }).length]).toEqual([1, 8])
    expect(frames(found)).toEqual(['for epoch in range(8) × 8/8 in -1'])
  })

  it('has the weight of each turn, which is a new array after its update, as one leaf', () => {
    expect(bodies(found)).toContain('array×8 in 0')
    const words = [0, 7].map((turn) => found.scene(new Map([['for 5:0', turn]])).nodes.find(({ label }) => label.includes('leaf'))?.label)
    expect(words[0]).toContain('value 0,')
    expect(words[1]).toContain('value 0.4233')
  })

  it('shows the gradients of the turn that is looked at', () => {
    const [view] = picturesOf(found.trace, ROLLED)
    expect(view?.members?.length).toBe(8)
    expect(view?.passes.length).toBe(8)
  })
})

describe('functions', () => {
  const found = roll('calls')

  it('called several times, also by themselves, are one body', () => {
    expect(frames(found)).toEqual(['def layer(v) × 4/4 in -1', 'def power(n, v) × 5/5 in -1'])
    expect(carried(found)).toEqual(['multiply>tanh frame 0 +1 ×3', 'multiply>multiply frame 1 -1 ×4'])
  })
})

describe('branches', () => {
  const found = roll('branches')

  it('show all that any turn runs, with counts, and what does not run in this one', () => {
    const scene = found.scene(new Map([['for 7:4', 0]]))
    const sin = scene.nodes.find(({ key }) => key.includes('sin'))
    const double = scene.nodes.find(({ key }) => key.startsWith('for 7:4|multiply'))
    expect(sin?.texts.map(({ text }) => text)).toContain('4 of 6')
    expect([sin?.phase, double?.phase]).toEqual([null, 'absent'])
    expect(double?.label).toContain('does not run in this turn')
  })

  it('do not count the last test of a while as a turn', () => {
    expect(frames(found)).toContain('while y < 4 × 3/3 in -1')
    const scene = found.scene(new Map([['while 14:4', 3]]))
    expect(scene.frames?.find(({ title }) => title.startsWith('while'))?.place).toBe('last test, after 3')
    expect(found.scene().frames?.find(({ title }) => title.startsWith('while'))?.place).toBe('turn 3 of 3')
  })
})

describe('the reader', () => {
  it('can unroll all loops, or one', () => {
    expect(roll('nested', { all: false, except: [] }).rolled.frames).toEqual([])
    // Each outer turn has an inner loop of its own then.
    expect(frames(roll('nested', { all: true, except: ['for 6:4'] })).map((one) => one.slice(-8))).toEqual([' 5/5 in -1', ' 4/4 in -1', ' 3/3 in -1', ' 2/2 in -1'].map((one) => one.slice(-8)))
    expect(frames(roll('nested', { all: false, except: ['for 6:4'] }))).toEqual(['for i in range(4) × 4/4 in -1'])
    expect(rollable(stored('nested'), { all: true, except: ['for 6:4'] })).toEqual([{ loop: 'for 6:4', rolled: false }, { loop: 'for 7:8', rolled: true }])
  })

  it('finds every step of the timeline in the turn that it belongs to', () => {
    for (const name of ['recurrent', 'nested', 'descent', 'calls', 'branches'] as const) {
      const { trace, rolled } = roll(name)
      for (let index = 0; index < timelineOf(trace).length; index++) {
        const step = stepAt(trace, index)
        if (!step || !rolled.bodyOf.has(step.node)) continue
        const shown = shownAt(rolled, positionsAtStep(trace, rolled, index, LAST))
        expect(shownNode(rolled, rolled.bodyOf.get(step.node) ?? -1, shown), `${name} ${index}`).toBe(step.node)
      }
    }
  })

  it('finds every node', () => {
    for (const name of ['recurrent', 'nested', 'descent', 'calls', 'branches'] as const) {
      const { rolled } = roll(name)
      for (const [node, body] of rolled.bodyOf) expect(shownNode(rolled, body, shownAt(rolled, positionsFor(rolled, node, LAST)))).toBe(node)
    }
  })
})

it('leaves a trace without a log of turns as it is', () => {
  const trace = readTrace(graphs.square())
  expect(instancesOf(trace).loop).toEqual([-1])
  const [view] = picturesOf(trace, ROLLED)
  expect(view && rollOf(trace, view).frames).toEqual([])
  expect([stepOfNode(trace, 0), stepOfContribution(trace, 0, 0)].length).toBe(2)
})

describe('curves', () => {
  const down = [64, 16, 4, 1, 0.25]

  it.each<[readonly (number | null)[], boolean, string, string]>([
    [down, false, 'shrinks 260-fold over 5 turns', 'calm'],
    [down, true, 'grows 260-fold back through 5 turns: explodes', 'exploding'],
    [[...down].reverse(), true, 'shrinks 260-fold back through 5 turns: vanishes', 'vanishing'],
    [[1, 1.2, 1], true, 'about the same back through 3 turns', 'calm'],
    [[1, 40, 1], false, 'up and down 40-fold over 3 turns', 'calm'],
    [[1, NaN, NaN], false, 'NaN in 2 of 3 turns', 'broken'],
    [[1, Infinity], false, 'infinite in 1 of 2 turns', 'broken'],
    [[0, 0], true, 'zero in all 2 turns', 'calm'],
    [[0, 2], true, 'falls to zero back through 2 turns: vanishes', 'vanishing'],
    [[null, null], true, 'none', 'calm'],
  ])('say of %j, going back %s, that it %s', (norms, back, words, tone) => {
    expect(curveOf(norms, 0, back)).toMatchObject({ words, tone })
  })

  it('are logarithmic when the range is wide, broken where there is no number, and mark it', () => {
    expect([curveOf(down, 0, true).log, curveOf([1, 2], 0, true).log]).toEqual([true, false])
    const odd = curveOf([1, NaN, 2, 3], 1, true)
    expect([odd.pieces.length, odd.odd, odd.here.y]).toEqual([2, [{ x: 1 / 3, kind: 'nan' }], null])
    expect(curveOf(down, 4, true).here).toEqual({ x: 1, y: 0 })
  })

  it('have few points however many turns there are, and keep the peaks', () => {
    const long = Array.from({ length: 3000 }, (_, k) => (k === 1234 ? 9 : 1))
    const [piece] = curveOf(long, 0, false).pieces
    expect(piece?.length).toBeLessThan(250)
    expect(piece?.some(({ y }) => y === 1)).toBe(true)
  })
})

describe('edges to another turn', () => {
  it.each(['recurrent', 'nested', 'descent', 'calls', 'branches', 'crowded'] as const)('%s: stay in their frame, below its heading, and say once what they are', (name) => {
    const { edges, frames: drawn = [] } = roll(name).scene()
    const carriedEdges = edges.filter((edge) => edge.carried)
    for (const { points, key } of carriedEdges) {
      const inside = drawn.filter(({ x, y, width, height }) => points.every((point) => point.x >= x && point.x <= x + width && point.y >= y + 20 && point.y <= y + height))
      expect(inside.length, key).toBeGreaterThan(0)
    }
    const captions = carriedEdges.flatMap(({ caption }) => (caption ? [caption] : []))
    expect(captions.length > 0).toBe(carriedEdges.length > 0)
    for (const [i, a] of captions.entries()) {
      for (const b of captions.slice(0, i)) if (a.x === b.x) expect([a.text === b.text, Math.abs(a.y - b.y) >= 14]).toEqual([false, true])
    }
  })
})
