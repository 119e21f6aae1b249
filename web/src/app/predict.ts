/// Questions that a program asks before it shows a number: `# predict: y`, `# predict: x.grad`, `# predict: y.shape`. Which values they
/// are about, what is covered meanwhile, and whether an answer is right. All of it from the trace: no Python is needed.

import type { Num } from '../protocol/trace'
import { at, codeLines, covered, dtypeOfValue, formatShape, formatValueInline, lineOfNode, lineOfSite, nameOfSlot, once, shapeOfValue, sizeOf, wholeOf, type Trace } from '../trace'

export interface Question {
  /// What is asked for, as it stands in the comment: the same in every run.
  readonly key: string
  readonly name: string
  readonly what: 'value' | 'shape' | 'gradient'
  /// Line that makes it, or that walks backward.
  readonly line: number
  /// How often the line made it: the last one is asked for.
  readonly times: number
  readonly value: number
  /// Where it is seen in the picture.
  readonly node: number
  /// Values that would give it away.
  readonly hides: readonly number[]
  readonly rtol: number
  readonly atol: number
}

/// Answers are rounded: `abs(answer - value) <= atol + rtol * abs(value)`.
export const RTOL = 0.01
export const ATOL = 0.001

const MARK = /#\s*predict:\s*(.+?)\s*$/

/// Whether a program may ask something.
export const asks = (code: string): boolean => /#\s*predict:/.test(code)

const TARGET = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)$/
const OPTION = /\b(rtol|atol)\s*=\s*([\d.eE+-]+)/g

/// In the order of the comments. Names that the run did not make, and arrays too large to be compared, are left out.
export const questionsOf = (shown: Trace): readonly Question[] => asked(wholeOf(shown))

const asked = once((trace: Trace): readonly Question[] => {
  const found: Question[] = []
  const lines = codeLines(trace)
  for (const { kind, first, last } of trace.cells) {
    if (kind !== 'code') continue
    for (let line = first; line <= last; line++) {
      const text = MARK.exec(lines[line - 1] ?? '')?.[1]
      if (text !== undefined) found.push(...questionsAt(trace, line, text))
    }
  }
  const times = new Map<string, number>()
  const named = found.map((question) => {
    const count = (times.get(question.key) ?? 0) + 1
    times.set(question.key, count)
    return count > 1 ? { ...question, key: `${question.key} (${count})` } : question
  })
  return named
})

function questionsAt(trace: Trace, line: number, text: string): readonly Question[] {
  const options = { rtol: RTOL, atol: ATOL }
  for (const [, name, number] of text.matchAll(OPTION)) {
    const size = Number(number)
    if ((name === 'rtol' || name === 'atol') && size >= 0) options[name] = size
  }
  return text.replace(OPTION, '').split(',').flatMap((part): readonly Question[] => {
    const target = TARGET.exec(part.trim())?.[1]
    if (target === undefined) return []
    const what = target.endsWith('.grad') ? 'gradient' : target.endsWith('.shape') ? 'shape' : 'value'
    const name = what === 'value' ? target : target.replace(/\.\w+$/, '')
    const found = what === 'gradient' ? gradients(trace, name, line) : results(trace, name, line)
    const value = found?.values.at(-1)
    if (!found || value === undefined) return []
    if (what !== 'shape' && trace.values.summaries[value]?.data === undefined) return []
    const hides = what === 'shape' ? [...found.hides, ...gradientsOfSlots(trace, found.slots)] : found.hides
    return [{ key: target, name, what, line: found.line, times: found.values.length, value, node: at(trace.slots.node, found.slots.at(-1) ?? -1), hides, ...options }]
  })
}

interface Found {
  readonly line: number
  readonly values: readonly number[]
  readonly hides: readonly number[]
  readonly slots: readonly number[]
}

/// Of the lines that make something the first from the comment on, else the last before it.
function nearest(lines: readonly number[], comment: number): number | null {
  const later = lines.filter((line) => line >= comment)
  if (later.length > 0) return Math.min(...later)
  return lines.length > 0 ? Math.max(...lines) : null
}

