/// The engine's formula for a node and for one of its operands.

import { at, operandArgs, type Step, type Trace } from '../trace'
import { textLatex } from './latex'

export function infoOf(trace: Trace, node: number) {
  return trace.ops[at(trace.nodes.op, node)]
}

export function forwardTemplate(trace: Trace, node: number): string {
  const info = infoOf(trace, node)
  return info?.latex || `\\operatorname{${textLatex(info?.name ?? 'op').slice('\\text{'.length, -1)}}`
}

/// The rule of a backward step's operand; "" when it has none: its gradient is zero.
export function vjpTemplate(trace: Trace, { node, arg }: Pick<Step, 'node' | 'arg'>): string {
  const rules = infoOf(trace, node)?.latexVjps ?? []
  const position = arg - at(trace.nodes.argStart, node)
  // One rule stands for all operands of an operation that takes any number.
  return rules[Math.min(position, rules.length - 1)] ?? ''
}

/// Name of an operand in the templates.
export function operandName(trace: Trace, node: number, arg: number): string {
  const names = infoOf(trace, node)?.operands ?? []
  return names[Math.min(arg - at(trace.nodes.argStart, node), names.length - 1)] ?? 'x'
}

/// Operands that a template's name stands for: one, or all the rest when it is the last name of a variadic operation.
export function argsNamed(trace: Trace, node: number, name: string): readonly number[] {
  const names = infoOf(trace, node)?.operands ?? []
  const position = names.indexOf(name)
  if (position < 0) return []
  const args = operandArgs(trace, node)
  return position === names.length - 1 ? args.slice(position) : args.slice(position, position + 1)
}
