/// What stands under the answer of an exercise: Check, hints, solution, and how the last try went, in words.

import { renderProse, titleOfExercise, type Exercise } from '../editor'
import { h, setAttribute, setText } from './dom'
import type { Tries } from './progress'

export interface ExercisePanelActions {
  check(): void
  hint(): void
  show(): void
  /// Puts the solution in the answer's place.
  use(): void
  again(): void
}

export interface Standing {
  readonly tries: Tries
  /// The answer was changed since.
  readonly stale: boolean
  /// What goes on meanwhile.
  readonly busy: string | null
  /// Why the last check came to nothing.
  readonly failed: string | null
  /// Nothing was tried or changed.
  readonly fresh: boolean
}

export interface ExercisePanel {
  readonly element: HTMLElement
  /// Answers whether its height may have changed.
  draw(exercise: Exercise, standing: Standing): boolean
}

export function createExercisePanel(key: string, act: ExercisePanelActions): ExercisePanel {
  const button = (text: string, press: () => void, kind = 'small'): HTMLButtonElement => {
    const made = h('button', { class: `button ${kind}`, type: 'button' }, text)
    made.addEventListener('click', press)
    return made
  }
  const check = button('Check', () => {
    // Not `disabled` while it runs: the focus would be lost.
    if (check.getAttribute('aria-disabled') !== 'true') act.check()
  }, 'small primary')
  const hint = button('Hint', act.hint)
  const show = button('Show solution', () => {
    asking = true
    again()
    yes.focus()
  })
  const restart = button('Start again', act.again)
  const count = h('span', { class: 'dim exercise-count' })
  const result = h('p', { class: 'exercise-result', role: 'status' })
  const hints = h('div', { class: 'exercise-hints' })
  const yes = button('Show it', () => {
    asking = false
    act.show()
    solution.focus()
  })
  const no = button('Not yet', () => {
    asking = false
    again()
    show.focus()
  })
  const sure = h('p', { class: 'exercise-sure' }, 'See the solution now? It is noted with your result. ', yes, ' ', no)
  const code = h('pre', { class: 'exercise-code' })
  const solution = h('section', { class: 'exercise-solution', tabindex: '-1', 'aria-label': 'Solution' }, h('p', { class: 'exercise-caption' }, 'Solution'), code, button('Put it into my answer', act.use))
  const element = h('section', { class: 'exercise' }, h('div', { class: 'exercise-bar' }, check, hint, show, h('span', { class: 'spring' }), count, restart), result, hints, sure, solution)

  let asking = false
  let last: readonly [Exercise, Standing] | null = null
  let drawn = ''
  const again = () => void (last && draw(...last))

  function draw(exercise: Exercise, standing: Standing): boolean {
    last = [exercise, standing]
    const { tries, stale, busy, failed, fresh } = standing
    const left = exercise.hints.length - tries.hints
    element.setAttribute('aria-label', titleOfExercise({ key }))
    check.hidden = exercise.checks.length === 0
    setText(check, busy ?? 'Check')
    setAttribute(check, 'aria-disabled', busy === null ? null : 'true')
    hint.hidden = left <= 0
    setText(hint, exercise.hints.length > 1 ? `Hint ${tries.hints + 1} of ${exercise.hints.length}` : 'Hint')
    show.hidden = exercise.solution === null || tries.shown || asking
    sure.hidden = !asking || tries.shown
    restart.hidden = fresh
    setText(count, tries.attempts === 0 ? '' : tries.attempts === 1 ? '1 attempt' : `${tries.attempts} attempts`)
    const state = failed !== null ? 'failed' : tries.last === null ? 'open' : stale ? 'stale' : tries.last.correct ? 'right' : 'wrong'
    setAttribute(element, 'data-state', state)
    setText(result, failed ?? words(standing))
    result.hidden = result.textContent === ''
    const given = exercise.hints.slice(0, tries.hints)
    while (hints.children.length > given.length) hints.lastElementChild?.remove()
    given.slice(hints.children.length).forEach((text, i) => {
      const body = h('div', { class: 'prose-body' })
      renderProse(body, text, () => {})
      const name = exercise.hints.length > 1 ? `Hint ${hints.children.length + i + 1}` : 'Hint'
      hints.append(h('section', { class: 'exercise-hint prose', role: 'note', 'aria-label': name }, h('p', { class: 'exercise-caption' }, name), body))
    })
    solution.hidden = !tries.shown || exercise.solution === null
    setText(code, solution.hidden ? '' : (exercise.solution ?? ''))
    const shape = `${given.length} ${solution.hidden} ${sure.hidden} ${result.textContent}`
    const changed = shape !== drawn
    drawn = shape
    return changed
  }

  return { element, draw }
}

function words({ tries: { last }, stale }: Standing): string {
  if (!last) return ''
  const said = last.correct ? `✓ Right.${last.text === '' ? '' : ` ${last.text}`}` : `✗ Not yet${last.text === '' ? '.' : `: ${last.text}`}`
  return stale ? `${said} (before your last change)` : said
}
