/// What an array is called in a formula: its variable, numbered when the variable is assigned several times; else the
/// formula that made it, as far as that is short.

import { at, formatNumber, hasRole, nameOfSlot, nodeOfSlot, once, resultSlots, type Trace } from '../trace'
import { filled, nameLatex, textLatex, type Term } from './latex'
import { argsNamed, forwardTemplate, infoOf } from './template'

/// How far unnamed operands are written out, and how long that may get.
const DEPTH = 2
const LONGEST = 110

export function symbolOf(trace: Trace, slot: number, depth = DEPTH): Term {
  const name = nameOfSlot(trace, slot)
  if (name !== null) return { latex: nameLatex(name, at(turnsOf(trace), slot)), compound: false }
  const node = nodeOfSlot(trace, slot)
  const short: Term = { latex: `\\operatorname{${textLatex(infoOf(trace, node)?.name ?? 'op').slice(6, -1)}}(\\dots)`, compound: false }
  if (trace.nodes.kind[node] === 0) return { latex: `\\mathbf{${constantOf(trace, slot)}}`, compound: false }
  if (depth === 0) return short
  const made = expressionTerm(trace, node, depth - 1)
  return made.latex.length > LONGEST ? short : made
}

/// An array without a name: the number that fills it, else "c".
function constantOf(trace: Trace, slot: number): string {
  const summary = trace.values.summaries[at(trace.slots.value, slot)]
  return summary && summary.min === summary.max && typeof summary.min === 'number' && Number.isInteger(summary.min) && summary.min >= 0 ? formatNumber(summary.min) : 'c'
}

/// The formula of a node with its operands' symbols.
export function expressionTerm(trace: Trace, node: number, depth = DEPTH): Term {
  const template = forwardTemplate(trace, node)
  const slots = resultSlots(trace, node)
  const result: Term = { latex: slots[0] !== undefined && nameOfSlot(trace, slots[0]) !== null ? symbolOf(trace, slots[0], 0).latex : 'y', compound: false }
  const latex = filled(template, {
    operand: (name) => operandTerm(trace, node, name, (arg) => argTerm(trace, arg, depth)),
    incoming: result,
    result,
  })
  // A name alone, a function of it, or one in brackets binds by itself.
  return { latex, compound: !/^(\{[^{}]*\}|\\(frac|sqrt|operatorname)\b.*|\[.*\]|\|.*\|)$/.test(template) }
}

/// All operands that a template's name stands for, or an attribute of that name.
export function operandTerm(trace: Trace, node: number, name: string, termOf: (arg: number) => Term): Term | null {
  const args = argsNamed(trace, node, name)
  if (args.length > 0) {
    const terms = args.map(termOf)
    if (terms.length === 1) return terms[0] ?? null
    const shown = terms.length > 4 ? [...terms.slice(0, 3), { latex: '\\dots' }] : terms
    return { latex: shown.map(({ latex }) => latex).join(',\\,'), compound: false }
  }
  const attrs = trace.attrs[at(trace.nodes.attrs, node)]
  const value = attrs?.[name]
  if (typeof value === 'number') return { latex: String(value), compound: value < 0 }
  return null
}

/// An operand: its array's symbol, or the literal.
export function argTerm(trace: Trace, arg: number, depth = DEPTH): Term {
  const slot = at(trace.args.slot, arg)
  if (slot >= 0) return symbolOf(trace, slot, depth)
  const literal = trace.literals[at(trace.args.literal, arg)] ?? '?'
  return { latex: /^-?[\d.]+$/.test(literal) ? literal : textLatex(literal), compound: literal.startsWith('-') }
}

/// Which assignment of its variable in its cell each slot is (from 1); 0 when it is the only one.
const turnsOf = once((trace: Trace): Int32Array => {
  const slots = trace.slots.node.length
  const found = new Int32Array(slots)
  const seen = new Map<string, number[]>()
  for (let s = 0; s < slots; s++) {
    const name = nameOfSlot(trace, s)
    const node = nodeOfSlot(trace, s)
    if (name === null || !(trace.nodes.kind[node] === 0 || hasRole(trace, node, 'recorded') || hasRole(trace, node, 'write'))) continue
    const key = `${at(trace.nodes.cell, node)} ${name}`
    const list = seen.get(key)
    if (list) list.push(s)
    else seen.set(key, [s])
  }
  for (const list of seen.values()) if (list.length > 1) list.forEach((s, i) => (found[s] = i + 1))
  return found
})
