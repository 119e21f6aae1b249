/// Pinned nodes side by side under the graph: value and gradient of each at the step where everything stands.

import type { Card, CardValue } from '../graph'
import { html } from './dom'
import { drawHeat, drawLegend, drawStatistics } from './heat'

export interface Pin {
  readonly identity: string
  /// Null when this run has no such node.
  readonly card: Card | null
}

export interface PinActions {
  readonly onGo: (node: number) => void
  readonly onUnpin: (identity: string) => void
}

export function drawPins(host: HTMLElement, pins: readonly Pin[], act: PinActions): void {
  host.hidden = pins.length === 0
  const focused = host.contains(document.activeElement) ? (document.activeElement?.getAttribute('data-key') ?? '') : null
  host.replaceChildren(
    ...(pins.length === 0
      ? []
      : [html('p', { class: 'gv-pins-title' }, `Pinned, ${pins.length}`), html('ul', { class: 'gv-pins-row', tabindex: '0', 'aria-label': 'Pinned nodes', 'data-key': 'pins' }, ...pins.map((pin, i) => html('li', {}, drawPin(pin, i, act))))]),
  )
  if (focused !== null) {
    const found = [...host.querySelectorAll<HTMLElement>('[data-key]')]
    ;(found.find((one) => one.getAttribute('data-key') === focused) ?? found[0])?.focus({ preventScroll: true })
  }
}

function drawPin({ identity, card }: Pin, i: number, act: PinActions): HTMLElement {
  const title = card ? (card.name ?? card.title) : titleOf(identity)
  const remove = html('button', { type: 'button', class: 'gv-icon', 'aria-label': `Unpin ${title}`, title: 'Unpin', 'data-key': `unpin-${i}` }, '×')
  remove.addEventListener('click', () => act.onUnpin(identity))
  if (!card) return html('article', { class: 'gv-pin' }, html('header', {}, html('h3', {}, title), remove), html('p', { class: 'gv-note' }, 'Not in this run.'))
  const name = html('button', { type: 'button', class: 'gv-expression', 'data-key': `pin-${i}` }, title)
  name.addEventListener('click', () => act.onGo(card.node))
  const [result] = card.results
  return html(
    'article',
    { class: 'gv-pin' },
    html('header', {}, html('h3', {}, name), remove),
    html('p', { class: 'gv-note' }, card.name === null ? card.place : `${card.title.length > 40 ? `${card.title.slice(0, 39)}…` : card.title}, ${card.place}`),
    html(
      'div',
      { class: 'gv-pin-looks' },
      result?.value ? look('value', '↓ value', result.value, title) : html('p', { class: 'gv-note' }, 'not computed yet'),
      result?.gradient ? look('grad', '∂ gradient', result.gradient, title) : html('p', { class: 'gv-note' }, 'no gradient'),
    ),
  )
}

function look(tone: 'value' | 'grad', caption: string, value: CardValue, title: string): HTMLElement {
  const parts = value.pending ? [html('p', { class: 'gv-note' }, '…')] : [value.heat && drawHeat(value.heat, value.shape, `${caption.slice(2)} of ${title}`), value.heat && drawLegend(value.heat), drawStatistics(value)]
  return html('div', { class: `gv-look is-${tone}` }, html('p', { class: 'gv-caption' }, caption), ...parts.filter((one) => one !== null))
}

/// What a pin was called in the run in which it was made.
function titleOf(identity: string): string {
  try {
    const [names, op, text] = JSON.parse(identity.slice(0, identity.lastIndexOf('#'))) as readonly string[]
    return names || text || op || 'node'
  } catch {
    return 'node'
  }
}
