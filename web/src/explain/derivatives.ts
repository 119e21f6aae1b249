/// The local derivatives of a node: each operand's VJP in symbols, the numbers where it works element by element, else the
/// size of the Jacobian that the VJP stands for. And how a gradient came together from its contributions.

import { at, formatShape, gradientAt, nameOfSlot, expressionOf, operandArgs, resultSlots, shapeOfValue, sizeOf, stepAt, stepOfContribution, timelineOf, isComputed, type Trace } from '../trace'
import { barred, filled, nameLatex, type Term } from './latex'
import { localDerivative } from './local'
import { shortValue, type SummaryOf } from './numbers'
import { argTerm, operandTerm } from './symbol'
import { argsNamed, operandName, vjpTemplate } from './template'

export interface Derivative {
  /// The operand in the code's words.
  readonly operand: string
  /// The VJP: `\bar{x} = …`.
  readonly latex: string
  /// The local derivative's numbers, where the rule works element by element and a pass came by.
  readonly numbers: string | null
  /// The Jacobian's size, where it does not.
  readonly jacobian: string | null
}

const Y: Term = { latex: 'y', compound: false }

/// `pass`: -1 when none came by. `step`: null for the end.
export function derivativesOf(trace: Trace, node: number, pass: number, step: number | null, summaryOf: SummaryOf): readonly Derivative[] {
  const [result = -1] = resultSlots(trace, node)
  return operandArgs(trace, node).flatMap((arg) => {
    const slot = at(trace.args.slot, arg)
    const template = vjpTemplate(trace, { node, arg })
    if (slot < 0 || template === '') return []
    const name = operandName(trace, node, arg)
    const rule = filled(template, {
      operand: (one) => (argsNamed(trace, node, one).length > 0 ? { latex: nameLatex(one), compound: false } : operandTerm(trace, node, one, (other) => argTerm(trace, other))),
      incoming: barred(Y),
      result: Y,
    })
    const index = pass < 0 ? -1 : stepOfContribution(trace, pass, arg)
    const own = index < 0 || (step !== null && index > step) ? null : stepAt(trace, index)
    const numbers = own && localDerivative(trace, own, summaryOf)
    return [{ operand: operandText(trace, slot), latex: `${barred({ latex: nameLatex(name), compound: false }).latex} = ${rule}`, numbers, jacobian: numbers === null ? jacobianText(trace, result, slot) : null }]
  })
}

function jacobianText(trace: Trace, result: number, slot: number): string {
  const [to, from] = [shapeOfValue(trace, at(trace.slots.value, result)), shapeOfValue(trace, at(trace.slots.value, slot))]
  const [rows, cols] = [sizeOf(to), sizeOf(from)]
  return `Jacobian ${formatShape(to)} by ${formatShape(from)}: ${rows.toLocaleString('en')} × ${cols.toLocaleString('en')} = ${(rows * cols).toLocaleString('en')} entries, never formed`
}

/// Its variable, else its expression.
export function operandText(trace: Trace, slot: number): string {
  const node = at(trace.slots.node, slot)
  const name = nameOfSlot(trace, slot)
  if (name !== null) return name
  const text = expressionOf(trace, node) || (trace.ops[at(trace.nodes.op, node)]?.name ?? 'array')
  return text.length > 32 ? `${text.slice(0, 31)}…` : text
}

export interface Contribution {
  /// The operation that sent it; null for the head's own gradient.
  readonly node: number | null
  readonly from: string
  readonly gift: string
  readonly sum: string
}

/// What came together in a slot's gradient up to a step (null: the end), with the running sum. Empty when nothing was added.
export function contributionsOf(trace: Trace, pass: number, slot: number, step: number | null, summaryOf: SummaryOf): readonly Contribution[] {
  const show = (value: number): string => shortValue(trace, value, summaryOf, 32)
  const line = timelineOf(trace)
  const found: Contribution[] = []
  const head = trace.passes[pass]?.heads.indexOf(slot) ?? -1
  const seed = trace.passes[pass]?.headGrads[head]
  if (seed !== undefined && (step === null || gradientAt(trace, step, pass, slot) >= 0)) found.push({ node: null, from: 'head gradient', gift: show(seed), sum: show(seed) })
  for (const index of line.given[pass]?.get(slot) ?? []) {
    if (step !== null && index > step) break
    const own = stepAt(trace, index)
    if (!own) continue
    const text = expressionOf(trace, own.node) || (trace.ops[at(trace.nodes.op, own.node)]?.name ?? 'operation')
    found.push({ node: own.node, from: text.length > 40 ? `${text.slice(0, 39)}…` : text, gift: show(own.contribution), sum: show(own.sum) })
  }
  return found
}

/// Values that `derivativesOf` and `contributionsOf` show: what must be asked for when the trace left them out.
export function valuesOfContributions(trace: Trace, pass: number, slot: number, most: number): readonly number[] {
  const steps = (timelineOf(trace).given[pass]?.get(slot) ?? []).slice(0, most)
  return steps.flatMap((index) => {
    const own = stepAt(trace, index)
    return own ? [own.contribution, own.sum] : []
  })
}

/// Whether a node has its value at a step (null: the end).
export function isDone(trace: Trace, step: number | null, node: number): boolean {
  return step === null || isComputed(trace, step, node)
}
