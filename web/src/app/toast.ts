/// One line at the bottom that offers to undo a reset.

import { h } from './dom'
import type { State } from './state'

export function createToast(undo: (code: string) => void) {
  const button = h('button', { class: 'button small', type: 'button' }, 'Undo')
  const element = h('aside', { class: 'toast', 'aria-label': 'Undo', hidden: '' }, h('span', {}, 'Back to the original text.'), button)
  let code = ''
  button.addEventListener('click', () => undo(code))
  return {
    element,
    update({ undoCode }: State) {
      code = undoCode ?? ''
      element.hidden = undoCode === null
    },
  }
}
