/// All that is said of one selected node at the step where everything stands, as data.

import { contributionsOf, derivativesOf, isDone, operandText, valuesOfContributions, type Contribution, type Derivative } from '../explain'
import {
  at,
  codeLines,
  consumers,
  deviceOfValue,
  dtypeOfValue,
  expressionOf,
  formatShape,
  gradOf,
  gradientAt,
  hasRole,
  isCovered,
  isRecordedOp,
  lineOfNode,
  lineOfSite,
  nameOfSlot,
  nodeOfSlot,
  operandSlots,
  rangeOfNode,
  resultSlots,
  shapeOfValue,
  visitsOf,
  whyGradient,
  type Trace,
  type Why,
} from '../trace'
import { heatOf, matrixOf, type Heat } from './heat'
import type { SummaryOf } from './model'
import { bytesOf, bytesText, statisticsOf, type Fact } from './statistics'

/// Neighbours and contributions that are listed.
const MOST_LISTED = 12

export interface CardValue {
  /// Value id in the trace: what more elements are asked for by.
  readonly value: number
  readonly shape: readonly number[]
  readonly dtype: string
  readonly heat: Heat | null
  readonly statistics: readonly Fact[]
  /// It has elements that the heat-map does not show as numbers.
  readonly more: boolean
  readonly pending: boolean
}

export interface CardResult {
  readonly slot: number
  readonly name: string | null
  readonly value: CardValue | null
  readonly gradient: CardValue | null
  /// Value and gradient have room side by side.
  readonly abreast: boolean
  /// What else there is to say of the gradient.
  readonly note: string | null
  /// What came together in it; empty when it is one contribution.
  readonly contributions: readonly Contribution[]
  /// How many there are in all, at the end.
  readonly turns: number
  /// Why the gradient is missing, zero, not a number, infinite, huge or tiny; null when nothing is odd.
  readonly why: Why | null
}

export interface Neighbour {
  readonly node: number
  readonly text: string
}

export interface Saved {
  readonly parts: readonly { readonly name: string; readonly text: string }[]
  readonly total: string
}

export interface Card {
  readonly node: number
  readonly title: string
  /// Of its variable, when it has one result and a name.
  readonly name: string | null
  /// Its expression stands in the code.
  readonly placed: boolean
  readonly place: string
  /// At the step where everything stands it is not computed yet.
  readonly future: boolean
  readonly facts: readonly Fact[]
  readonly results: readonly CardResult[]
  readonly derivatives: readonly Derivative[]
  readonly producers: readonly Neighbour[]
  readonly consumers: readonly Neighbour[]
  /// Neighbours that are not listed.
  readonly unlisted: number
  /// What the tape keeps for the backward pass; null for what is not on the tape.
  readonly saved: Saved | null
  /// The same expression's visit before and after this one; null at the ends.
  readonly before: number | null
  readonly after: number | null
  /// Values shown that are not known yet.
  readonly pending: readonly number[]
}

/// `pass`: position in `trace.passes`; -1 when the view has none. `step`: of the timeline; null for the end.
export function cardOf(trace: Trace, node: number, pass: number, summaryOf: SummaryOf, step: number | null = null): Card {
  const slots = resultSlots(trace, node)
  const op = trace.ops[at(trace.nodes.op, node)]
  const visits = visitsOf(trace, node)
  const here = visits.indexOf(node)
  const future = !isDone(trace, step, node)
  const pending: number[] = []
  const look = (value: number): CardValue | null => {
    if (value < 0) return null
    const shown = cardValue(trace, value, summaryOf)
    if (shown.pending) pending.push(value)
    return shown
  }
  const results = slots.map((slot): CardResult => {
    const grad = pass < 0 ? -1 : step === null ? gradOf(trace, pass, slot) : gradientAt(trace, step, pass, slot)
    const end = pass < 0 ? -1 : gradOf(trace, pass, slot)
    const [value, gradient] = [future ? null : look(at(trace.slots.value, slot)), look(grad)]
    const all = pass < 0 ? [] : contributionsOf(trace, pass, slot, null, () => null)
    const added = all.length > 1 ? contributionsOf(trace, pass, slot, step, summaryOf).slice(0, MOST_LISTED) : []
    if (added.length > 0) pending.push(...valuesOfContributions(trace, pass, slot, MOST_LISTED).filter((one) => !summaryOf(one)))
    return {
      slot,
      name: slots.length > 1 ? nameOfSlot(trace, slot) : null,
      value,
      gradient,
      abreast: isNarrow(value) && isNarrow(gradient),
      note: grad >= 0 ? (end === grad ? writtenNote(trace, pass, slot, grad) : null) : end >= 0 ? 'none yet at this step' : 'none',
      contributions: added,
      turns: all.length,
      why: end === grad ? whyGradient(trace, pass, slot, summaryOf) : null,
    }
  })
  const first = at(trace.slots.value, slots[0] ?? -1)
  const name = slots.length === 1 ? nameOfSlot(trace, slots[0] ?? -1) : null
  const from = [...new Set(operandSlots(trace, node))]
  const to = [...new Set(slots.flatMap((slot) => [...consumers(trace, slot)]))].filter((other) => isRecordedOp(trace, other) || !isRecordedOp(trace, node))
  return {
    node,
    title: expressionOf(trace, node) || name || (op?.name ?? 'operation'),
    name,
    placed: rangeOfNode(trace, node) !== null,
    place: placeText(trace, node, visits.length),
    future,
    facts: [
      ...(name ? [['name', name] as const] : []),
      ...(first >= 0 && slots.length === 1 ? valueFacts(trace, first) : []),
      [trace.nodes.kind[node] === 1 ? 'operation' : 'made by', op ? `${op.name}${op.doc === '' ? '' : `: ${firstSentence(op.doc)}`}` : '?'],
      ...rolesOf(trace, node),
    ],
    results,
    derivatives: isRecordedOp(trace, node) ? derivativesOf(trace, node, pass, step, summaryOf) : [],
    producers: from.slice(0, MOST_LISTED).map((slot) => ({ node: nodeOfSlot(trace, slot), text: operandText(trace, slot) })),
    consumers: to.slice(0, MOST_LISTED).map((other) => ({ node: other, text: consumerText(trace, other) })),
    unlisted: Math.max(0, from.length - MOST_LISTED) + Math.max(0, to.length - MOST_LISTED),
    saved: isRecordedOp(trace, node) ? savedOf(trace, node) : null,
    before: visits[here - 1] ?? null,
    after: visits[here + 1] ?? null,
    pending,
  }
}

