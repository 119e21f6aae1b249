/// Questions to a trace: where a node stands in the code, what feeds it and what it feeds, which gradient a pass left.

import { Role } from '../protocol/trace'
import { once } from './once'
import { contains, linesOf, textOf, type Range } from './source'
import { at, type Pass, type Trace } from './types'

// ----- Nodes and slots -----

export function nodeCount(trace: Trace): number {
  return trace.nodes.kind.length
}

export function hasRole(trace: Trace, node: number, role: keyof typeof Role): boolean {
  return (at(trace.nodes.roles, node) & Role[role]) !== 0
}

/// Operation on the tape: gradients can flow through it.
export function isRecordedOp(trace: Trace, node: number): boolean {
  return trace.nodes.kind[node] === 1 && hasRole(trace, node, 'recorded')
}

/// Positions in `args` of a node's operands, literals included.
export function operandArgs(trace: Trace, node: number): readonly number[] {
  return run(at(trace.nodes.argStart, node), at(trace.nodes.argStart, node + 1))
}

/// Slots of a node's array operands, in operand order; one that is used twice stands twice.
export function operandSlots(trace: Trace, node: number): readonly number[] {
  return operandArgs(trace, node).map((arg) => at(trace.args.slot, arg)).filter((slot) => slot >= 0)
}

/// Slots of a node's results.
export function resultSlots(trace: Trace, node: number): readonly number[] {
  return run(at(trace.nodes.slotStart, node), at(trace.nodes.slotStart, node + 1))
}

function run(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}

export function nodeOfSlot(trace: Trace, slot: number): number {
  return at(trace.slots.node, slot)
}

/// Variable name of a result; null when it has none. An array that was written in place keeps the name it had before:
/// in `for p in params: p -= ...` that says more than "p".
export function nameOfSlot(trace: Trace, slot: number): string | null {
  return trace.strings[at(leafIndex(trace).name, slot)] ?? null
}

/// Source of gradients: `attach_grad` was called on the array, maybe before it was written in place.
export function isLeaf(trace: Trace, node: number): boolean {
  if (hasRole(trace, node, 'leaf')) return true
  return !isRecordedOp(trace, node) && hasRole(trace, node, 'write') && leafIndex(trace).leaf[node] === 1
}

interface LeafIndex {
  /// Name of each slot (into `strings`), -1 for none.
  readonly name: Int32Array
  /// 1 for a node that is a leaf or an in-place write to one.
  readonly leaf: Uint8Array
}

/// Built once per trace, in time order, so that a chain of writes costs one step each.
const leafIndex = once((trace: Trace): LeafIndex => {
  const name = Int32Array.from(trace.slots.name)
  const leaf = new Uint8Array(nodeCount(trace))
  for (let node = 0; node < leaf.length; node++) {
    leaf[node] = hasRole(trace, node, 'leaf') ? 1 : 0
    const [slot, end] = [at(trace.nodes.slotStart, node), at(trace.nodes.slotStart, node + 1)]
    if (end - slot === 1 && name[slot] === -1) name[slot] = at(trace.nodes.name, node)
    const written = hasRole(trace, node, 'write') ? at(trace.args.slot, at(trace.nodes.argStart, node)) : -1
    if (written < 0 || at(trace.nodes.argStart, node) === at(trace.nodes.argStart, node + 1)) continue
    if (leaf[nodeOfSlot(trace, written)] === 1) leaf[node] = 1
    if (at(name, written) >= 0) name[slot] = at(name, written)
  }
  return { name, leaf }
})

export function shapeOfValue(trace: Trace, value: number): readonly number[] {
  return trace.shapes[at(trace.values.shape, value)] ?? []
}

export function dtypeOfValue(trace: Trace, value: number): string {
  return trace.strings[at(trace.values.dtype, value)] ?? ''
}

export function deviceOfValue(trace: Trace, value: number): string {
  return trace.strings[at(trace.values.device, value)] ?? ''
}

/// Nodes that use a slot as operand, in time order; one that uses it twice stands twice.
export function consumers(trace: Trace, slot: number): Int32Array {
  const { start, node } = consumerIndex(trace)
  return node.subarray(at(start, slot), at(start, slot + 1))
}

