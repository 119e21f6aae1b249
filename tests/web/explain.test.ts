/// Steps in words and formulas.

import katex from 'katex'
import { describe, expect, it } from 'vitest'
import { MACROS, formulasOf, localDerivative, sentenceOf, valuesOfStep } from '../../web/src/explain'
import { filled, nameLatex, textLatex } from '../../web/src/explain/latex'
import { stepAt, timelineOf, type Step, type Trace } from '../../web/src/trace'
import { formulas, stored } from './fixtures/traces'

const summaryOf = (trace: Trace) => (value: number) => trace.values.summaries[value] ?? null

function steps(trace: Trace): readonly Step[] {
  return Array.from({ length: timelineOf(trace).length }, (_, index) => stepAt(trace, index)).filter((step) => step !== null)
}

const sentences = (trace: Trace) => steps(trace).map((step) => sentenceOf(trace, step, summaryOf(trace)))
const lines = (trace: Trace, index: number) => {
  const step = steps(trace)[index]
  if (!step) throw new Error(`no step ${index}`)
  return formulasOf(trace, step, summaryOf(trace))
}
const draw = (latex: string) =>
  katex.renderToString(latex, { throwOnError: true, strict: 'ignore', macros: { ...MACROS }, trust: ({ command }) => command === '\\htmlClass' })

describe('sentenceOf', () => {
  it('says what is computed and where', () => {
    expect(sentences(stored('doubling'))[1]).toBe('step 2 of 55: `a * 2`, line 4: b is [0.1953 0.3714]')
  })

  it('says which gradient gets what', () => {
    const said = sentences(stored('doubling'))
    expect(said.at(-1)).toBe('step 55 of 55: back through `a * 2`, line 4: the gradient of a gets [8192 0]')
    expect(said.at(-2)).toContain('visit 1 of')
  })

  it('names axes that were summed over and the running sum', () => {
    expect(sentences(stored('broadcast')).slice(-3)).toEqual([
      'step 12 of 14: back through `w * w`, line 7: the gradient of w gets [0.5 -1] more and is now [1 -2] (2 of 3)',
      'step 13 of 14: back through `p.sum()`, line 7: the gradient of p gets [[1 1] [1 1]]',
      'step 14 of 14: back through `X * w`, line 6: the gradient of w gets [4 6] more (summed over axis 0 because it was broadcast) and is now [5 4] (3 of 3)',
    ])
  })

  it('says what a recorded backward pass made', () => {
    expect(sentences(stored('second_order')).filter((said) => said.includes('cos'))[0]).toContain('cos, made by the backward pass of line 6: the result is')
  })

  it('does without numbers that are not here yet', () => {
    const trace = stored('broadcast')
    const last = steps(trace).at(-1)
    expect(last && sentenceOf(trace, last, () => null)).toContain('gets … more')
    expect(last && valuesOfStep(trace, last)).toHaveLength(7)
  })
})

describe('formulasOf', () => {
  it('has the rule in symbols, with names, with numbers', () => {
    const trace = stored('broadcast')
    expect(lines(trace, 13)).toEqual({
      rule: 'y = {a} \\odot {b}\\;\\;\\Longrightarrow\\;\\;\\grd{\\bar{b}} = {\\grd{\\bar{y}}} \\odot {a}',
      program: '\\grd{\\bar{w}} \\mathrel{+}= \\sum\\nolimits_{\\text{axis 0}} \\left({\\grd{\\bar{p}}} \\odot {X}\\right)',
      numbers:
        '\\sum\\nolimits_{\\text{axis 0}} \\left({\\grd{\\left[\\begin{smallmatrix}1&1\\\\1&1\\end{smallmatrix}\\right]}} \\odot {\\val{\\left[\\begin{smallmatrix}1&2\\\\3&4\\end{smallmatrix}\\right]}}\\right) = \\grd{[4\\;6]},\\quad \\grd{[1\\;{-2}]} + \\grd{[4\\;6]} = \\grd{[5\\;4]}',
    })
  })

  it('numbers a variable that is assigned again and again', () => {
    const trace = stored('doubling')
    expect(lines(trace, 1).program).toBe('b_{1} = {a} \\odot {2}')
    expect(lines(trace, timelineOf(trace).length - 1).program).toBe('\\grd{\\bar{a}} = {\\grd{\\bar{b}_{1}}} \\odot {2}')
  })

  it('is LaTeX at every step of every program', () => {
    for (const name of ['second_order', 'broadcast', 'interleaved', 'doubling'] as const) {
      const trace = stored(name)
      for (const step of steps(trace)) {
        for (const known of [summaryOf(trace), () => null]) Object.values(formulasOf(trace, step, known)).forEach((line) => expect(draw(line)).toContain('katex'))
      }
    }
  })
})

describe('filled', () => {
  const term = (latex: string, compound = false) => ({ latex, compound })
  const sum = (template: string) => filled(template, { operand: () => term('u + v', true), incoming: term('g'), result: term('r') })

  it('puts brackets around a sum where it would be torn apart', () => {
    expect(sum('{a} \\odot 2')).toBe('{\\left(u + v\\right)} \\odot 2')
    expect(sum('{x}^2')).toBe('{\\left(u + v\\right)}^2')
    expect(sum('\\sin {x}')).toBe('\\sin {\\left(u + v\\right)}')
  })

  it('puts none where the place has borders', () => {
    expect(['\\frac{a}{b}', '\\sqrt{x}', '\\sqrt[3]{x}', 'e^{x}', '\\max({a}, {b})', '|{x}|', '{x}'].map(sum).join(' ')).not.toContain('left')
  })

  it('takes y for the result, but no letter of a word', () => {
    expect(sum('\\bar{y} \\text{ to every element} / y')).toBe('{g} \\text{ to every element} / {r}')
    expect(sum('e^{y} \\textstyle\\sum \\bar{y}')).toBe('e^{r} \\textstyle\\sum {g}')
  })

  it('draws the formula of every operation', () => {
    for (const { name, operands, latex, latexVjps } of formulas()) {
      for (const template of [latex, ...latexVjps]) {
        if (!template) continue
        for (const compound of [false, true]) {
          const fill = { operand: (operand: string) => (operands.includes(operand) ? term(compound ? 'u + v' : 'u', compound) : null), incoming: term('\\grd{\\bar{y}}'), result: term('y') }
          expect(() => draw(filled(template, fill)), `${name}: ${template}`).not.toThrow()
        }
      }
    }
  })

  it('escapes names and text of the program', () => {
    for (const name of ['x_1', 'loss', 'θ', 'a\\b{', '__x']) expect(() => draw(nameLatex(name, 3))).not.toThrow()
    expect(() => draw(textLatex('50% of {x}^2 \\ & # ~'))).not.toThrow()
    expect(draw(nameLatex('\\htmlClass{evil}{x}'))).not.toContain('class="enclosing evil"')
  })
})

describe('localDerivative', () => {
  const of = (name: Parameters<typeof stored>[0], where: (step: Step) => boolean) => {
    const trace = stored(name)
    const step = steps(trace).find(where)
    return step ? localDerivative(trace, step, summaryOf(trace)) : 'no such step'
  }

  it('is read off elementwise rules, also next to an incoming zero', () => {
    expect(of('doubling', ({ kind, line }) => kind === 'backward' && line === 6)).toBe('2')
  })

  it('is not made up where the rule is no product', () => {
    expect(of('doubling', ({ kind, line }) => kind === 'backward' && line === 7)).toBeNull()
    expect(of('broadcast', ({ axes }) => axes.length > 0)).toBeNull()
  })
})
