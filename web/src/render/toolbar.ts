/// The row above the picture: which recording, which backward pass, and how the run stands.

import { passTitle, type View } from '../graph'
import type { Trace } from '../trace'
import { html } from './dom'

/// Up to this many recordings are buttons; more become a list to choose from.
const BUTTONS = 6

export interface ToolbarState {
  readonly trace: Trace | null
  readonly views: readonly View[]
  readonly view: number
  /// Passes to choose from.
  readonly passes: readonly number[]
  readonly pass: number
  readonly status: 'idle' | 'running' | 'partial'
}

export interface ToolbarActions {
  readonly onView: (view: number) => void
  readonly onPass: (pass: number) => void
}

export function drawToolbar(bar: HTMLElement, state: ToolbarState, actions: ToolbarActions): void {
  const focused = bar.contains(document.activeElement) ? document.activeElement?.getAttribute('data-key') : null
  const parts = [viewChooser(state, actions), passChooser(state, actions), statusBadge(state)]
  bar.replaceChildren(...parts.filter((part) => part !== null))
  bar.hidden = bar.childElementCount === 0
  if (focused) bar.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus()
}

function viewChooser({ views, view }: ToolbarState, { onView }: ToolbarActions): HTMLElement | null {
  if (views.length === 0) return null
  if (views.length === 1) return html('span', { class: 'gv-label' }, views[0]?.title ?? '')
  if (views.length > BUTTONS) {
    const list = chooser('views', 'Recording', views.map(({ title }) => title), view, onView)
    return html('span', { class: 'gv-choice' }, list, html('span', { class: 'gv-label' }, `of ${views.length}`))
  }
  const short = (title: string): string => title.replace('record · ', '')
  return html(
    'div',
    { class: 'gv-chips', role: 'group', 'aria-label': 'Recording' },
    html('span', { class: 'gv-label', 'aria-hidden': 'true' }, 'record'),
    ...views.map(({ title, id }, i) => {
      const button = html('button', { type: 'button', class: 'gv-chip', 'aria-pressed': String(i === view), 'aria-label': title, 'data-key': `view ${id}` }, short(title))
      button.addEventListener('click', () => onView(i))
      return button
    }),
  )
}

function passChooser({ trace, views, view, passes, pass }: ToolbarState, { onPass }: ToolbarActions): HTMLElement | null {
  const shown = views[view]
  if (!trace || !shown) return null
  if (passes.length === 0) return html('span', { class: 'gv-label' }, 'no backward pass yet')
  const titles = passes.map((one) => passTitle(trace, one))
  if (titles.length === 1) return html('span', { class: 'gv-label gv-pass' }, html('b', {}, '∂'), ` ${titles[0]}`)
  const numbered = titles.map((title, i) => (titles.indexOf(title) === titles.lastIndexOf(title) ? title : `${title} (${titles.slice(0, i + 1).filter((one) => one === title).length})`))
  const list = chooser('passes', 'Gradients of', numbered, passes.indexOf(pass), (i) => onPass(passes[i] ?? -1))
  return html('span', { class: 'gv-choice gv-pass' }, html('b', { 'aria-hidden': 'true' }, '∂'), list)
}

function chooser(key: string, label: string, titles: readonly string[], chosen: number, onChoose: (i: number) => void): HTMLSelectElement {
  const options = titles.map((title, i) => html('option', { value: i, selected: i === chosen }, title))
  const list = html('select', { class: 'gv-select', 'aria-label': label, 'data-key': key }, ...options)
  list.addEventListener('change', () => onChoose(list.selectedIndex))
  return list
}

const REASONS = {
  error: 'The program stopped with an error',
  deadline: 'The program ran out of time',
  budget: 'The program reached a limit',
  interrupted: 'The run was stopped',
} as const

function statusBadge({ trace, status }: ToolbarState): HTMLElement | null {
  if (status === 'idle') return null
  if (status === 'running') return html('span', { class: 'gv-badge is-running', role: 'status' }, 'running…')
  const stop = trace?.stops.at(-1)
  const line = stop && stop.line > 0 ? ` in line ${stop.line}` : ''
  const why = stop ? `${REASONS[stop.reason]}${line}` : 'The run was stopped'
  return html('span', { class: 'gv-badge is-partial', role: 'status' }, `${why}: this is what happened so far`)
}
