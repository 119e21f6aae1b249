/// How the check of gradients goes: one sentence with progress, Stop, and a table of all nodes.

import type { CheckEnd } from '../protocol/check'
import { checkText, nodeText, type Badge } from '../graph'
import { at, expressionOf, hasRole, lineOfNode, nameOfSlot, resultSlots, type Trace } from '../trace'
import { h, setAttribute, setText } from './dom'
import type { Check, State } from './state'

export interface CheckActions {
  stop(): void
  table(open: boolean): void
  close(): void
  select(node: number): void
}

/// Rows that are in the page at once.
const MOST_ROWS = 200
const COLUMNS = ['node', 'line', 'check', 'why'] as const
const ORDER: Readonly<Record<Badge['tone'], number>> = { differs: 0, spoiled: 1, unchecked: 2, ok: 3 }
const ENDS: Readonly<Record<CheckEnd | 'lost', string>> = {
  all: '',
  time: ' The time for a check was up: the rest was not looked at.',
  operations: ' The operations that a check may run were used up: the rest was not looked at.',
  stopped: ' You stopped it: the rest was not looked at.',
  lost: ' Python had to be started afresh meanwhile: run the program again.',
}

export function createCheckPanel(act: CheckActions) {
  const button = (text: string, press: () => void): HTMLButtonElement => {
    const made = h('button', { class: 'button small', type: 'button' }, text)
    made.addEventListener('click', press)
    return made
  }
  const text = h('p', { class: 'check-text', role: 'status', 'aria-live': 'polite' })
  const bar = h('progress', { class: 'check-bar', max: '1', 'aria-label': 'Checked' })
  const stop = button('Stop', act.stop)
  const table = button('Table', () => act.table(!open))
  const close = button('Close', act.close)
  const rows = h('tbody', {})
  const body = h(
    'div',
    { class: 'check-scroll', tabindex: '0', role: 'region', 'aria-label': 'Check of every node' },
    h('table', { class: 'check-table' }, h('thead', {}, h('tr', {}, ...COLUMNS.map((name) => h('th', { scope: 'col' }, name)))), rows),
  )
  const element = h('section', { class: 'check-panel', 'aria-label': 'Check of gradients', hidden: '' }, h('div', { class: 'check-top' }, text, bar, stop, table, close), body)
  setAttribute(table, 'aria-controls', 'check-table')
  body.id = 'check-table'
  let open = false

  function drawRows(state: State, badges: ReadonlyMap<number, Badge>) {
    const trace = state.picture?.trace
    if (!trace) return rows.replaceChildren()
    const all = [...badges].toSorted(([a, one], [b, other]) => ORDER[one.tone] - ORDER[other.tone] || a - b)
    rows.replaceChildren(
      ...all.slice(0, MOST_ROWS).map(([node, badge]) => {
        const name = h('button', { class: 'line-link', type: 'button' }, nameOf(trace, node))
        name.addEventListener('click', () => act.select(node))
        const line = lineOfNode(trace, node)
        return h('tr', { class: `is-${badge.tone}` }, h('th', { scope: 'row' }, name), h('td', {}, line > 0 ? String(line) : ''), h('td', { class: 'check-word' }, badge.word), h('td', {}, badge.text))
      }),
      ...(all.length > MOST_ROWS ? [h('tr', {}, h('td', { colspan: String(COLUMNS.length) }, `and ${all.length - MOST_ROWS} more`))] : []),
    )
  }

  let drawn: ReadonlyMap<number, Badge> | null = null
  return {
    element,
    update(state: State, badges: ReadonlyMap<number, Badge>) {
      const { check, picture } = state
      element.hidden = !check
      if (!check || !picture) return
      const going = check.end === null
      setText(text, sentence(state, check, badges))
      bar.hidden = stop.hidden = !going
      // Without a value the bar shows only that something goes on.
      if (check.total === 0) bar.removeAttribute('value')
      else bar.value = check.verdicts.length / check.total
      close.hidden = going
      table.hidden = badges.size === 0
      open = check.table
      setAttribute(table, 'aria-expanded', String(open))
      body.hidden = !open || badges.size === 0
      element.dataset.end = check.end ?? ''
      if (!body.hidden && drawn !== badges) {
        drawn = badges
        drawRows(state, badges)
      }
      if (body.hidden) drawn = null
    },
  }
}

/// Its variable with the expression, both short.
function nameOf(trace: Trace, node: number): string {
  if (hasRole(trace, node, 'backward')) return `${trace.ops[at(trace.nodes.op, node)]?.name ?? 'operation'}, made by a backward pass`
  const slots = resultSlots(trace, node)
  const name = slots.length === 1 ? nameOfSlot(trace, slots[0] ?? -1) : null
  const text = expressionOf(trace, node)
  const short = text.length > 36 ? `${text.slice(0, 35)}…` : text
  if (name === null) return short || nodeText(trace, node)
  return short === '' || trace.nodes.kind[node] === 0 ? name : `${name} = ${short}`
}

function sentence({ picture }: State, check: Check, badges: ReadonlyMap<number, Badge>): string {
  if (check.end === null) {
    const done = check.verdicts.length
    // Not every number is read aloud: tenths are enough.
    const tenth = check.total === 0 ? 0 : Math.floor((10 * done) / check.total)
    return check.total === 0 ? 'Checking every gradient against central differences…' : `Checking: ${tenth * 10} % of ${check.total} comparisons.`
  }
  return `${picture ? checkText(picture.trace, badges) : ''}${ENDS[check.end]}`
}
