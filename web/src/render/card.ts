/// The card of the selected node.

import type { Card, CardResult, CardValue, Grid } from '../graph'
import { html } from './dom'

export interface CardActions {
  readonly onClose: () => void
  readonly onGo: (node: number) => void
}

/// Draws into `host`; null empties it. A button that has focus keeps it when the card is drawn anew.
export function drawCard(host: HTMLElement, card: Card | null, actions: CardActions): void {
  const focused = host.contains(document.activeElement) ? document.activeElement?.getAttribute('data-key') : null
  host.hidden = card === null
  if (!card) return host.replaceChildren()
  const button = (key: string, label: string, sign: string, act: (() => void) | null): HTMLButtonElement => {
    const made = html('button', { type: 'button', class: 'gv-icon', 'aria-label': label, title: label, 'data-key': key, disabled: act === null }, sign)
    if (act) made.addEventListener('click', act)
    return made
  }
  const go = (node: number | null): (() => void) | null => (node === null ? null : () => actions.onGo(node))
  const visits = card.before !== null || card.after !== null
  host.replaceChildren(
    html(
      'header',
      { class: 'gv-card-head' },
      html('div', { class: 'gv-card-title' }, html('h2', {}, card.title), html('p', {}, card.place)),
      visits ? button('before', 'Previous visit', '‹', go(card.before)) : null,
      visits ? button('after', 'Next visit', '›', go(card.after)) : null,
      button('close', 'Close', '×', actions.onClose),
    ),
    html('dl', { class: 'gv-facts' }, ...card.facts.flatMap(([name, text]) => [html('dt', {}, name), html('dd', {}, text)])),
    ...card.results.map(drawResult),
  )
  if (focused) {
    const buttons = [...host.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')]
    const same = buttons.find((one) => one.getAttribute('data-key') === focused)
    ;(same ?? buttons[0])?.focus()
  }
}

function drawResult(result: CardResult): HTMLElement {
  return html(
    'section',
    { class: `gv-result${result.abreast ? '' : ' is-wide'}` },
    result.name ? html('h3', {}, result.name) : null,
    result.value ? drawValue('value', 'value', result.value) : null,
    html(
      'div',
      { class: 'gv-look is-grad' },
      html('p', { class: 'gv-caption' }, '∂ gradient'),
      ...(result.gradient ? lookParts(result.gradient) : []),
      result.note ? html('p', { class: 'gv-note' }, result.note) : null,
    ),
    result.why ? html('p', { class: 'gv-why' }, html('strong', {}, result.why.question), ' ', ...spans(result.why.answer)) : null,
  )
}

/// Words with the code in them (between back-quotes) set as code.
function spans(text: string): readonly (HTMLElement | string)[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? html('code', {}, part) : part))
}

function drawValue(kind: 'value', title: string, value: CardValue): HTMLElement {
  return html('div', { class: `gv-look is-${kind}` }, html('p', { class: 'gv-caption' }, title), ...lookParts(value))
}

function lookParts(value: CardValue): readonly HTMLElement[] {
  const parts: HTMLElement[] = []
  if (value.grid) parts.push(drawGrid(value.grid))
  if (value.summary.length > 0) parts.push(html('p', { class: 'gv-summary' }, ...value.summary.map((one) => html('span', {}, one))))
  return parts
}

/// A real table when it holds numbers, so that they can be read cell by cell; else a picture.
function drawGrid(grid: Grid): HTMLElement {
  const rows = Array.from({ length: grid.rows }, (_, r) => grid.cells.slice(r * grid.cols, (r + 1) * grid.cols))
  if (!grid.numbers) {
    const picture = html('div', { class: 'gv-thumb', role: 'img', 'aria-label': `heat map of ${grid.rows} by ${grid.cols} samples` })
    picture.style.setProperty('--cols', String(grid.cols))
    picture.append(...grid.cells.map(({ strength }) => shaded(html('i'), strength)))
    return picture
  }
  return html(
    'table',
    { class: 'gv-grid' },
    html('tbody', {}, ...rows.map((row) => html('tr', {}, ...row.map(({ text, strength }) => shaded(html('td', {}, text), strength))))),
  )
}

function shaded<E extends HTMLElement>(cell: E, strength: number | null): E {
  if (strength === null) cell.classList.add('is-odd')
  else cell.style.setProperty('--strength', `${Math.round(strength * 100)}%`)
  return cell
}
