/// Why is this gradient missing, zero, not a number, infinite, huge or tiny? One walk over the tape decides among the
/// reasons of `REASONS` and answers in a sentence with this program's numbers, and the nodes along which it happened.

import type { Summary } from '../protocol/trace'
import { formatNumber } from './format'
import {
  consumers,
  contributionOf,
  expressionOf,
  gradOf,
  hasRole,
  isLeaf,
  isRecordedOp,
  lineOfNode,
  lineOfSite,
  nameOfSlot,
  nodeOfSlot,
  operandArgs,
  operandSlots,
  resultSlots,
  shapeOfValue,
} from './query'
import { at, type Trace } from './types'

export const REASONS = [
  // no gradient
  'not attached', 'outside record', 'paused', 'detached', 'no pass', 'not used', 'not reached',
  // zero
  'zero head gradient', 'no path', 'step', 'dead relu', 'saturated', 'times zero', 'other side', 'not the extreme', 'not chosen', 'clipped', 'cancelled', 'flat',
  // not a number, infinite
  'division by zero', 'outside its domain', 'overflow', 'infinite slope', 'given',
  // huge, tiny
  'grown', 'shrunk',
] as const

export type Reason = (typeof REASONS)[number]

export interface Why {
  readonly reason: Reason
  /// The question in the reader's words, e.g. "Why is ∂x zero?", and its answer.
  readonly question: string
  readonly answer: string
  /// Nodes to light, from the asked one to the one that decides.
  readonly path: readonly number[]
}

export type SummaryOf = (value: number) => Summary | null

/// Above and below these magnitudes a gradient counts as huge or tiny.
export const HUGE = 1e6
export const TINY = 1e-6

/// Null when there is nothing to explain, or when the numbers that decide are not known.
export function whyGradient(trace: Trace, pass: number, slot: number, summaryOf: SummaryOf): Why | null {
  const asked = new Asked(trace, pass, summaryOf)
  const grad = gradOf(trace, pass, slot)
  if (grad < 0) return asked.none(slot)
  const summary = summaryOf(grad)
  if (!summary) return null
  if (summary.nan + summary.inf > 0) return asked.unbounded(slot, summary.nan > 0 ? 'not a number' : 'infinite')
  const size = magnitude(summary)
  if (size === 0) return asked.zero(slot, -1)
  if (size >= HUGE) return asked.scaled(slot, size, 'grown')
  if (size <= TINY) return asked.scaled(slot, size, 'shrunk')
  const empty = summary.data?.findIndex((one) => one === 0) ?? -1
  return empty >= 0 ? asked.zero(slot, empty) : null
}

/// Operations whose value jumps: their derivative is 0 wherever it exists.
const STEPS: readonly string[] = ['sign', 'floor', 'ceil', 'rint', 'trunc', 'round', 'fix']

/// Largest absolute value of an array.
function magnitude(summary: Summary): number {
  return Math.max(Math.abs(Number(summary.min)), Math.abs(Number(summary.max)))
}

function isFinite(summary: Summary): boolean {
  return summary.nan + summary.inf === 0
}

class Asked {
  constructor(
    private readonly trace: Trace,
    private readonly pass: number,
    private readonly summaryOf: SummaryOf,
  ) {}

  // ----- Words -----

  private nameOf(slot: number): string {
    return nameOfSlot(this.trace, slot) ?? (expressionOf(this.trace, nodeOfSlot(this.trace, slot)) || 'this array')
  }

  private at(node: number): string {
    const line = lineOfNode(this.trace, node)
    const text = expressionOf(this.trace, node)
    const shown = text !== '' && text.length <= 40 && !text.includes('\n') ? `\`${text}\`` : this.opOf(node)
    return line > 0 ? `${shown} in line ${line}` : shown
  }

  private opOf(node: number): string {
    return this.trace.ops[at(this.trace.nodes.op, node)]?.name ?? 'operation'
  }

  private passWords(): string {
    const found = this.trace.passes[this.pass]
    const line = found ? lineOfSite(this.trace, found.site) : -1
    return `${found?.kind ?? 'backward'}()${line > 0 ? ` in line ${line}` : ''}`
  }

  private tell(slot: number, what: string, reason: Reason, answer: string, path: readonly number[]): Why {
    return { reason, question: `Why is ∂${this.nameOf(slot)} ${what}?`, answer, path }
  }

  // ----- No gradient -----

