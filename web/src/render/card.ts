/// The inspector of the selected node: drawn anew for every change; what has the focus, and what is open, stays so.

import type { Elements } from '../protocol/check'
import type { Summary } from '../protocol/trace'
import type { Badge, Card, CardResult, CardValue, Neighbour, Saved } from '../graph'
import { html } from './dom'
import { drawHeat, drawLegend, drawNumbers, drawStatistics, type NumbersAt } from './heat'

export interface CardActions {
  readonly onClose: () => void
  readonly onGo: (node: number) => void
  /// Shows the node's expression in the code.
  readonly onCode: (node: number) => void
  readonly onPin: (node: number) => void
  readonly formula: (host: HTMLElement, latex: string) => void
  readonly summaryOf: (value: number) => Summary | null
  readonly elements: (value: number, row: number, col: number) => Elements | 'gone' | null
}

/// What the reader has opened, by key.
export interface Opened {
  /// Where each value's table of numbers stands; a value that is not in here has none open.
  readonly numbers: Map<string, NumbersAt>
  readonly sections: Set<string>
}

export function createCard(host: HTMLElement, act: CardActions) {
  const opened: Opened = { numbers: new Map(), sections: new Set(['local', 'near']) }
  let shown: { readonly card: Card; readonly badge: Badge | null; readonly pinned: boolean } | null = null

  /// Null empties it.
  function draw(card: Card | null, badge: Badge | null, pinned: boolean): void {
    const another = card?.node !== shown?.card.node
    shown = card && { card, badge, pinned }
    if (another) opened.numbers.clear()
    const focused = host.contains(document.activeElement) ? (document.activeElement?.getAttribute('data-key') ?? '') : null
    const top = another ? 0 : host.scrollTop
    host.hidden = card === null
    if (!card) return host.replaceChildren()
    host.replaceChildren(...parts(card, badge, pinned))
    host.scrollTop = top
    if (focused !== null) {
      const found = [...host.querySelectorAll<HTMLElement>('[data-key]:not(:disabled)')]
      ;(found.find((one) => one.getAttribute('data-key') === focused) ?? found[0])?.focus({ preventScroll: true })
    }
  }

  const again = (): void => {
    if (shown) draw(shown.card, shown.badge, shown.pinned)
  }

  function parts(card: Card, badge: Badge | null, pinned: boolean): readonly HTMLElement[] {
    const go = (node: number | null): (() => void) | null => (node === null ? null : () => act.onGo(node))
    const visits = card.before !== null || card.after !== null
    const title = card.placed ? html('button', { type: 'button', class: 'gv-expression', 'data-key': 'code', title: 'Show it in the code' }, card.title) : card.title
    if (title instanceof HTMLElement) title.addEventListener('click', () => act.onCode(card.node))
    const pin = iconButton('pin', pinned ? 'Unpin' : 'Pin to compare', pinned ? '◆' : '◇', () => act.onPin(card.node))
    pin.setAttribute('aria-pressed', String(pinned))
    const made = [
      html(
        'header',
        { class: 'gv-card-head' },
        html('div', { class: 'gv-card-title' }, html('h2', {}, title), html('p', {}, card.place)),
        visits ? iconButton('before', 'Previous visit', '‹', go(card.before)) : null,
        visits ? iconButton('after', 'Next visit', '›', go(card.after)) : null,
        pin,
        iconButton('close', 'Close', '×', act.onClose),
      ),
      badge && drawBadge(badge, go),
      card.future ? html('p', { class: 'gv-note gv-future' }, 'Not computed yet at this step.') : null,
      html('dl', { class: 'gv-facts' }, ...card.facts.flatMap(([name, text]) => [html('dt', {}, name), html('dd', {}, text)])),
      ...card.results.map((result, i) => drawResult(result, i)),
      card.derivatives.length > 0 ? section('local', 'Local derivative', [derivatives(card)]) : null,
      card.producers.length + card.consumers.length > 0 ? section('near', 'Comes from, goes to', [near('from', card.producers), near('to', card.consumers), ...(card.unlisted > 0 ? [html('p', { class: 'gv-note' }, `and ${card.unlisted} more`)] : [])]) : null,
      card.saved ? section('saved', `Saved for backward: ${card.saved.total}`, savedParts(card.saved)) : null,
    ]
    return made.filter((one) => one !== null)
  }

  function section(key: string, title: string, body: readonly HTMLElement[]): HTMLElement {
    const made = html('details', { class: 'gv-section', open: opened.sections.has(key) }, html('summary', { 'data-key': `section-${key}` }, title), ...body)
    made.addEventListener('toggle', () => (made.open ? opened.sections.add(key) : opened.sections.delete(key)))
    return made
  }

  function derivatives(card: Card): HTMLElement {
    return html(
      'dl',
      { class: 'gv-derivatives' },
      ...card.derivatives.flatMap(({ operand, latex, numbers, jacobian }) => {
        const formula = html('span', { class: 'gv-formula' })
        act.formula(formula, latex)
        return [
          html('dt', {}, html('code', {}, operand)),
          html('dd', {}, formula, numbers ? html('span', { class: 'gv-local' }, `∂ = ${numbers}`) : null, jacobian ? html('span', { class: 'gv-note' }, jacobian) : null),
        ]
      }),
    )
  }

  function near(way: 'from' | 'to', all: readonly Neighbour[]): HTMLElement {
    const word = way === 'from' ? 'from' : 'to'
    const buttons = all.map(({ node, text }, i) => {
      const made = html('button', { type: 'button', class: 'gv-near', 'data-key': `${way}-${i}` }, text)
      made.addEventListener('click', () => act.onGo(node))
      return made
    })
    return html('div', { class: 'gv-nears', role: 'group', 'aria-label': way === 'from' ? 'Comes from' : 'Goes to' }, html('span', { class: 'gv-note' }, word), ...(buttons.length > 0 ? buttons : [html('span', { class: 'gv-note' }, way === 'from' ? 'nothing: it starts here' : 'nothing')]))
  }

  function savedParts({ parts: all }: Saved): readonly HTMLElement[] {
    return [
      html('ul', { class: 'gv-saved' }, ...all.map(({ name, text }) => html('li', {}, html('code', {}, name), ` ${text}`))),
      html('p', { class: 'gv-note' }, 'Shared with whoever made them, so nothing is copied. backward() lets go of them, unless retain_graph=True.'),
    ]
  }

  function drawResult(result: CardResult, i: number): HTMLElement {
    const whose = result.name ?? 'the result'
    return html(
      'section',
      { class: `gv-result${result.abreast ? '' : ' is-wide'}` },
      result.name ? html('h3', {}, result.name) : null,
      result.value ? html('div', { class: 'gv-look is-value' }, html('p', { class: 'gv-caption' }, '↓ value'), ...lookParts(result.value, `the value of ${whose}`, `v${i}`)) : null,
      html(
        'div',
        { class: 'gv-look is-grad' },
        html('p', { class: 'gv-caption' }, '∂ gradient'),
        ...(result.gradient ? lookParts(result.gradient, `the gradient of ${whose}`, `g${i}`) : []),
        result.note ? html('p', { class: 'gv-note' }, result.note) : null,
      ),
      result.contributions.length > 0 ? contributions(result, i) : null,
      result.why ? html('p', { class: 'gv-why' }, html('strong', {}, result.why.question), ' ', ...spans(result.why.answer)) : null,
    )
  }

  function contributions({ contributions: all, turns }: CardResult, i: number): HTMLElement {
    const rows = all.map(({ node, from, gift, sum }, k) => {
      const button = node === null ? from : html('button', { type: 'button', class: 'gv-near', 'data-key': `sum${i}-${k}` }, from)
      if (button instanceof HTMLElement && node !== null) button.addEventListener('click', () => act.onGo(node))
      return html('tr', {}, html('th', { scope: 'row' }, button), html('td', {}, gift), html('td', {}, sum))
    })
    const count = all.length < turns ? `${all.length} of ${turns} contributions` : `${turns} contributions`
    return html('table', { class: 'gv-sums' }, html('caption', {}, count), html('thead', {}, html('tr', {}, ...['through', 'gives', 'sum'].map((name) => html('th', { scope: 'col' }, name)))), html('tbody', {}, ...rows))
  }

  function lookParts(value: CardValue, what: string, key: string): readonly HTMLElement[] {
    if (value.pending) return [html('p', { class: 'gv-note' }, '…')]
    const found = [value.heat && drawHeat(value.heat, value.shape, what), value.heat && drawLegend(value.heat), drawStatistics(value), value.more ? numbers(value, what, key) : null]
    return found.filter((one) => one !== null)
  }

  function numbers(value: CardValue, what: string, key: string): HTMLElement {
    const at = opened.numbers.get(key)
    const toggle = html('button', { type: 'button', class: 'gv-more', 'aria-expanded': String(at !== undefined), 'data-key': `${key}-numbers` }, 'Numbers')
    toggle.addEventListener('click', () => {
      if (at) opened.numbers.delete(key)
      else opened.numbers.set(key, { row: 0, col: 0 })
      again()
    })
    const go = (to: NumbersAt): void => {
      opened.numbers.set(key, to)
      again()
    }
    return html('div', {}, toggle, at ? drawNumbers(value, at, what, key, { summaryOf: act.summaryOf, elements: act.elements, go }) : null)
  }

  return { draw, again }
}

/// How the check of a node went: sign, word and sentence.
export function drawBadge(badge: Badge, go: (node: number | null) => (() => void) | null): HTMLElement {
  const act = badge.because < 0 ? null : go(badge.because)
  const show = act && html('button', { type: 'button', class: 'gv-near', 'data-key': 'because' }, 'Show it')
  if (show && act) show.addEventListener('click', act)
  return html('p', { class: `gv-verdict is-${badge.tone}` }, html('span', { class: 'gv-sign', 'aria-hidden': 'true' }, SIGNS[badge.tone]), html('strong', {}, badge.word), ' ', badge.text, show ? ' ' : null, show)
}

export const SIGNS: Readonly<Record<Badge['tone'], string>> = { ok: '✓', differs: '✗', spoiled: '↯', unchecked: '?' }

function iconButton(key: string, label: string, sign: string, act: (() => void) | null): HTMLButtonElement {
  const made = html('button', { type: 'button', class: 'gv-icon', 'aria-label': label, title: label, 'data-key': key, disabled: act === null }, sign)
  if (act) made.addEventListener('click', act)
  return made
}

/// Words with the code in them (between back-quotes) set as code.
function spans(text: string): readonly (HTMLElement | string)[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? html('code', {}, part) : part))
}