interface ConsumerIndex {
  readonly start: Int32Array
  readonly node: Int32Array
}

/// Built once per trace: uses of slot `s` are `start[s] .. start[s + 1]`.
const consumerIndex = once((trace: Trace): ConsumerIndex => {
  const slots = trace.slots.node.length
  const start = new Int32Array(slots + 1)
  for (const slot of trace.args.slot) if (slot >= 0) start[slot + 1] = at(start, slot + 1) + 1
  for (let s = 0; s < slots; s++) start[s + 1] = at(start, s + 1) + at(start, s)
  const node = new Int32Array(at(start, slots))
  const next = start.slice()
  for (let n = 0; n < nodeCount(trace); n++) {
    for (let arg = at(trace.nodes.argStart, n); arg < at(trace.nodes.argStart, n + 1); arg++) {
      const slot = at(trace.args.slot, arg)
      if (slot < 0) continue
      node[at(next, slot)] = n
      next[slot] = at(next, slot) + 1
    }
  }
  return { start, node }
})

// ----- Places in the code -----

export const codeLines = once(({ code }: Trace): readonly string[] => linesOf(code))

/// The user's frames that led to a site, outermost first; the last is the operation's own sub-expression.
export function framesOfSite(trace: Trace, site: number): readonly { readonly range: Range; readonly func: string }[] {
  if (site < 0) return []
  return run(at(trace.sites.start, site), at(trace.sites.start, site + 1)).flatMap((frame) => {
    const range = rangeOfFrame(trace, frame)
    return range ? [{ range, func: trace.strings[at(trace.sites.func, frame)] ?? '' }] : []
  })
}

/// Range of a frame; the whole line when Python does not know the columns; null when it does not know the line.
function rangeOfFrame(trace: Trace, frame: number): Range | null {
  const line = at(trace.sites.line, frame)
  if (line < 1) return null
  const lines = codeLines(trace)
  const [col, endLine, endCol] = [at(trace.sites.col, frame), at(trace.sites.endLine, frame), at(trace.sites.endCol, frame)]
  const last = endLine < 0 ? line : endLine
  const whole = lines[line - 1] ?? ''
  if (col < 0 || endCol < 0) return { line, col: whole.length - whole.trimStart().length, endLine: line, endCol: whole.length }
  return { line, col: Math.min(col, whole.length), endLine: last, endCol: Math.min(endCol, (lines[last - 1] ?? '').length) }
}

function innermostFrame(trace: Trace, site: number): number {
  if (site < 0) return -1
  const end = at(trace.sites.start, site + 1)
  return end > at(trace.sites.start, site) ? end - 1 : -1
}

export function rangeOfSite(trace: Trace, site: number): Range | null {
  const frame = innermostFrame(trace, site)
  return frame < 0 ? null : rangeOfFrame(trace, frame)
}

export function lineOfSite(trace: Trace, site: number): number {
  return at(trace.sites.line, innermostFrame(trace, site))
}

/// The node's exact sub-expression; null when its place is not known.
export function rangeOfNode(trace: Trace, node: number): Range | null {
  return rangeOfSite(trace, at(trace.nodes.site, node))
}

/// Line from 1; -1 when it is not known.
export function lineOfNode(trace: Trace, node: number): number {
  return lineOfSite(trace, at(trace.nodes.site, node))
}

/// The node's sub-expression as it stands in the code; "" when its place is not known.
export function expressionOf(trace: Trace, node: number): string {
  const range = rangeOfNode(trace, node)
  return range ? textOf(codeLines(trace), range) : ''
}

/// Nodes that a line made, in time order: those whose own expression touches the line, else (for a line that only calls
/// functions) those that its calls made.
export function nodesAtLine(trace: Trace, line: number): readonly number[] {
  const own: number[] = []
  const called: number[] = []
  const touches = siteTouches(trace, line)
  for (let node = 0; node < nodeCount(trace); node++) {
    const touch = touches(at(trace.nodes.site, node))
    if (touch === 'own') own.push(node)
    else if (touch === 'called') called.push(node)
  }
  return own.length > 0 ? own : called
}

