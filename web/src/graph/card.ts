/// All that is said of one selected node, as data.

import type { Num, Summary } from '../protocol/trace'
import {
  at,
  codeLines,
  dtypeOfValue,
  element,
  expressionOf,
  formatNumber,
  formatShape,
  gradOf,
  lineOfNode,
  lineOfSite,
  nameOfSlot,
  resultSlots,
  shapeOfValue,
  sizeOf,
  visitsOf,
  whyGradient,
  type Trace,
  type Why,
} from '../trace'
import type { SummaryOf } from './model'
import { placeOfValue } from './scene'

/// Largest array whose numbers are all shown.
export const GRID_MOST = 64

/// Small heat-map. `strength` from 0 (zero) to 1 (largest magnitude); null for a number that is not finite.
export interface Grid {
  readonly rows: number
  readonly cols: number
  readonly cells: readonly { readonly text: string; readonly strength: number | null }[]
  /// False for a thumbnail, whose cells are too many to hold numbers.
  readonly numbers: boolean
}

export interface CardValue {
  readonly grid: Grid | null
  /// Range, mean and counts of a large array, or that it is still on its way.
  readonly summary: readonly string[]
  readonly pending: boolean
}

export interface CardResult {
  readonly name: string | null
  readonly value: CardValue | null
  readonly gradient: CardValue | null
  /// Value and gradient have room side by side.
  readonly abreast: boolean
  /// What else there is to say of the gradient.
  readonly note: string | null
  /// Why the gradient is missing, zero, not a number, infinite, huge or tiny; null when nothing is odd.
  readonly why: Why | null
}

export interface Card {
  readonly title: string
  readonly place: string
  readonly facts: readonly (readonly [name: string, text: string])[]
  readonly results: readonly CardResult[]
  /// The same expression's visit before and after this one; null at the ends.
  readonly before: number | null
  readonly after: number | null
  /// Values shown that are not known yet.
  readonly pending: readonly number[]
}

/// `pass`: position in `trace.passes`; -1 when the view has none.
export function cardOf(trace: Trace, node: number, pass: number, summaryOf: SummaryOf): Card {
  const slots = resultSlots(trace, node)
  const op = trace.ops[at(trace.nodes.op, node)]
  const visits = visitsOf(trace, node)
  const here = visits.indexOf(node)
  const pending: number[] = []
  const look = (value: number): CardValue | null => {
    if (value < 0) return null
    const shown = cardValue(trace, value, summaryOf)
    if (shown.pending) pending.push(value)
    return shown
  }
  const results = slots.map((slot): CardResult => {
    const grad = pass < 0 ? -1 : gradOf(trace, pass, slot)
    const [value, gradient] = [look(at(trace.slots.value, slot)), look(grad)]
    return {
      name: slots.length > 1 ? nameOfSlot(trace, slot) : null,
      value,
      gradient,
      abreast: isNarrow(value?.grid) && isNarrow(gradient?.grid),
      note: grad < 0 ? 'none' : writtenNote(trace, pass, slot, grad),
      why: whyGradient(trace, pass, slot, summaryOf),
    }
  })
  const first = at(trace.slots.value, slots[0] ?? -1)
  const name = slots.length === 1 ? nameOfSlot(trace, slots[0] ?? -1) : null
  return {
    title: expressionOf(trace, node) || name || (op?.name ?? 'operation'),
    place: placeText(trace, node, visits.length),
    facts: [
      ...(name ? [['name', name] as const] : []),
      ...(first >= 0 && slots.length === 1
        ? [['shape', `${formatShape(shapeOfValue(trace, first))} ${placeOfValue(trace, first)}`] as const]
        : []),
      [trace.nodes.kind[node] === 1 ? 'operation' : 'made by', op ? `${op.name}${op.doc === '' ? '' : `: ${firstSentence(op.doc)}`}` : '?'],
    ],
    results,
    before: visits[here - 1] ?? null,
    after: visits[here + 1] ?? null,
    pending,
  }
}

function placeText(trace: Trace, node: number, visits: number): string {
  const line = lineOfNode(trace, node)
  const place = line > 0 ? `line ${line}` : 'place not known'
  return visits > 1 ? `${place}, visit ${at(trace.nodes.visit, node) + 1} of ${visits}` : place
}