function valueFacts(trace: Trace, value: number): readonly Fact[] {
  return [
    ['shape', formatShape(shapeOfValue(trace, value))],
    ['dtype', dtypeOfValue(trace, value)],
    ['device', deviceOfValue(trace, value)],
  ]
}

/// What it is on the tape besides an operation.
function rolesOf(trace: Trace, node: number): readonly Fact[] {
  const said = [
    hasRole(trace, node, 'leaf') ? 'leaf: attach_grad was called' : '',
    hasRole(trace, node, 'kept') ? 'keeps its gradient' : '',
    hasRole(trace, node, 'head') ? 'head of a backward pass' : '',
    hasRole(trace, node, 'detached') ? 'detached: no gradient goes on' : '',
    hasRole(trace, node, 'backward') ? 'made by a recorded backward pass' : '',
  ].filter((one) => one !== '')
  return said.length > 0 ? [['role', said.join('; ')]] : []
}

function placeText(trace: Trace, node: number, visits: number): string {
  const line = lineOfNode(trace, node)
  const place = line > 0 ? `line ${line}` : 'place not known'
  return visits > 1 ? `${place}, visit ${at(trace.nodes.visit, node) + 1} of ${visits}` : place
}

function consumerText(trace: Trace, node: number): string {
  const slots = resultSlots(trace, node)
  const name = slots.length === 1 ? nameOfSlot(trace, slots[0] ?? -1) : null
  const op = trace.ops[at(trace.nodes.op, node)]?.name ?? 'operation'
  return name === null ? operandText(trace, slots[0] ?? -1) || op : name
}

function firstSentence(doc: string): string {
  const [line = ''] = doc.split('\n')
  return line.replace(/\.$/, '')
}

/// The tape keeps an operation's array operands and its results: arrays that are shared with whoever made them.
function savedOf(trace: Trace, node: number): Saved {
  const result = resultSlots(trace, node)
  const operands = [...new Set(operandSlots(trace, node))].filter((slot) => !result.includes(slot))
  let total = 0
  const part = (slot: number, name: string) => {
    const value = at(trace.slots.value, slot)
    const bytes = value < 0 ? null : bytesOf(shapeOfValue(trace, value), dtypeOfValue(trace, value))
    total += bytes ?? 0
    return { name, text: value < 0 ? '' : `${formatShape(shapeOfValue(trace, value))} ${dtypeOfValue(trace, value)}, ${bytes === null ? '?' : bytesText(bytes)}` }
  }
  const parts = [...operands.map((slot) => part(slot, operandText(trace, slot))), ...result.map((slot) => part(slot, nameOfSlot(trace, slot) ?? 'the result'))]
  return { parts, total: bytesText(total) }
}

/// What is shown of one value, also outside of a card.
export function cardValue(trace: Trace, value: number, summaryOf: SummaryOf): CardValue {
  const shape = shapeOfValue(trace, value)
  const dtype = dtypeOfValue(trace, value)
  const summary = summaryOf(value)
  if (!summary) return { value, shape, dtype, heat: null, statistics: [], more: false, pending: true }
  const heat = heatOf(summary, shape, dtype)
  const { rows, cols } = matrixOf(shape)
  return { value, shape, dtype, heat, statistics: statisticsOf(summary, shape, dtype), more: heat?.numbers !== true && rows * cols > 0 && !isCovered(dtype), pending: false }
}

/// Whether a value's numbers stay legible in half the width of a card.
function isNarrow(value: CardValue | null): boolean {
  if (!value?.heat) return true
  const { cols, cells } = value.heat
  return !value.more && cols * (1 + cells.reduce((most, { text }) => Math.max(most, text.length), 0)) <= 17
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
