/// A step in one plain sentence.

import { at, expressionOf, hasRole, nameOfSlot, nodeOfSlot, resultSlots, timelineOf, visitsOf, type Step, type Trace } from '../trace'
import { axesText } from './formulas'
import { shortValue, type SummaryOf } from './numbers'

/// "step 16 of 29: back through `b * 2`, line 6: the gradient of b gets [2 0]".
export function sentenceOf(trace: Trace, step: Step, summaryOf: SummaryOf): string {
  return `step ${step.index + 1} of ${timelineOf(trace).length}: ${placeOf(trace, step)}: ${whatHappens(trace, step, summaryOf)}`
}

function placeOf(trace: Trace, step: Step): string {
  const what = step.kind === 'backward' ? `back through ${quoted(trace, step.node)}` : quoted(trace, step.node)
  const visits = visitsOf(trace, step.node).length
  const visit = visits > 1 && !hasRole(trace, step.node, 'backward') ? `, visit ${at(trace.nodes.visit, step.node) + 1} of ${visits}` : ''
  return `${what}${step.line > 0 ? `, line ${step.line}` : ''}${visit}`
}

/// The expression in the code; the operation's name for what a recorded backward pass made.
function quoted(trace: Trace, node: number): string {
  const name = trace.ops[at(trace.nodes.op, node)]?.name ?? 'operation'
  if (hasRole(trace, node, 'backward')) return `${name} (made by the backward pass)`
  const text = expressionOf(trace, node)
  if (text === '') return nameOfSlot(trace, resultSlots(trace, node)[0] ?? -1) ?? name
  return `\`${text.length > 48 ? `${text.slice(0, 47)}…` : text}\``
}

/// What the step does: "b gets [0.2 0.37]", "the gradient of b gets [2 0]".
export function whatHappens(trace: Trace, step: Step, summaryOf: SummaryOf): string {
  const show = (value: number): string => shortValue(trace, value, summaryOf)
  if (step.kind === 'forward') {
    const slots = resultSlots(trace, step.node)
    const parts = slots.map((slot) => `${nameOfSlot(trace, slot) ?? (slots.length > 1 ? 'a result' : 'the result')} is ${show(at(trace.slots.value, slot))}`)
    return parts.join(', ')
  }
  const whose = `the gradient of ${arrayName(trace, step.slot)}`
  const axes = step.axes.length > 0 ? `, summed over ${axesText(step.axes)} because it was broadcast` : ''
  const gets = `${whose} gets ${show(step.contribution)}${axes}`
  if (step.turns < 2) return gets
  if (step.turn === 0) return `${gets}, the first of ${step.turns} contributions`
  return `${gets} more and is now ${show(step.sum)} (${step.turn + 1} of ${step.turns} contributions)`
}

/// Name of what a step fills: the variable, else the expression; of several results all that have a name.
export function filledBy(trace: Trace, step: Step): string {
  if (step.kind === 'backward') return arrayName(trace, step.slot)
  return resultSlots(trace, step.node).map((slot) => nameOfSlot(trace, slot)).filter((name) => name !== null).join(', ')
}

function arrayName(trace: Trace, slot: number): string {
  const name = nameOfSlot(trace, slot)
  return name ?? quoted(trace, nodeOfSlot(trace, slot))
}
