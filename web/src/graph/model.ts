/// The drawable graph of a view: its boxes with their lines of text and sizes, and the edges between them. No positions yet.

import type { Summary } from '../protocol/trace'
import {
  NODE_FIT,
  at,
  contributionOf,
  dtypeOfValue,
  formatShape,
  formatValue,
  gradOf,
  hasRole,
  isLeaf,
  isRecordedOp,
  nameOfSlot,
  nodeOfSlot,
  operandArgs,
  resultSlots,
  runningSums,
  shapeOfValue,
  sizeOf,
  type Trace,
} from '../trace'
import { keysOf } from './identity'
import { operationLabel } from './label'
import { SMALL, TITLE, widthOf, type Metrics } from './metrics'
import type { View } from './views'

/// Summary of a value; null while it is not known.
export type SummaryOf = (value: number) => Summary | null

/// - leaf: `attach_grad` was called on it; constant: feeds the graph, no gradient flows to it;
/// - cut: like a constant, but its own operand is in the picture: the tape was cut there (`detach`, `pause`);
/// - operation: on the tape.
export type BoxKind = 'leaf' | 'constant' | 'cut' | 'operation'

export interface Lines {
  readonly value: number
  readonly lines: readonly string[]
  /// The value is not here yet; `lines` only say so.
  readonly pending: boolean
}

export interface Room {
  readonly chars: number
  readonly rows: number
}

/// One result of a node, as drawn.
export interface Result {
  readonly slot: number
  readonly name: string | null
  readonly shape: string
  readonly forward: Lines | null
  readonly gradient: Lines | null
  /// Characters and lines that the gradient needs at most while it is summed up: stepping moves nothing.
  readonly room: Room
  /// The same for the value: of a rolled loop, what any turn of it needs.
  readonly reserve: Room
  readonly head: boolean
  /// Place and size inside the box.
  readonly x: number
  readonly width: number
}

export interface Box {
  readonly node: number
  /// The same for the same operation from run to run, so that a picture can stay where it was.
  readonly key: string
  readonly kind: BoxKind
  /// Sign of the operation; null for a named leaf or constant, whose name is its title.
  readonly label: string | null
  /// Short words: "leaf", "head", "detached".
  readonly tags: readonly string[]
  readonly head: boolean
  readonly backward: boolean
  /// False when nothing that the shown pass starts from depends on it.
  readonly active: boolean
  readonly results: readonly Result[]
  readonly width: number
  readonly height: number
  /// Of a frame: where edges come in and go out, by the number of the port, from its middle.
  readonly ports?: { readonly enter: ReadonlyMap<number, number>; readonly leave: ReadonlyMap<number, number> }
}

export interface Edge {
  /// Positions in `boxes`.
  readonly from: number
  readonly to: number
  readonly slot: number
  /// Which of the consumer's array operands, and how many those are.
  readonly operand: number
  readonly operands: number
  /// Position in `trace.args`.
  readonly arg: number
  /// Value id of the gradient's contribution along it in the shown pass; -1 when there was none.
  readonly contribution: number
  /// The tape does not go along it.
  readonly cut: boolean
  /// How much it should run straight: what leads from operation to operation up to a head is the spine of the picture.
  readonly weight: number
  /// Width of a plate with the name of what it comes from.
  readonly plate: number
}

/// What a rolled picture says of a box besides: the node stands for all visits of its expression.
export interface BoxExtras {
  readonly key: string
  readonly tags: readonly string[]
  /// A name for visits that have none, and the characters of the longest title.
  readonly name: string | null
  readonly title: number
  /// Room that any of the visits needs for a result's value and gradient.
  readonly room: (slot: number) => { readonly value: Room; readonly gradient: Room } | null
}

export interface Graph {
  readonly boxes: readonly Box[]
  readonly edges: readonly Edge[]
}

export const PAD = { x: 14, y: 8, gap: 10 } as const
/// Corners of a leaf are this round, at most.
export const PILL = 23
/// A value and its gradient stand side by side up to this many characters in all.
const ABREAST = 30

