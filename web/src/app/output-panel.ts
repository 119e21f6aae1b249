/// The output tab of narrow screens: what the cells printed, one after the other.

import { appendOutputs } from '../editor'
import { h } from './dom'
import type { State } from './state'

export function createOutputPanel(goToLine: (line: number) => void) {
  const list = h('div', { class: 'output-list' })
  const empty = h('p', { class: 'dim' })
  const element = h('section', { class: 'output-panel', 'aria-label': 'Output', tabindex: '0' }, empty, list)
  let run = -1
  let count = 0
  let cell = -1

  function cellHead(line: number) {
    const button = h('button', { class: 'line-link', type: 'button' }, `line ${line}`)
    button.addEventListener('click', () => goToLine(line))
    return h('p', { class: 'output-cell' }, button)
  }

  return {
    element,
    update(state: State) {
      const outputs = state.run?.outputs ?? []
      if (state.run?.id !== run || outputs.length < count) {
        list.replaceChildren()
        run = state.run?.id ?? -1
        count = 0
        cell = -1
      }
      for (const output of outputs.slice(count)) {
        if (output.type === 'verdict') continue
        if (output.cell !== cell) list.append(cellHead(state.run?.lines[output.cell] ?? 1))
        cell = output.cell
        appendOutputs(list, [output], goToLine)
      }
      count = outputs.length
      empty.hidden = count > 0
      empty.textContent = state.run ? 'The program printed nothing.' : 'Run the program to see its output.'
    },
  }
}
