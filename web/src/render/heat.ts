/// A value on the screen: heat-map with its legend, the facts beside it, and its numbers as a table.

import type { Elements } from '../protocol/check'
import type { Summary } from '../protocol/trace'
import { matrixOf, rowName, type CardValue, type Heat, type HeatCell } from '../graph'
import { element, formatNumber, formatShape } from '../trace'
import { html } from './dom'

/// A real table when its cells hold numbers, so that they can be read one by one; else a picture.
export function drawHeat(heat: Heat, shape: readonly number[], what: string): HTMLElement {
  const rows = Array.from({ length: heat.rows }, (_, r) => heat.cells.slice(r * heat.cols, (r + 1) * heat.cols))
  if (!heat.numbers) {
    const samples = heat.sampled ? `${heat.rows} by ${heat.cols} samples of ${formatShape(shape)}` : `${heat.rows} by ${heat.cols} cells`
    const picture = html('div', { class: 'gv-thumb', role: 'img', 'aria-label': `${what} as a heat-map: ${samples}` })
    picture.style.setProperty('--cols', String(heat.cols))
    picture.append(...heat.cells.map((cell) => toned(html('i'), cell)))
    return picture
  }
  const heads = !heat.folded && heat.rows * heat.cols > 1
  const named = heads && shape.length > 1
  return html(
    'table',
    { class: 'gv-grid', 'aria-label': what },
    heads ? html('thead', {}, html('tr', {}, named ? html('td') : null, ...Array.from({ length: heat.cols }, (_, col) => html('th', { scope: 'col' }, String(col))))) : null,
    html(
      'tbody',
      {},
      ...rows.map((row, r) =>
        html('tr', {}, named ? html('th', { scope: 'row' }, rowName(shape, r)) : null, ...row.map((cell) => toned(html('td', {}, cell.text), cell))),
      ),
    ),
  )
}

/// Strength and sign as one number from -100 % to 100 %; what is no number has a pattern of its own.
function toned<E extends HTMLElement>(cell: E, { level, kind }: HeatCell): E {
  if (kind !== 'number') cell.classList.add(`is-${kind}`)
  if (level !== null && level < 0) cell.classList.add('is-negative')
  if (level !== null) cell.style.setProperty('--strength', `${Math.round(Math.abs(level) * 100)}%`)
  return cell
}

/// What the colours and patterns stand for, as far as they occur.
export function drawLegend(heat: Heat): HTMLElement | null {
  const kinds = new Set(heat.cells.map(({ kind }) => kind))
  const limit = formatNumber(heat.limit, 3)
  const scale = heat.negative || heat.positive
  if (!scale && !heat.sampled && kinds.size === 1 && kinds.has('number')) return null
  if (heat.cells.length === 1 && !kinds.has('nan') && !kinds.has('inf')) return null
  const bar = html('span', { class: `gv-scale${heat.negative ? ' has-negative' : ''}${heat.positive ? ' has-positive' : ''}`, 'aria-hidden': 'true' })
  const key = (kind: HeatCell['kind'], word: string): HTMLElement | null =>
    kinds.has(kind) ? html('span', { class: 'gv-key' }, html('i', { class: `is-${kind}`, 'aria-hidden': 'true' }), word) : null
  return html(
    'p',
    { class: 'gv-heat-legend' },
    scale ? html('span', { class: 'gv-key' }, heat.negative ? `−${limit}` : '0', bar, heat.positive ? limit : '0') : null,
    key('zero', 'zero'),
    key('nan', 'nan'),
    key('inf', 'inf'),
    heat.sampled ? html('span', { class: 'gv-key' }, 'samples') : null,
  )
}

export function drawStatistics(value: CardValue): HTMLElement | null {
  if (value.statistics.length === 0) return null
  return html('dl', { class: 'gv-stats' }, ...value.statistics.map(([name, text]) => html('div', { class: text === 'none' ? 'is-none' : null }, html('dt', {}, name), html('dd', {}, text))))
}