function slotsNamed(trace: Trace, name: string): readonly number[] {
  return Array.from(trace.slots.node, (_, slot) => slot).filter((slot) => nameOfSlot(trace, slot) === name)
}

function results(trace: Trace, name: string, comment: number): Found | null {
  const all = slotsNamed(trace, name).map((slot) => ({ slot, line: lineOfNode(trace, at(trace.slots.node, slot)) })).filter(({ line }) => line > 0)
  const line = nearest(all.map((one) => one.line), comment)
  if (line === null) return null
  const slots = all.filter((one) => one.line === line).map(({ slot }) => slot)
  const values = slots.map((slot) => at(trace.slots.value, slot))
  return { line, values, hides: values, slots }
}

function gradients(trace: Trace, name: string, comment: number): Found | null {
  const slots = new Set(slotsNamed(trace, name))
  const reached = trace.passes.flatMap((pass) => {
    const own = Array.from(pass.grads.slot).findLastIndex((slot) => slots.has(slot))
    return own < 0 ? [] : [{ pass, own, line: lineOfSite(trace, pass.site) }]
  })
  const line = nearest(reached.map((one) => one.line), comment)
  if (line === null) return null
  const here = reached.filter((one) => one.line === line)
  const values = here.map(({ pass, own }) => {
    const written = pass.written.slot.findLastIndex((slot) => slots.has(slot))
    return written < 0 ? at(pass.grads.value, own) : (pass.written.value[written] ?? -1)
  })
  const hides = here.flatMap(({ pass: { grads, written, heads, headGrads, steps } }) => [
    ...Array.from(grads.value).filter((_, i) => slots.has(at(grads.slot, i))),
    ...written.value.filter((_, i) => slots.has(written.slot[i] ?? -1)),
    ...headGrads.filter((_, i) => slots.has(heads[i] ?? -1)),
    ...Array.from(steps.arg).flatMap((arg, i) => (slots.has(at(trace.args.slot, arg)) ? [at(steps.contribution, i), at(steps.sum, i)] : [])),
  ])
  return { line, values, hides: hides.filter((value) => value >= 0), slots: [...slots] }
}

function gradientsOfSlots(trace: Trace, slots: readonly number[]): readonly number[] {
  return trace.passes.flatMap(({ grads, written }) => [
    ...Array.from(grads.value).filter((_, i) => slots.includes(at(grads.slot, i))),
    ...written.value.filter((_, i) => slots.includes(written.slot[i] ?? -1)),
  ]).filter((value) => value >= 0)
}

/// The trace as it may be seen when these questions are answered.
export function coveredFor(trace: Trace, answered: ReadonlySet<string>): Trace {
  const whole = wholeOf(trace)
  const open = questionsOf(whole).filter(({ key }) => !answered.has(key))
  const hidden = (shapes: boolean): ReadonlySet<number> => new Set(open.filter(({ what }) => (what === 'shape') === shapes).flatMap(({ hides }) => hides))
  return covered(whole, hidden(false), hidden(true))
}

// ----- Answers -----

export interface Judged {
  /// Null: it cannot be read, and does not count.
  readonly correct: boolean | null
  readonly text: string
}

export function judge(shown: Trace, question: Question, answer: string): Judged {
  const trace = wholeOf(shown)
  const { name, what, value, rtol, atol } = question
  const shape = shapeOfValue(trace, value)
  const given = readAnswer(answer)
  if (!given) return { correct: null, text: `“${answer.trim()}” cannot be read: ${how(what, shape)}` }
  if (what === 'shape') {
    const right = given.shape.length <= 1 && given.data.join() === shape.join()
    return { correct: right, text: right ? `Right: ${name} has shape ${formatShape(shape)}.` : `Not yet: ${name} has another shape.` }
  }
  const called = what === 'gradient' ? `${name}.grad` : name
  const same = given.shape.join() === shape.join() || (given.data.length === 1 && sizeOf(shape) === 1)
  if (!same) return { correct: false, text: `Not yet: your answer has shape ${formatShape(given.shape)}, ${called} has shape ${formatShape(shape)}.` }
  const expected = trace.values.summaries[value]?.data ?? []
  const right = expected.filter((one, i) => isNear(given.data[i] ?? NaN, numberOf(one), rtol, atol)).length
  if (right === expected.length) return { correct: true, text: `Right: ${solutionOf(trace, question)}.` }
  return { correct: false, text: expected.length === 1 ? `Not yet: ${called} is not ${answer.trim()}.` : `Not yet: ${right} of ${expected.length} numbers ${right === 1 ? 'is' : 'are'} right.` }
}