/// `pass`: position in `trace.passes` of the pass whose gradients are shown; -1 for none.
export function buildGraph(trace: Trace, view: View, pass: number, summaryOf: SummaryOf, metrics: Metrics, extrasOf?: (node: number) => BoxExtras | null): Graph {
  const position = new Map(view.nodes.map((node, i) => [node, i]))
  const active = activeNodes(trace, view, pass < 0 ? [] : [pass])
  const heads = new Set(pass >= 0 ? trace.passes[pass]?.heads : [])
  const keys = keysOf(trace, view.nodes)
  const boxes = view.nodes.map((node, i) => {
    const kind = kindOf(trace, node, position)
    const gradients = pass >= 0 && (kind === 'leaf' || isRecordedOp(trace, node))
    const extras = extrasOf?.(node) ?? null
    const results = resultSlots(trace, node).map((slot) =>
      withRoom(draftResult(trace, slot, pass, gradients, heads.has(slot) || hasRole(trace, node, 'head'), summaryOf), extras),
    )
    return measured(
      {
        node,
        key: extras?.key ?? keys[i] ?? '',
        kind,
        label: labelOf(trace, node, kind, results),
        tags: [...tagsOf(trace, node, kind, heads, results), ...(extras?.tags ?? [])],
        head: results.some((result) => result.head),
        backward: hasRole(trace, node, 'backward'),
        active: active.has(node),
      },
      results,
      metrics,
      extras?.title ?? 0,
    )
  })
  return { boxes, edges: edgesOf(trace, view, pass, position, boxes, metrics) }
}

function kindOf(trace: Trace, node: number, position: ReadonlyMap<number, number>): BoxKind {
  if (isRecordedOp(trace, node)) return 'operation'
  if (isLeaf(trace, node)) return 'leaf'
  return cutArgs(trace, node, position).length > 0 ? 'cut' : 'constant'
}

/// Operands on the tape that an unrecorded node inside a recording took from the picture: the tape was cut there.
function cutArgs(trace: Trace, node: number, position: ReadonlyMap<number, number>): readonly number[] {
  if (isRecordedOp(trace, node) || !(hasRole(trace, node, 'detached') || at(trace.nodes.block, node) >= 0)) return []
  return operandArgs(trace, node).filter((arg) => {
    const from = nodeOfSlot(trace, at(trace.args.slot, arg))
    return position.has(from) && (isRecordedOp(trace, from) || isLeaf(trace, from))
  })
}

type DraftResult = Omit<Result, 'x' | 'width'>

function draftResult(trace: Trace, slot: number, pass: number, gradients: boolean, head: boolean, summaryOf: SummaryOf): DraftResult {
  const value = at(trace.slots.value, slot)
  const grad = gradients ? gradOf(trace, pass, slot) : -1
  return {
    slot,
    name: nameOfSlot(trace, slot),
    shape: value < 0 ? '' : formatShape(shapeOfValue(trace, value)),
    forward: value < 0 ? null : valueLines(trace, value, summaryOf),
    gradient: grad < 0 ? null : valueLines(trace, grad, summaryOf),
    room: grad < 0 ? { chars: 0, rows: 0 } : roomOf(trace, pass, slot, grad, summaryOf),
    reserve: { chars: 0, rows: 0 },
    head,
  }
}

function withRoom(result: DraftResult, extras: BoxExtras | null): DraftResult {
  const own = roomFor(result.forward?.lines ?? [])
  const wanted = extras?.room(result.slot)
  if (!wanted) return { ...result, reserve: own }
  const name = result.name ?? extras?.name ?? null
  return { ...result, name, reserve: wider(own, wanted.value), room: wider(result.room, wanted.gradient) }
}

export function roomFor(lines: readonly string[]): Room {
  return { chars: longest(lines), rows: lines.length }
}

export function wider(a: Room, b: Room): Room {
  return { chars: Math.max(a.chars, b.chars), rows: Math.max(a.rows, b.rows) }
}