/// Rows and columns of the numbers that stand in the page at once.
const PAGE = { rows: 12, cols: 6 }

export interface NumbersAt {
  readonly row: number
  readonly col: number
}

export interface NumbersActions {
  readonly summaryOf: (value: number) => Summary | null
  /// The elements of a window; null while they are on their way.
  readonly elements: (value: number, row: number, col: number) => Elements | 'gone' | null
  readonly go: (to: NumbersAt) => void
}

/// A page of an array's numbers with the names of rows and columns, and buttons to the pages beside it.
export function drawNumbers(value: CardValue, at: NumbersAt, what: string, key: string, act: NumbersActions): HTMLElement {
  const { shape, dtype } = value
  const { rows, cols } = matrixOf(shape)
  const [height, width] = [Math.min(PAGE.rows, rows - at.row), Math.min(PAGE.cols, cols - at.col)]
  const cellOf = cellsOf(value, at, act)
  if (cellOf === 'gone') return html('p', { class: 'gv-note' }, 'These numbers are no longer there: run the program again.')
  const range = (count: number) => Array.from({ length: count }, (_, i) => i)
  const table = html(
    'table',
    { class: 'gv-numbers', 'aria-label': `Numbers of ${what}`, 'aria-busy': String(cellOf === null) },
    html('thead', {}, html('tr', {}, shape.length > 1 ? html('td') : null, ...range(width).map((c) => html('th', { scope: 'col' }, String(at.col + c))))),
    html(
      'tbody',
      {},
      ...range(height).map((r) =>
        html('tr', {}, shape.length > 1 ? html('th', { scope: 'row' }, rowName(shape, at.row + r)) : null, ...range(width).map((c) => html('td', {}, cellOf ? element(cellOf(r, c), dtype, 5) : '…'))),
      ),
    ),
  )
  const button = (name: string, sign: string, to: NumbersAt, possible: boolean): HTMLButtonElement => {
    const made = html('button', { type: 'button', class: 'gv-icon', 'aria-label': name, title: name, 'data-key': `${key}-${name}`, disabled: !possible }, sign)
    made.addEventListener('click', () => act.go(to))
    return made
  }
  const pages = rows > PAGE.rows || cols > PAGE.cols
  const place = [
    rows > 1 ? `rows ${at.row} to ${at.row + height - 1} of ${rows.toLocaleString('en')}` : '',
    cols > PAGE.cols ? `columns ${at.col} to ${at.col + width - 1} of ${cols.toLocaleString('en')}` : '',
  ].filter((part) => part !== '').join(', ')
  return html(
    'div',
    { class: 'gv-page' },
    html('div', { class: 'gv-scroll', tabindex: '0', role: 'group', 'aria-label': `Numbers of ${what}`, 'data-key': `${key}-scroll` }, table),
    pages
      ? html(
          'div',
          { class: 'gv-pager', role: 'group', 'aria-label': `More numbers of ${what}` },
          button('Rows before', '↑', { ...at, row: Math.max(0, at.row - PAGE.rows) }, at.row > 0),
          button('Rows after', '↓', { ...at, row: at.row + PAGE.rows }, at.row + PAGE.rows < rows),
          button('Columns before', '←', { ...at, col: Math.max(0, at.col - PAGE.cols) }, at.col > 0),
          button('Columns after', '→', { ...at, col: at.col + PAGE.cols }, at.col + PAGE.cols < cols),
          html('span', { class: 'gv-note' }, place),
        )
      : null,
  )
}

/// Looks up a cell of the page; null while its numbers are on their way.
function cellsOf({ value, shape }: CardValue, at: NumbersAt, act: NumbersActions) {
  const { cols } = matrixOf(shape)
  const data = act.summaryOf(value)?.data
  if (data) return (r: number, c: number) => data[(at.row + r) * cols + at.col + c] ?? 'nan'
  const found = act.elements(value, at.row, at.col)
  if (!found || found === 'gone') return found
  return (r: number, c: number) => found.data[r * found.cols + c] ?? 'nan'
}
