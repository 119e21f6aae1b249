/// All steps as rows: the graph's twin for reading line by line, by keyboard and screen reader. Only a stretch of a long
/// list is in the page; it follows the step.

import type { Summary } from '../protocol/trace'
import { filledBy, shortValue } from '../explain'
import { at, expressionOf, nameOfSlot, resultSlots, stepAt, timelineOf, type Step, type Trace } from '../trace'
import { h, setText } from './dom'
import type { State } from './state'

export interface StepListActions {
  go(step: number): void
  close(): void
  summaryOf(value: number): Summary | null
}

/// Rows that are in the page at once.
const STRETCH = 200
const COLUMNS = ['step', 'line', 'expression', 'what happens', 'value or gradient'] as const

export function createStepList(act: StepListActions) {
  const rows = h('div', { role: 'rowgroup', class: 'steps-rows' })
  const head = h('div', { role: 'rowgroup', class: 'steps-head' }, h('div', { role: 'row', 'aria-rowindex': '1' }, ...COLUMNS.map((name) => h('span', { role: 'columnheader' }, name))))
  const grid = h('div', { class: 'steps-grid', role: 'grid', 'aria-label': 'Steps', 'aria-colcount': String(COLUMNS.length) }, head, rows)
  const note = h('span', { class: 'dim' })
  const close = h('button', { class: 'button small', type: 'button' }, 'Show the graph')
  close.addEventListener('click', () => act.close())
  const element = h('section', { class: 'steps', 'aria-label': 'List of steps', hidden: '' }, h('div', { class: 'steps-top' }, note, close), grid)

  let trace: Trace | null = null
  let from = 0
  /// The row that Tab leads to.
  let stop = 0
  let current: number | null = null

  function draw(around: number) {
    if (!trace) return
    const { length } = timelineOf(trace)
    from = Math.max(0, Math.min(around - STRETCH / 2, length - STRETCH))
    const made = Array.from({ length: Math.min(STRETCH, length) }, (_, i) => (trace ? drawRow(trace, from + i) : null))
    rows.replaceChildren(...made.filter((row) => row !== null))
    grid.setAttribute('aria-rowcount', String(length + 1))
    setText(note, length > STRETCH ? `steps ${from + 1} to ${from + made.length} of ${length}` : `${length} steps`)
    mark()
  }

  function drawRow(shown: Trace, index: number): HTMLElement | null {
    const step = stepAt(shown, index)
    if (!step) return null
    const cells = cellsOf(shown, step, act.summaryOf).map((text, i) => h('span', { role: 'gridcell', class: `steps-${i}` }, text))
    return h('div', { role: 'row', class: `steps-row is-${step.kind}`, tabindex: '-1', 'aria-rowindex': String(index + 2), 'data-step': String(index) }, ...cells)
  }

  const rowAt = (step: number): HTMLElement | null => {
    const row = rows.children[step - from]
    return row instanceof HTMLElement ? row : null
  }

  function mark() {
    for (const row of rows.children) {
      const own = row.getAttribute('data-step') === String(current)
      if (own) row.setAttribute('aria-current', 'step')
      else row.removeAttribute('aria-current')
      row.setAttribute('tabindex', row.getAttribute('data-step') === String(stop) ? '0' : '-1')
    }
  }

  function focus(step: number) {
    if (!trace) return
    stop = Math.min(timelineOf(trace).length - 1, Math.max(0, step))
    if (!rowAt(stop)) draw(stop)
    else mark()
    rowAt(stop)?.focus()
  }

  const stepOf = (target: EventTarget | null): number | null => {
    const row = target instanceof Element ? target.closest('[data-step]') : null
    return row ? Number(row.getAttribute('data-step')) : null
  }
  rows.addEventListener('click', (event) => {
    const step = stepOf(event.target)
    if (step === null) return
    stop = step
    act.go(step)
  })
  rows.addEventListener('keydown', (event) => {
    const step = stepOf(event.target)
    if (step === null || event.ctrlKey || event.metaKey || event.altKey) return
    const last = trace ? timelineOf(trace).length - 1 : 0
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(step + 1),
      ArrowUp: () => focus(step - 1),
      PageDown: () => focus(step + 10),
      PageUp: () => focus(step - 10),
      Home: () => focus(0),
      End: () => focus(last),
      Enter: () => act.go(step),
      ' ': () => act.go(step),
    }
    const press = keys[event.key]
    if (!press) return
    event.preventDefault()
    press()
  })

  return {
    element,
    /// Numbers that were missing have come.
    refresh() {
      if (element.hidden) return
      const focused = rows.contains(document.activeElement)
      draw(stop)
      if (focused) rowAt(stop)?.focus()
    },
    update({ picture, step, player }: State) {
      const shown = picture && player.list ? picture.trace : null
      element.hidden = shown === null
      if (!shown) {
        trace = null
        return
      }
      const fresh = shown !== trace
      if (!fresh && step === current) return
      trace = shown
      current = step
      const inside = rows.contains(document.activeElement)
      stop = step ?? (fresh ? 0 : stop)
      if (fresh || !rowAt(stop)) draw(stop)
      else mark()
      const row = rowAt(stop)
      if (inside) row?.focus({ preventScroll: true })
      row?.scrollIntoView({ block: 'nearest' })
    },
  }
}

function cellsOf(trace: Trace, step: Step, summaryOf: (value: number) => Summary | null): readonly string[] {
  const [slot = -1] = resultSlots(trace, step.node)
  const value = step.kind === 'backward' ? step.contribution : at(trace.slots.value, slot)
  const text = step.kind === 'backward' && step.turn > 0 ? `${shortValue(trace, value, summaryOf)} → ${shortValue(trace, step.sum, summaryOf)}` : shortValue(trace, value, summaryOf)
  const what = filledBy(trace, step)
  const turn = step.turns > 1 ? `, ${step.turn + 1} of ${step.turns}` : ''
  return [
    String(step.index + 1),
    step.line > 0 ? String(step.line) : '–',
    expressionOf(trace, step.node) || (nameOfSlot(trace, slot) ?? ''),
    step.kind === 'backward' ? `back to ${what}${turn}` : what === '' ? 'computed' : trace.nodes.kind[step.node] === 0 ? `${what} is made` : `${what} is computed`,
    step.kind === 'backward' ? `∂ ${text}` : text,
  ]
}
