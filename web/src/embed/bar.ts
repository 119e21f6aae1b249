/// The top of an embed: Run, where things stand, and the way to the whole playground.

import { h, setText } from '../app/dom'
import type { HeaderActions } from '../app/header'
import { createRunButton } from '../app/run-button'
import type { State } from '../app/state'

export function createBar(state: State, act: HeaderActions, openWhole: () => void) {
  const runner = createRunButton(state, act)
  const reset = h('button', { class: 'button small bar-reset', type: 'button', title: 'Back to the original text' }, 'Reset')
  reset.addEventListener('click', () => act.reset())
  const whole = h('button', { class: 'button small bar-whole', type: 'button', title: 'Opens the program in a new tab, with lessons, sharing and files' }, 'Open in playground ↗')
  whole.addEventListener('click', () => openWhole())
  const title = h('h1', { class: 'visually-hidden' })
  const element = h('header', { class: 'top bar' }, title, runner.run, runner.status, h('span', { class: 'spring' }), reset, whole)
  return {
    element,
    update(state: State) {
      setText(title, state.doc.title)
      runner.update(state)
      reset.hidden = state.code === state.doc.code
      whole.disabled = state.doc.problem !== undefined
    },
  }
}