/// "y is [1 4]"
export function solutionOf(shown: Trace, { name, what, value }: Question): string {
  const trace = wholeOf(shown)
  const shape = shapeOfValue(trace, value)
  const summary = trace.values.summaries[value]
  if (what === 'shape' || !summary) return `${name} has shape ${formatShape(shape)}`
  return `${what === 'gradient' ? `${name}.grad` : name} is ${formatValueInline(summary, shape, dtypeOfValue(trace, value))}`
}

/// How an answer is written.
export function how(what: Question['what'], shape: readonly number[]): string {
  if (what === 'shape') return 'write a shape, such as (2, 3), (4,) or ().'
  return shape.length === 0 ? 'write a number, such as 2 or -0.5.' : shape.length === 1 ? 'write a list of numbers, such as [1, 2].' : 'write a list of rows, such as [[1, 2], [3, 4]].'
}

function isNear(given: number, wanted: number, rtol: number, atol: number): boolean {
  if (Number.isNaN(wanted)) return Number.isNaN(given)
  return given === wanted || Math.abs(given - wanted) <= atol + rtol * Math.abs(wanted)
}

const numberOf = (one: Num): number => (one === 'nan' ? NaN : one === 'inf' ? Infinity : one === '-inf' ? -Infinity : one)

export interface Answer {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

const TOKEN = /\s*([[\](),]|[^\s[\](),]+)/y
const NUMBER = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?:\/(\d+\.?\d*))?$/i
const WORDS: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity, true: 1, false: 0 }
const MOST = 4096

/// A number, or numbers in (nested) brackets of either kind; commas may be left out, fractions are fine. Null for anything else.
export function readAnswer(text: string): Answer | null {
  const bare = text.trim().replace(/^(?:np\.)?array\((.*)\)$/s, '$1')
  if (bare.length > 20_000) return null
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (let found = TOKEN.exec(bare); found?.[1] !== undefined; found = TOKEN.exec(bare)) tokens.push(found[1])
  let next = 0
  const list = (end: string | undefined, depth: number): Answer | null => {
    const items: Answer[] = []
    while (tokens[next] !== end) {
      const item = one(depth)
      if (!item || items.length >= MOST) return null
      items.push(item)
      if (tokens[next] === ',') next++
    }
    next++
    const [head] = items
    if (items.some(({ shape }) => shape.join() !== head?.shape.join())) return null
    return { shape: [items.length, ...(head?.shape ?? [])], data: items.flatMap(({ data }) => data) }
  }
  const one = (depth: number): Answer | null => {
    const token = tokens[next++]
    if (token === '[' || token === '(') return depth > 4 ? null : list(token === '[' ? ']' : ')', depth + 1)
    const number = token === undefined ? null : numberIn(token)
    return number === null ? null : { shape: [], data: [number] }
  }
  if (tokens.length === 0) return null
  const all = list(undefined, 0)
  return all?.shape[0] === 1 && tokens.at(-1) !== ',' ? { shape: all.shape.slice(1), data: all.data } : all
}

function numberIn(token: string): number | null {
  const word = WORDS[token.toLowerCase()]
  if (word !== undefined) return word
  const [, whole, under] = NUMBER.exec(token) ?? []
  return whole === undefined ? null : Number(whole) / (under === undefined ? 1 : Number(under))
}