  none(slot: number): Why {
    const { trace } = this
    const node = nodeOfSlot(trace, slot)
    const name = this.nameOf(slot)
    const tell = (reason: Reason, answer: string, path: readonly number[] = [node]): Why => this.tell(slot, 'missing', reason, answer, path)
    if (hasRole(trace, node, 'detached')) return tell('detached', `detach() cuts the tape at ${this.at(node)}: no gradient goes back through it.`)
    if (!isRecordedOp(trace, node) && !isLeaf(trace, node)) {
      if (trace.nodes.kind[node] === 0) return tell('not attached', `${name} is a constant: attach_grad() was not called on it before it was used.`)
      const inBlock = at(trace.nodes.block, node) >= 0
      const tracked = operandSlots(trace, node).some((s) => this.isTracked(nodeOfSlot(trace, s)))
      if (inBlock && tracked) return tell('paused', `${this.at(node)} ran under autograd.pause(): it is not on the tape.`)
      if (inBlock) return tell('not attached', `Nothing that ${this.at(node)} was computed from has a gradient: attach_grad() was not called on any of it.`)
      return tell('outside record', `${this.at(node)} ran outside autograd.record(): it is not on the tape.`)
    }
    if (this.pass < 0) return tell('no pass', 'No backward pass started from this recording yet.')
    const cut = this.cutBelow(slot)
    if (cut) return tell('detached', `On its way to the head, detach() cuts the tape at ${this.at(cut.at(-1) ?? node)}.`, cut)
    const stopped = this.stoppedAt(slot)
    if (stopped) {
      const last = stopped.at(-1) ?? node
      const op = this.opOf(last)
      return STEPS.includes(op)
        ? this.tell(slot, 'zero', 'step', `${op} at ${this.at(last)} is a step: its local derivative is 0 everywhere.`, stopped)
        : this.tell(slot, 'zero', 'no path', `${this.at(last)} lets no gradient pass: ${op} answers with a choice, not with a smooth number.`, stopped)
    }
    if (consumers(trace, slot).length === 0) return tell('not used', `Nothing uses ${name}, and ${this.passWords()} did not start from it.`)
    return tell('not reached', `The head of ${this.passWords()} does not depend on ${name}.`)
  }

  /// The way from a slot along the tape to the first operation that has a gradient and sends none on; null if there is none.
  private stoppedAt(slot: number): readonly number[] | null {
    const from = new Map<number, number>([[slot, -1]])
    for (const one of from.keys()) {
      for (const node of consumers(this.trace, one)) {
        if (!isRecordedOp(this.trace, node)) continue
        for (const result of resultSlots(this.trace, node)) {
          if (from.has(result)) continue
          from.set(result, one)
          if (gradOf(this.trace, this.pass, result) >= 0) return this.back(from, result)
        }
      }
    }
    return null
  }

  private isTracked(node: number): boolean {
    return isRecordedOp(this.trace, node) || isLeaf(this.trace, node)
  }

  /// The way from a slot to a detach() whose result the pass's head depends on; null when there is none.
  private cutBelow(slot: number): readonly number[] | null {
    const { trace } = this
    const reached = new Set<number>(trace.passes[this.pass]?.heads ?? [])
    for (const one of [...reached]) this.ancestors(one, reached)
    const from = new Map<number, number>([[slot, -1]])
    for (const one of from.keys()) {
      for (const node of consumers(trace, one)) {
        for (const result of resultSlots(trace, node)) {
          if (from.has(result)) continue
          from.set(result, one)
          if (hasRole(trace, node, 'detached') && reached.has(result)) return this.back(from, result)
        }
      }
    }
    return null
  }

