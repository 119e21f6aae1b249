/// A step in one plain sentence.

import { at, expressionOf, hasRole, lineOfNode, nameOfSlot, nodeOfSlot, resultSlots, timelineOf, visitsOf, type Step, type Trace } from '../trace'
import { axesText } from './formulas'
import { shortValue, type SummaryOf } from './numbers'

/// "step 16 of 29: back through `b * 2`, line 6: the gradient of b gets [2 0]".
export function sentenceOf(trace: Trace, step: Step, summaryOf: SummaryOf): string {
  return `step ${step.index + 1} of ${timelineOf(trace).length}: ${placeOf(trace, step)}: ${whatHappens(trace, step, summaryOf)}`
}

function placeOf(trace: Trace, step: Step): string {
  const { node, line } = step
  const what = step.kind === 'backward' ? `back through ${called(trace, node)}` : called(trace, node)
  if (isMade(trace, node)) return what
  const visits = visitsOf(trace, node).length
  const visit = visits > 1 ? `, visit ${at(trace.nodes.visit, node) + 1} of ${visits}` : ''
  return `${what}${line > 0 ? `, line ${line}` : ''}${visit}`
}

/// The expression in the code. What a recorded backward pass made has none of its own.
function called(trace: Trace, node: number): string {
  const name = opName(trace, node)
  if (isMade(trace, node)) {
    const line = lineOfNode(trace, node)
    return `${name}, made by the backward pass${line > 0 ? ` of line ${line}` : ''}`
  }
  const text = expressionOf(trace, node)
  if (text !== '') return `\`${text.length > 48 ? `${text.slice(0, 47)}…` : text}\``
  return nameOfSlot(trace, resultSlots(trace, node)[0] ?? -1) ?? (trace.nodes.kind[node] === 0 ? 'a new array' : name)
}

const isMade = (trace: Trace, node: number): boolean => hasRole(trace, node, 'backward')
const opName = (trace: Trace, node: number): string => trace.ops[at(trace.nodes.op, node)]?.name ?? 'operation'

/// What the step does: "b gets [0.2 0.37]", "the gradient of b gets [2 0]".
export function whatHappens(trace: Trace, step: Step, summaryOf: SummaryOf): string {
  const show = (value: number): string => shortValue(trace, value, summaryOf)
  if (step.kind === 'forward') {
    const slots = resultSlots(trace, step.node)
    const parts = slots.map((slot) => `${nameOfSlot(trace, slot) ?? (slots.length > 1 ? 'a result' : 'the result')} is ${show(at(trace.slots.value, slot))}`)
    return parts.join(', ')
  }
  const whose = `the gradient of ${arrayName(trace, step.slot)}`
  const axes = step.axes.length > 0 ? `summed over ${axesText(step.axes)} because it was broadcast` : ''
  const gift = show(step.contribution)
  if (step.turn === 0) {
    const first = step.turns > 1 ? `the first of ${step.turns} contributions` : ''
    return [`${whose} gets ${gift}`, axes, first].filter((part) => part !== '').join(', ')
  }
  return `${whose} gets ${gift} more${axes === '' ? '' : ` (${axes})`} and is now ${show(step.sum)} (${step.turn + 1} of ${step.turns})`
}

/// Name of what a step fills: the variable, else the expression; of several results all that have a name.
export function filledBy(trace: Trace, step: Step): string {
  if (step.kind === 'backward') return arrayName(trace, step.slot)
  return resultSlots(trace, step.node).map((slot) => nameOfSlot(trace, slot)).filter((name) => name !== null).join(', ')
}

function arrayName(trace: Trace, slot: number): string {
  const node = nodeOfSlot(trace, slot)
  return nameOfSlot(trace, slot) ?? (isMade(trace, node) ? `the result of ${opName(trace, node)}` : called(trace, node))
}