function siteTouches(trace: Trace, line: number): (site: number) => 'own' | 'called' | null {
  const known = new Map<number, 'own' | 'called' | null>()
  return (site) => {
    const before = known.get(site)
    if (before !== undefined) return before
    const frames = framesOfSite(trace, site).map(({ range }) => line >= range.line && line <= range.endLine)
    const touch = frames.at(-1) ? 'own' : frames.includes(true) ? 'called' : null
    known.set(site, touch)
    return touch
  }
}

/// Nodes of the smallest sub-expression around a place, in time order (one per visit of a loop); empty when none is there.
export function nodesAt(trace: Trace, line: number, col: number): readonly number[] {
  let best: Range | null = null
  let found: number[] = []
  for (let node = 0; node < nodeCount(trace); node++) {
    const range = rangeOfNode(trace, node)
    if (!range || !contains(range, line, col)) continue
    const order: number = best ? compareSpan(range, best) : -1
    if (order < 0) [best, found] = [range, [node]]
    else if (order === 0) found.push(node)
  }
  return found
}

function compareSpan(a: Range, b: Range): number {
  return a.endLine - a.line - (b.endLine - b.line) || (a.line === a.endLine ? a.endCol - a.col - (b.endCol - b.col) : b.col - a.col)
}

const siteKey = ({ nodes, ops }: Trace, node: number): number => at(nodes.site, node) * ops.length + at(nodes.op, node)

const visitIndex = once((trace: Trace): ReadonlyMap<number, readonly number[]> => {
  const made = new Map<number, number[]>()
  for (let node = 0; node < nodeCount(trace); node++) {
    const visits = made.get(siteKey(trace, node))
    if (visits) visits.push(node)
    else made.set(siteKey(trace, node), [node])
  }
  return made
})

/// Nodes that the same call site made, in time order: the visits of an expression in a loop.
export function visitsOf(trace: Trace, node: number): readonly number[] {
  if (at(trace.nodes.site, node) < 0) return [node]
  return visitIndex(trace).get(siteKey(trace, node)) ?? [node]
}

// ----- Backward passes -----

interface PassIndex {
  readonly gradOfSlot: ReadonlyMap<number, number>
  readonly normOfSlot: ReadonlyMap<number, number>
  readonly stepOfArg: ReadonlyMap<number, number>
}

const passIndex = once((pass: Pass): PassIndex => {
  const gradOfSlot = new Map<number, number>()
  pass.grads.slot.forEach((slot, i) => gradOfSlot.set(slot, at(pass.grads.value, i)))
  // Floats travel as the bits of whole numbers.
  const norms = new Float32Array(Int32Array.from(pass.grads.norm).buffer)
  const normOfSlot = new Map<number, number>()
  pass.grads.slot.forEach((slot, i) => {
    const norm = norms[i] ?? NaN
    // Below zero: it was lost with its server before anybody saw it.
    if (!(norm < 0)) normOfSlot.set(slot, norm)
  })
  const stepOfArg = new Map<number, number>()
  pass.steps.arg.forEach((arg, step) => stepOfArg.set(arg, step))
  return { gradOfSlot, normOfSlot, stepOfArg }
})

/// Value id of the gradient that a pass left for a slot; -1 when the pass did not reach it.
export function gradOf(trace: Trace, pass: number, slot: number): number {
  const found = trace.passes[pass]
  return found ? (passIndex(found).gradOfSlot.get(slot) ?? -1) : -1
}

/// Euclidean norm of the gradient that a pass left for a slot; null when the pass did not reach it, or it is not known.
/// NaN and infinity are norms of gradients that hold such numbers.
export function gradNormOf(trace: Trace, pass: number, slot: number): number | null {
  const found = trace.passes[pass]
  return found ? (passIndex(found).normOfSlot.get(slot) ?? null) : null
}

/// The pass's step that sent a contribution to an operand (a position in `args`); -1 when it sent none.
export function stepOfArg(trace: Trace, pass: number, arg: number): number {
  const found = trace.passes[pass]
  return found ? (passIndex(found).stepOfArg.get(arg) ?? -1) : -1
}

/// Value id of incoming gradient x local derivative for one operand; -1 when the pass sent none.
export function contributionOf(trace: Trace, pass: number, arg: number): number {
  const step = stepOfArg(trace, pass, arg)
  return step < 0 ? -1 : at(trace.passes[pass]?.steps.contribution ?? new Int32Array(), step)
}