  private ancestors(slot: number, into: Set<number>): void {
    const stack = [slot]
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      for (const operand of operandSlots(this.trace, nodeOfSlot(this.trace, one))) {
        if (into.has(operand)) continue
        into.add(operand)
        stack.push(operand)
      }
    }
  }

  private back(from: ReadonlyMap<number, number>, slot: number): readonly number[] {
    const path: number[] = []
    for (let one = slot; one >= 0; one = from.get(one) ?? -1) path.unshift(nodeOfSlot(this.trace, one))
    return path
  }

  // ----- Zero -----

  /// `element`: the one that is asked about; -1 for the whole array.
  zero(slot: number, element: number): Why | null {
    const { trace } = this
    const what = element < 0 ? 'zero' : `zero at element ${element + 1}`
    const path: number[] = [nodeOfSlot(trace, slot)]
    let here = slot
    let index = element
    for (let steps = 0; steps < 10_000; steps++) {
      const uses = this.contributions(here)
      const heads = trace.passes[this.pass]?.heads ?? []
      if (uses.length === 0) {
        const answer = heads.includes(here)
          ? `The head gradient given to ${this.passWords()} is zero${index >= 0 ? ' there' : ''}.`
          : `Every way from ${this.nameOf(slot)} to the head goes through operations that let no gradient pass.`
        return this.tell(slot, what, heads.includes(here) ? 'zero head gradient' : 'no path', answer, path)
      }
      const sizes = uses.map((use) => this.pick(use.contribution, index))
      if (sizes.some((one) => one === null)) return null
      if (sizes.some((one) => one !== 0)) {
        const parts = uses.map(({ contribution }) => formatNumber(this.pick(contribution, Math.max(index, 0)) ?? 0, 4)).join(' and ')
        return this.tell(slot, what, 'cancelled', `Its contributions cancel: ${parts} add up to 0.`, [...path, ...uses.map(({ node }) => node)])
      }
      const [use] = uses
      if (!use) return null
      path.push(use.node)
      const result = resultSlots(trace, use.node)[0] ?? -1
      const aligned = this.sameShape(here, result)
      const incoming = this.pick(gradOf(trace, this.pass, result), aligned ? index : -1)
      if (incoming === null) return null
      if (incoming !== 0) {
        const [reason, answer] = this.flatRule(use.node, use.arg, aligned ? index : -1)
        return this.tell(slot, what, reason, answer, path)
      }
      here = result
      if (!aligned) index = -1
    }
    return null
  }

  /// The pass's contributions to a slot: which operation sent them, to which operand, which value.
  private contributions(slot: number): readonly { readonly node: number; readonly arg: number; readonly contribution: number }[] {
    const { trace } = this
    return [...new Set(consumers(trace, slot))].flatMap((node) =>
      operandArgs(trace, node).flatMap((arg) => {
        const contribution = at(trace.args.slot, arg) === slot ? contributionOf(trace, this.pass, arg) : -1
        return contribution < 0 ? [] : [{ node, arg, contribution }]
      }),
    )
  }

  private sameShape(a: number, b: number): boolean {
    const [left, right] = [a, b].map((slot) => shapeOfValue(this.trace, at(this.trace.slots.value, slot)).join())
    return left === right
  }

  /// One element of a value, or its largest magnitude; null when it is not known.
  private pick(value: number, index: number): number | null {
    const summary = value < 0 ? null : this.summaryOf(value)
    if (!summary) return null
    if (index < 0) return magnitude(summary)
    const one = summary.data?.[index]
    return one === undefined ? null : Number(one)
  }

  /// Why an operation's local derivative with respect to one operand is zero where the gradient that comes in is not.
  private flatRule(node: number, arg: number, index: number): readonly [Reason, string] {
    const op = this.opOf(node)
    const value = this.operandValue(arg)
    const number = this.pick(value, index)
    const shown = number === null || index < 0 ? '' : ` (${formatNumber(number, 4)})`
    const where = this.at(node)
    if (op === 'relu' || op === 'softrelu') return ['dead relu', `relu is dead at ${where}: its input${shown} is not above 0, so its local derivative is 0.`]
    if (op === 'sigmoid' || op === 'tanh' || op === 'softmax' || op === 'erf') return ['saturated', `${op} is saturated at ${where}: its input${shown} is so far out that its local derivative rounds to 0.`]
    if (op === 'multiply' || op === 'dot' || op === 'matmul') return ['times zero', `${where} multiplies it by 0: the other operand is zero${index >= 0 ? ' there' : ''}.`]
    if (op === 'maximum' || op === 'minimum') return ['other side', `${op} took the other operand at ${where}.`]
    if (op === 'max' || op === 'min') return ['not the extreme', `It is not the ${op === 'max' ? 'largest' : 'smallest'} element at ${where}.`]
    if (op === 'where' || op === 'getitem' || op === 'take' || op === 'pick') return ['not chosen', `${where} does not choose it.`]
    if (op === 'clip') return ['clipped', `${where} cuts it off${shown}: outside the limits the local derivative is 0.`]
    if (STEPS.includes(op)) return ['step', `${op} at ${where} is a step: its local derivative is 0 everywhere.`]
    return ['flat', `The local derivative of ${op} is 0 at ${where}${shown}.`]
  }

  private operandValue(arg: number): number {
    const slot = at(this.trace.args.slot, arg)
    return slot < 0 ? -1 : at(this.trace.slots.value, slot)
  }

  // ----- Not a number, infinite -----

  unbounded(slot: number, what: string): Why | null {
    const { trace } = this
    const found = trace.passes[this.pass]
    if (!found) return null
    const born = this.firstUnbounded()
    if (born >= 0) {
      const given = operandSlots(trace, born).length === 0
      const reason: Reason = given ? 'given' : this.forwardReason(born)
      const line = given ? `${this.nameOf(resultSlots(trace, born)[0] ?? slot)} was given with such numbers` : `${this.at(born)} made the first one on the way forward`
      return this.tell(slot, what, reason, `${line}${this.forwardWords(reason)}.`, [nodeOfSlot(trace, slot), born])
    }
    for (let step = 0; step < found.steps.node.length; step++) {
      const contribution = this.summaryOf(at(found.steps.contribution, step))
      if (!contribution) return null
      if (isFinite(contribution)) continue
      const node = at(found.steps.node, step)
      const incoming = this.summaryOf(gradOf(trace, this.pass, resultSlots(trace, node)[0] ?? -1))
      const reason: Reason = incoming && !isFinite(incoming) ? 'overflow' : 'infinite slope'
      const words = reason === 'overflow' ? 'the gradient that comes in grew beyond the largest number of its dtype' : `its local derivative has no bound there${this.operandWords(node)}`
      return this.tell(slot, what, reason, `${this.at(node)} sends the first one back: ${words}.`, [nodeOfSlot(trace, slot), node])
    }
    return null
  }

  private operandWords(node: number): string {
    const args = operandArgs(this.trace, node)
    const parts = args.flatMap((arg) => {
      const summary = this.summaryOf(this.operandValue(arg))
      return summary ? [`${formatNumber(summary.min, 4)} to ${formatNumber(summary.max, 4)}`] : []
    })
    return parts.length === 0 ? '' : ` (input ${parts.join(' and ')})`
  }

  /// First node that the heads depend on with a result that is not finite although its operands are; -1 for none.
  private firstUnbounded(): number {
    const { trace } = this
    const reached = new Set<number>(trace.passes[this.pass]?.heads ?? [])
    for (const one of [...reached]) this.ancestors(one, reached)
    const nodes = [...new Set([...reached].map((slot) => nodeOfSlot(trace, slot)))].sort((a, b) => a - b)
    return nodes.find((node) => resultSlots(trace, node).some((slot) => this.isUnbounded(slot))) ?? -1
  }

  private isUnbounded(slot: number): boolean {
    const summary = this.summaryOf(at(this.trace.slots.value, slot))
    return summary !== null && !isFinite(summary)
  }

  private forwardReason(node: number): Reason {
    const op = this.opOf(node)
    const inputs = operandArgs(this.trace, node).map((arg) => this.summaryOf(this.operandValue(arg)))
    const divides = (op === 'true_divide' && (inputs.at(-1)?.zero ?? 1) > 0) || (op === 'reciprocal' && (inputs[0]?.zero ?? 0) > 0)
    if (divides) return 'division by zero'
    const result = this.summaryOf(at(this.trace.slots.value, resultSlots(this.trace, node)[0] ?? -1))
    if ((result?.nan ?? 0) > 0 || ['log', 'log2', 'log10', 'log1p', 'sqrt', 'arcsin', 'arccos', 'arctanh', 'arccosh'].includes(op)) return 'outside its domain'
    return 'overflow'
  }

  private forwardWords(reason: Reason): string {
    if (reason === 'division by zero') return ': it divides by 0'
    if (reason === 'outside its domain') return ': its input lies outside, or on the edge of, where the function is defined'
    return reason === 'overflow' ? ': its result is larger than the largest number of its dtype' : ''
  }

  // ----- Huge, tiny -----

  scaled(slot: number, size: number, reason: 'grown' | 'shrunk'): Why | null {
    const { trace } = this
    const path = [nodeOfSlot(trace, slot)]
    let here = slot
    let worst = { node: -1, factor: 1 }
    for (let steps = 0; steps < 10_000; steps++) {
      const uses = this.contributions(here)
      const sizes = uses.map((use) => this.pick(use.contribution, -1) ?? 0)
      const most = sizes.indexOf(Math.max(...sizes))
      const use = uses[most]
      if (!use) break
      path.push(use.node)
      const result = resultSlots(trace, use.node)[0] ?? -1
      const incoming = this.pick(gradOf(trace, this.pass, result), -1)
      if (incoming === null) return null
      const factor = incoming === 0 ? 1 : (sizes[most] ?? 0) / incoming
      if (reason === 'grown' ? factor > worst.factor : factor < worst.factor) worst = { node: use.node, factor }
      here = result
    }
    const start = this.pick(gradOf(trace, this.pass, here), -1) ?? 1
    const verb = reason === 'grown' ? 'grows' : 'shrinks'
    const most = worst.node < 0 ? '' : ` The strongest step is ${this.at(worst.node)}: times ${formatNumber(worst.factor, 3)}.`
    const answer = `On its way back through ${path.length - 1} operations it ${verb} from ${formatNumber(start, 3)} to ${formatNumber(size, 3)}.${most}`
    return this.tell(slot, reason === 'grown' ? 'huge' : 'tiny', reason, answer, path)
  }
}