function roomOf(trace: Trace, pass: number, slot: number, grad: number, summaryOf: SummaryOf): Result['room'] {
  // Of very many running sums the first few tell enough.
  const sums = runningSums(trace, pass, slot).slice(0, 12)
  const all = [...new Set([grad, ...sums])].map((value) => valueLines(trace, value, summaryOf).lines)
  return { chars: Math.max(...all.map(longest)), rows: Math.max(...all.map((lines) => lines.length)) }
}

export function valueLines(trace: Trace, value: number, summaryOf: SummaryOf): Lines {
  const summary = summaryOf(value)
  const shape = shapeOfValue(trace, value)
  if (summary) return { value, lines: formatValue(summary, shape, dtypeOfValue(trace, value), NODE_FIT), pending: false }
  return { value, lines: placeholder(shape), pending: true }
}

/// As many lines as the value will probably need, so that little moves when it comes. The blanks hold the width open.
function placeholder(shape: readonly number[]): readonly string[] {
  const cols = shape.at(-1) ?? 1
  const rows = shape.length === 2 ? (shape[0] ?? 1) : 1
  const chars = shape.length === 0 ? 6 : cols * 6 + 2 * shape.length
  if (shape.length > 2 || rows > NODE_FIT.rows || chars > NODE_FIT.chars || sizeOf(shape) === 0) return ['…'.padEnd(14), ' ']
  return Array.from({ length: rows }, (_, row) => (row === 0 ? '…' : ' ').padEnd(chars))
}

function labelOf(trace: Trace, node: number, kind: BoxKind, results: readonly DraftResult[]): string | null {
  const named = results.length === 1 && results[0]?.name !== null
  if (kind === 'leaf' && named) return null
  if (kind === 'constant' && named && trace.nodes.kind[node] === 0) return null
  return operationLabel(trace, node)
}

function tagsOf(trace: Trace, node: number, kind: BoxKind, heads: ReadonlySet<number>, results: readonly DraftResult[]): readonly string[] {
  const tags: string[] = []
  if (hasRole(trace, node, 'detached')) tags.push('detached')
  else if (kind === 'cut') tags.push('not recorded')
  if (kind === 'leaf') tags.push('leaf')
  if (kind === 'constant' && tags.length === 0) tags.push('constant')
  if (hasRole(trace, node, 'kept')) tags.push('keeps ∂')
  if (hasRole(trace, node, 'write') && kind !== 'leaf') tags.push('in place')
  if (results.some(({ slot }) => heads.has(slot)) || (heads.size === 0 && hasRole(trace, node, 'head'))) tags.push('head')
  return tags
}

/// Nodes that the heads of the passes depend on; all nodes when there is no pass.
export function activeNodes(trace: Trace, view: View, passes: readonly number[]): ReadonlySet<number> {
  if (passes.length === 0) return new Set(view.nodes)
  const active = new Set(passes.flatMap((pass) => trace.passes[pass]?.heads ?? []).map((slot) => nodeOfSlot(trace, slot)))
  for (let i = view.nodes.length - 1; i >= 0; i--) {
    const node = view.nodes[i] ?? -1
    if (!active.has(node)) continue
    for (const arg of operandArgs(trace, node)) active.add(nodeOfSlot(trace, at(trace.args.slot, arg)))
  }
  return active
}

function edgesOf(trace: Trace, view: View, pass: number, position: ReadonlyMap<number, number>, boxes: readonly Box[], metrics: Metrics): readonly Edge[] {
  // Weights look at every pass, so that choosing another one moves nothing.
  const main = activeNodes(trace, view, view.passes)
  return view.nodes.flatMap((node, to) => {
    const cut = !isRecordedOp(trace, node)
    const args = cut ? cutArgs(trace, node, position) : operandArgs(trace, node).filter((arg) => at(trace.args.slot, arg) >= 0)
    if (cut && boxes[to]?.kind === 'constant') return []
    return args.flatMap((arg, operand) => {
      const slot = at(trace.args.slot, arg)
      const from = position.get(nodeOfSlot(trace, slot))
      if (from === undefined) return []
      const contribution = pass >= 0 && !cut ? contributionOf(trace, pass, arg) : -1
      const weight = !main.has(node) ? 1 : boxes[from]?.kind === 'operation' ? 48 : 2
      return [{ from, to, slot, operand, operands: args.length, arg, contribution, cut, weight, plate: plateWidth(boxes[from], slot, metrics) }]
    })
  })
}

