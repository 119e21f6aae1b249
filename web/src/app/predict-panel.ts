/// Questions about covered values: the reader types what they expect, then it is uncovered.

import { formatShape, shapeOfValue, wholeOf, type Trace } from '../trace'
import { h, setAttribute, setText } from './dom'
import { how, judge, questionsOf, solutionOf, type Question } from './predict'
import { NO_GUESS, type Guess, type ProgressBook } from './progress'
import type { Answered } from './exercises'
import type { State } from './state'

export interface PredictActions {
  /// Questions that are answered or given up: their values are uncovered.
  answered(keys: ReadonlySet<string>): void
  report(answered: Answered): void
  /// Shows a node in the picture.
  show(node: number): void
}

interface Row {
  readonly element: HTMLElement
  draw(trace: Trace, question: Question, guess: Guess): void
}

export function createPredictPanel(book: ProgressBook, act: PredictActions) {
  const title = h('h2', { tabindex: '-1' })
  const again = h('button', { class: 'button small', type: 'button' }, 'Ask again')
  again.addEventListener('click', () => {
    for (const { key } of questions) book.guessed(key, null)
    tell()
    title.focus()
  })
  const list = h('ul', {})
  const element = h('section', { class: 'predict', 'aria-label': 'Predictions', hidden: '' }, h('div', { class: 'predict-top' }, title, again), list)
  let trace: Trace | null = null
  let questions: readonly Question[] = []
  let rows = new Map<string, Row>()

  function tell() {
    act.answered(answeredOf(book))
    draw()
  }

  function row({ key }: Question): Row {
    const id = `predict-${rows.size}`
    const label = h('label', { for: id })
    const input = h('input', { id, type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', 'aria-describedby': `${id}-said` })
    const check = h('button', { class: 'button small', type: 'submit' }, 'Check')
    const reveal = h('button', { class: 'button small', type: 'button' }, 'Reveal')
    const where = h('button', { class: 'line-link', type: 'button' })
    where.addEventListener('click', () => {
      const question = now()
      if (question) act.show(question.node)
    })
    const form = h('form', {}, label, where, input, check, reveal)
    const said = h('p', { class: 'predict-said', id: `${id}-said`, role: 'status', tabindex: '-1' })
    const item = h('li', {}, form, said)
    const now = () => questions.find((each) => each.key === key)
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const question = now()
      if (!trace || !question) return
      const { correct, text } = judge(trace, question, input.value)
      if (correct === null) {
        // Not a try, and not kept.
        setText(said, text)
        return input.select()
      }
      const attempts = (book.now().guesses.get(key) ?? NO_GUESS).attempts + 1
      book.guessed(key, { attempts, text, end: correct ? 'right' : null })
      act.report({ exercise: `predict ${key}`, correct, attempts, shown: false })
      tell()
      if (correct) said.focus()
      else input.select()
    })
    reveal.addEventListener('click', () => {
      const question = now()
      if (!trace || !question) return
      book.guessed(key, { end: 'shown', text: `It is uncovered: ${solutionOf(trace, question)}.` })
      tell()
      said.focus()
    })
    return {
      element: item,
      draw(shown, question, guess) {
        const shape = shapeOfValue(wholeOf(shown), question.value)
        item.className = `is-${question.what}`
        setAttribute(item, 'data-end', guess.end)
        label.replaceChildren(...labelOf(question))
        setText(where, `line ${question.line}${question.times > 1 ? `, the last of ${question.times}` : ''}`)
        setAttribute(where, 'title', 'Show it in the picture')
        setAttribute(input, 'placeholder', placeholderOf(question, shape))
        setAttribute(input, 'title', how(question.what, shape))
        input.hidden = check.hidden = guess.end !== null
        reveal.hidden = guess.end !== null || guess.attempts === 0
        const count = guess.attempts > 1 ? ` (${guess.attempts} attempts)` : ''
        setText(said, guess.text === '' ? '' : `${guess.end === 'right' ? '✓ ' : guess.end === null ? '✗ ' : ''}${guess.text}${count}`)
      },
    }
  }

  function draw() {
    element.hidden = questions.length === 0
    if (!trace || questions.length === 0) return
    const { guesses } = book.now()
    const left = questions.filter(({ key }) => (guesses.get(key) ?? NO_GUESS).end === null).length
    setText(title, left === 0 ? 'All predicted' : `Predict before you look: ${left} of ${questions.length} covered`)
    again.hidden = left === questions.length && questions.every(({ key }) => !guesses.has(key))
    for (const question of questions) rows.get(question.key)?.draw(trace, question, guesses.get(question.key) ?? NO_GUESS)
  }

  return {
    element,
    update({ picture }: State) {
      if (picture?.trace === trace) return
      const before = questions
      trace = picture?.trace ?? null
      questions = trace ? questionsOf(trace) : []
      if (before.map(({ key }) => key).join('\n') !== questions.map(({ key }) => key).join('\n')) {
        rows = new Map()
        for (const question of questions) rows.set(question.key, row(question))
        list.replaceChildren(...[...rows.values()].map((each) => each.element))
      }
      draw()
    },
    /// What was answered is another: all of it was forgotten, or brought back.
    refresh: tell,
    /// Another document.
    reset() {
      rows = new Map()
      questions = []
      trace = null
      list.replaceChildren()
    },
  }
}

/// Questions that no longer cover anything.
export function answeredOf(book: ProgressBook): ReadonlySet<string> {
  return new Set([...book.now().guesses].flatMap(([key, { end }]) => (end === null ? [] : [key])))
}

function labelOf({ name, what }: Question): readonly (Node | string)[] {
  const of = what === 'gradient' ? 'Gradient' : what === 'shape' ? 'Shape' : 'Value'
  return [`${of} of `, h('code', {}, name)]
}

function placeholderOf({ what }: Question, shape: readonly number[]): string {
  if (what === 'shape') return '(2, 3)'
  return shape.length === 0 ? 'a number' : shape.length === 1 ? '[1, 2, …]' : `${formatShape(shape)}: [[1, …], …]`
}
