/// Stands in for code and graph when a link or file cannot be opened: what is wrong with it, and a way on.

import type { LinkWords } from '../share'
import { h } from './dom'
import type { State } from './state'

export function createBrokenLink(openEmpty: () => void) {
  const element = h('main', { class: 'broken-link', hidden: '' })

  function cardFor({ title, text }: LinkWords): HTMLElement {
    const empty = h('button', { class: 'button primary', type: 'button' }, 'Open an empty program')
    empty.addEventListener('click', openEmpty)
    const label = h('p', { class: 'card-label' }, 'Nothing was opened in its place, and nothing of yours was changed.')
    return h('section', { class: 'card', 'data-tone': 'error' }, h('h2', {}, title), h('p', {}, text), label, empty)
  }

  let shown: LinkWords | undefined
  return {
    element,
    update({ doc: { problem } }: State) {
      if (problem === shown) return
      shown = problem
      element.hidden = problem === undefined
      element.replaceChildren(...(problem ? [cardFor(problem)] : []))
    },
  }
}
