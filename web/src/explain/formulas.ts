/// Three lines of mathematics for a step: the rule in symbols, with this program's names, and with its numbers.

import { at, gradientAt, gradOf, nameOfSlot, operandArgs, resultSlots, type Step, type Trace } from '../trace'
import { barred, filled, nameLatex, type Fill, type Term } from './latex'
import { incomingOf } from './local'
import { valueTerm, type SummaryOf } from './numbers'
import { argTerm, expressionTerm, operandTerm, symbolOf } from './symbol'
import { argsNamed, forwardTemplate, operandName, vjpTemplate } from './template'

export interface Formulas {
  readonly rule: string
  readonly program: string
  readonly numbers: string
}

const IMPLIES = '\\;\\;\\Longrightarrow\\;\\;'
const Y: Term = { latex: 'y', compound: false }

export function formulasOf(trace: Trace, step: Step, summaryOf: SummaryOf): Formulas {
  return step.kind === 'forward' ? forward(trace, step, summaryOf) : backward(trace, step, summaryOf)
}

function forward(trace: Trace, { node }: Step, summaryOf: SummaryOf): Formulas {
  const [slot = -1] = resultSlots(trace, node)
  const value = valueTerm(trace, at(trace.slots.value, slot), summaryOf, 'val')
  const name = nameOfSlot(trace, slot)
  const left = name === null ? '' : `${symbolOf(trace, slot).latex} = `
  if (trace.nodes.kind[node] === 0) {
    return { rule: '\\text{an array that the program starts from}', program: symbolOf(trace, slot).latex, numbers: `${left}${value.latex}` }
  }
  const numbers = filled(forwardTemplate(trace, node), {
    operand: (operand) => operandTerm(trace, node, operand, (arg) => numberTerm(trace, arg, summaryOf)),
    incoming: value,
    result: value,
  })
  return {
    rule: `y = ${filled(forwardTemplate(trace, node), symbols(trace, node))}`,
    program: `${left}${expressionTerm(trace, node).latex}`,
    numbers: `${numbers} = ${value.latex}`,
  }
}

function backward(trace: Trace, step: Step, summaryOf: SummaryOf): Formulas {
  const { node, arg, slot, pass } = step
  const template = vjpTemplate(trace, step)
  const rule = template === '' ? (trace.ops[at(trace.nodes.op, node)]?.latexVjps.length ? '0' : `\\operatorname{backward}(\\bar{y})`) : template
  const own = operandName(trace, node, arg)
  const result = resultTerm(trace, node, pass)
  const summed = (body: string): string => (step.axes.length > 0 ? `\\sum\\nolimits_{\\text{${axesText(step.axes)}}} \\left(${body}\\right)` : body)
  const sign = step.turns > 1 ? '\\mathrel{+}=' : '='
  const symbolic = filled(rule, symbols(trace, node))
  const named = filled(rule, {
    operand: (name) => operandTerm(trace, node, name, (one) => argTerm(trace, one)),
    incoming: barred(result),
    result,
  })
  const incoming = valueTerm(trace, incomingOf(trace, step), summaryOf, 'grd')
  const [first = -1] = resultSlots(trace, node)
  const numeric = filled(rule, {
    operand: (name) => operandTerm(trace, node, name, (one) => numberTerm(trace, one, summaryOf)),
    incoming,
    result: valueTerm(trace, at(trace.slots.value, first), summaryOf, 'val'),
  })
  const before = step.turn > 0 ? gradientAt(trace, step.index - 1, pass, slot) : -1
  const contribution = valueTerm(trace, step.contribution, summaryOf, 'grd')
  const running =
    before < 0 ? '' : `,\\quad ${valueTerm(trace, before, summaryOf, 'grd').latex} + ${contribution.latex} = ${valueTerm(trace, step.sum, summaryOf, 'grd').latex}`
  return {
    rule: `y = ${filled(forwardTemplate(trace, node), symbols(trace, node))}${IMPLIES}${barred({ latex: nameLatex(own), compound: false }).latex} = ${symbolic}`,
    program: `${barred(symbolOf(trace, slot)).latex} ${sign} ${summed(named)}`,
    numbers: `${summed(numeric)} = ${contribution.latex}${running}`,
  }
}

/// The template's own letters.
function symbols(trace: Trace, node: number): Fill {
  const { incoming, result } = { incoming: barred(Y), result: Y }
  return {
    operand: (name) => (argsNamed(trace, node, name).length > 0 ? { latex: nameLatex(name), compound: false } : operandTerm(trace, node, name, (arg) => argTerm(trace, arg))),
    incoming,
    result,
  }
}

/// The node's result that a gradient came to; of several the first one.
function resultTerm(trace: Trace, node: number, pass: number): Term {
  const slots = resultSlots(trace, node)
  const slot = slots.find((one) => gradOf(trace, pass, one) >= 0) ?? slots[0] ?? -1
  return symbolOf(trace, slot)
}

function numberTerm(trace: Trace, arg: number, summaryOf: SummaryOf): Term {
  const slot = at(trace.args.slot, arg)
  return slot < 0 ? argTerm(trace, arg) : valueTerm(trace, at(trace.slots.value, slot), summaryOf, 'val')
}

export function axesText(axes: readonly number[]): string {
  return `${axes.length === 1 ? 'axis' : 'axes'} ${axes.join(', ')}`
}

/// Values that the words and formulas of a step show: what must be asked for when the trace left them out.
export function valuesOfStep(trace: Trace, step: Step): readonly number[] {
  const operands = operandArgs(trace, step.node).map((arg) => at(trace.args.slot, arg)).filter((slot) => slot >= 0)
  const forward = [...operands, ...resultSlots(trace, step.node)].map((slot) => at(trace.slots.value, slot))
  const back = step.kind === 'backward' ? [incomingOf(trace, step), step.contribution, step.sum, gradientAt(trace, step.index - 1, step.pass, step.slot)] : []
  return [...forward, ...back].filter((value) => value >= 0)
}
