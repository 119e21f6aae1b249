/// The line under the editor: values at the ends of lines on or off, and the way from the cursor to the graph.

import { h, setAttribute } from './dom'

export interface CodeBarActions {
  values(on: boolean): void
  showAtCursor(): void
}

export function createCodeBar(on: boolean, act: CodeBarActions) {
  let shown = on
  const values = h('button', { class: 'code-toggle', type: 'button', 'aria-pressed': String(on), title: 'Shape, value and gradient at the end of each line' }, h('span', { class: 'code-box', 'aria-hidden': 'true' }), 'Values in the code')
  values.addEventListener('click', () => {
    shown = !shown
    setAttribute(values, 'aria-pressed', String(shown))
    act.values(shown)
  })
  const show = h('button', { class: 'code-toggle', type: 'button', 'aria-keyshortcuts': 'Alt+Enter', title: 'Alt+Enter in the editor' }, 'Show node at cursor', h('kbd', { 'aria-hidden': 'true' }, 'Alt ↵'))
  // The cursor stays where it is.
  show.addEventListener('mousedown', (event) => event.preventDefault())
  show.addEventListener('click', () => act.showAtCursor())
  return { element: h('div', { class: 'code-bar', role: 'group', 'aria-label': 'Code and graph' }, values, show) }
}