function firstSentence(doc: string): string {
  const [line = ''] = doc.split('\n')
  return line.replace(/\.$/, '')
}

function cardValue(trace: Trace, value: number, summaryOf: SummaryOf): CardValue {
  const summary = summaryOf(value)
  if (!summary) return { grid: null, summary: ['…'], pending: true }
  const shape = shapeOfValue(trace, value)
  const dtype = dtypeOfValue(trace, value)
  const grid = gridOf(summary, shape, dtype)
  return { grid, summary: grid?.numbers ? oddities(summary) : rangeOf(summary, dtype), pending: false }
}

function gridOf(summary: Summary, shape: readonly number[], dtype: string): Grid | null {
  const size = sizeOf(shape)
  if (size === 0) return null
  if (summary.data && size <= GRID_MOST) {
    const cols = shape.length <= 1 ? Math.min(size, 8) : (shape.at(-1) ?? 1)
    // A long row is folded; a wide matrix keeps its rows only while its numbers stay legible.
    if (cols <= 8) return cellsOf(Math.ceil(size / cols), cols, summary.data, (one) => element(one, dtype, 4))
  }
  if (summary.data) {
    const cols = shape.length <= 1 ? Math.ceil(Math.sqrt(size)) : Math.min(shape.at(-1) ?? 1, 32)
    return cellsOf(Math.ceil(size / cols), cols, summary.data, null)
  }
  const { thumb } = summary
  return thumb && thumb.rows * thumb.cols > 0 ? cellsOf(thumb.rows, thumb.cols, thumb.data, null) : null
}

/// Whether a grid's numbers stay legible in half the width of a card.
function isNarrow(grid: Grid | null | undefined): boolean {
  if (!grid?.numbers) return true
  return grid.cols * (1 + grid.cells.reduce((most, { text }) => Math.max(most, text.length), 0)) <= 19
}

function cellsOf(rows: number, cols: number, data: readonly Num[], text: ((one: Num) => string) | null): Grid {
  const largest = data.reduce<number>((most, one) => (typeof one === 'number' ? Math.max(most, Math.abs(one)) : most), 0)
  return {
    rows,
    cols,
    numbers: text !== null,
    cells: data.map((one) => ({
      text: text ? text(one) : '',
      strength: typeof one !== 'number' ? null : largest === 0 ? 0 : Math.round((Math.abs(one) / largest) * 100) / 100,
    })),
  }
}

function oddities(summary: Summary): readonly string[] {
  return [summary.nan > 0 ? `${summary.nan} nan` : '', summary.inf > 0 ? `${summary.inf} inf` : ''].filter((part) => part !== '')
}

function rangeOf(summary: Summary, dtype: string): readonly string[] {
  const show = (one: Num): string => element(one, dtype, 4)
  return [
    `min ${show(summary.min)}`,
    `max ${show(summary.max)}`,
    `mean ${formatNumber(summary.mean, 4)}`,
    ...(summary.zero > 0 ? [`${summary.zero} zero`] : []),
    ...oddities(summary),
  ]
}

/// What `x.grad` holds when it is not the pass's own gradient.
function writtenNote(trace: Trace, pass: number, slot: number, grad: number): string | null {
  const written = trace.passes[pass]?.written
  const k = written?.slot.indexOf(slot) ?? -1
  if (!written || k < 0 || written.req[k] !== 'add' || written.value[k] === grad) return null
  const name = nameOfSlot(trace, slot) ?? 'x'
  return `grad_req 'add': it was added to what ${name}.grad held before`
}

/// "backward · line 13", with the head's name when passes start from different ones.
export function passTitle(trace: Trace, pass: number): string {
  const found = trace.passes[pass]
  if (!found) return ''
  const line = lineOfSite(trace, found.site)
  const heads = found.heads.map((slot) => nameOfSlot(trace, slot)).filter((name) => name !== null)
  const of = heads.length > 0 && heads.length <= 3 ? ` of ${heads.join(', ')}` : ''
  const place = line > 0 && line <= codeLines(trace).length ? ` · line ${line}` : ''
  return `${found.kind}${of}${place}`
}