/// What a plate says that stands for a far producer: its result's name.
export function plateText(box: Box, slot: number): string {
  return box.results.find((result) => result.slot === slot)?.name ?? titleOf(box, box.results)
}

function plateWidth(box: Box | undefined, slot: number, metrics: Metrics): number {
  return box ? Math.ceil(widthOf(plateText(box, slot), SMALL.size, metrics)) + 18 : 0
}

// ----- Sizes -----

type DraftBox = Omit<Box, 'results' | 'width' | 'height' | 'ports'>

/// Text after the title: name and shape of a single result, tags.
export function subtitle(box: Pick<Box, 'label' | 'tags'>, results: readonly Pick<Result, 'name' | 'shape'>[]): string {
  const only = results.length === 1 ? results[0] : undefined
  const name = box.label === null ? null : only?.name
  return [name, only?.shape, ...box.tags].filter((part) => part).join(' ')
}

export function titleOf(box: Pick<Box, 'label'>, results: readonly Pick<Result, 'name'>[]): string {
  return box.label ?? results[0]?.name ?? '?'
}

/// Whether value and gradient of a result stand side by side.
export function isAbreast({ reserve, room }: Pick<Result, 'reserve' | 'room'>): boolean {
  if (reserve.rows === 0 || room.rows === 0) return false
  return reserve.chars + room.chars + 2 <= ABREAST
}

export function longest(lines: readonly string[]): number {
  return lines.reduce((most, line) => Math.max(most, [...line].length), 0)
}

function measured(box: DraftBox, drafts: readonly DraftResult[], metrics: Metrics, titleChars: number): Box {
  const chars = (count: number): number => count * SMALL.size * metrics.advance
  const padX = box.kind === 'leaf' ? PAD.x + 4 : PAD.x
  const several = drafts.length > 1
  const sizes = drafts.map((draft) => {
    const forward = draft.reserve.chars
    const gradient = draft.room.rows > 0 ? draft.room.chars + 2 : 0
    const abreast = isAbreast(draft)
    const body = abreast ? chars(forward) + PAD.gap + chars(gradient) : chars(Math.max(forward, gradient))
    const head = several ? chars([draft.name ?? 'result', draft.shape].join(' ').length) : 0
    const rows = abreast
      ? Math.max(draft.reserve.rows, draft.room.rows)
      : draft.reserve.rows + draft.room.rows
    return { width: Math.max(body, head), rows: rows + (several ? 1 : 0) }
  })
  const title = Math.max(widthOf(titleOf(box, drafts), TITLE.size, metrics), titleChars * TITLE.size * metrics.advance)
  const sub = widthOf(subtitle(box, drafts), SMALL.size, metrics)
  const heading = title + (sub > 0 ? PAD.gap + sub : 0)
  const gaps = several ? (drafts.length - 1) * 2 * PAD.gap : 0
  const inner = Math.max(heading, sizes.reduce((sum, { width }) => sum + width, 0) + gaps, 56)
  // Steps of 8 keep boxes from growing and shrinking by a pixel whenever a number changes.
  const width = Math.ceil((inner + 2 * padX) / 8) * 8
  const spare = several ? (width - 2 * padX - gaps - sizes.reduce((sum, size) => sum + size.width, 0)) / drafts.length : 0
  const rows = sizes.reduce((most, size) => Math.max(most, size.rows), 0)
  let x = padX
  const results = drafts.map((draft, i) => {
    const own = several ? (sizes[i]?.width ?? 0) + spare : width - 2 * padX
    const result = { ...draft, x, width: own }
    x += own + 2 * PAD.gap
    return result
  })
  return { ...box, results, width, height: TITLE.line + rows * SMALL.line + 2 * PAD.y }
}
