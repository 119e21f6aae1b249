/// What a check of gradients means for each node. A wrong VJP is blamed itself; what lies before it, whose gradient is wrong
/// for that reason alone, is told so.

import type { CheckReason, Verdict } from '../protocol/check'
import { at, element, expressionOf, formatNumber, lineOfNode, nameOfSlot, nodeCount, operandSlots, resultSlots, shapeOfValue, type Trace } from '../trace'

export type BadgeTone = 'ok' | 'differs' | 'spoiled' | 'unchecked'

export interface Badge {
  readonly tone: BadgeTone
  /// One or two words: "agrees", "differs", "spoiled", "at a kink".
  readonly word: string
  /// Sentences with the numbers.
  readonly text: string
  /// The node that is to blame; -1 for none, or when it is the node itself.
  readonly because: number
}

/// In one or two words, and in a sentence.
export const REASON_WORDS: Readonly<Record<CheckReason, readonly [word: string, text: string]>> = {
  kink: ['at a kink', 'It stands at a kink, where the slopes of the two sides differ: there is no derivative there, and the rule is a convention.'],
  random: ['random', 'It draws random numbers, so running it again gives something else.'],
  changed: ['not repeatable', 'Running it again on the recorded operands gives other values: an array was written to, or it depends on something else.'],
  integer: ['integer', 'Integers have no neighbours to go to: there is no difference quotient.'],
  convention: ['by convention', 'Its gradient is by definition not the derivative of its value (an output layer).'],
  forgotten: ['not kept', 'The trace had no room for its values.'],
  infinite: ['not finite', 'NaN or infinity is among its values or gradients.'],
  rounding: ['rounding', 'The rule is right, but in single precision rounding has changed the number.'],
  error: ['error', 'Running it again raised an error.'],
}

export function badgesOf(trace: Trace, verdicts: readonly Verdict[]): ReadonlyMap<number, Badge> {
  const nodes = nodeCount(trace)
  const known = verdicts.filter(({ node, slot }) => node < nodes && (slot < 0 || at(trace.slots.node, slot) === node))
  const byNode = new Map<number, Verdict[]>()
  for (const verdict of known) {
    const own = byNode.get(verdict.node)
    if (own) own.push(verdict)
    else byNode.set(verdict.node, [verdict])
  }
  const because = culprits(trace, known)
  const badges = new Map<number, Badge>()
  for (const [node, own] of byNode) badges.set(node, badgeOf(trace, node, own, at(because, node)))
  return badges
}

function badgeOf(trace: Trace, node: number, own: readonly Verdict[], culprit: number): Badge {
  const rule = own.find(({ kind, status }) => kind === 'rule' && status === 'differs')
  if (rule) return { tone: 'differs', word: 'differs', text: `Its backward is wrong: ${numbersOf(trace, rule)}.`, because: -1 }
  const wrong = own.find(({ kind, status }) => kind === 'gradient' && status === 'differs')
  if (wrong) {
    const text = `Its gradient is wrong: ${numbersOf(trace, wrong)}.`
    if (culprit < 0) return { tone: 'differs', word: 'differs', text, because: -1 }
    return { tone: 'spoiled', word: 'spoiled', text: `${text} ${trace.nodes.kind[node] === 1 ? 'Its own rule is right; ' : ''}${nodeText(trace, culprit)} spoils it.`, because: culprit }
  }
  const unchecked = own.find(({ status, reason }) => status === 'unchecked' && reason !== '')
  if (unchecked?.reason) {
    const [word, text] = REASON_WORDS[unchecked.reason]
    const detail = unchecked.reason === 'kink' && unchecked.detail !== '' ? ` (${unchecked.detail} elements)` : unchecked.reason === 'error' ? ` ${unchecked.detail}` : ''
    const rounded = unchecked.reason === 'rounding' ? ` Here ${show(unchecked.exact)}, in double precision ${show(unchecked.numeric)}.` : ''
    return { tone: 'unchecked', word, text: `${text}${detail}${rounded}`, because: -1 }
  }
  const count = own.reduce((sum, { checked }) => sum + checked, 0)
  return { tone: 'ok', word: 'agrees', text: `Agrees with central differences in float64 (${count} ${count === 1 ? 'element' : 'elements'} compared).`, because: -1 }
}

function numbersOf(trace: Trace, { kind, at: index, exact, numeric, slot, arg }: Verdict): string {
  const array = kind === 'gradient' ? slot : at(trace.args.slot, arg)
  const shape = array < 0 ? [] : shapeOfValue(trace, at(trace.slots.value, array))
  const name = array < 0 ? '' : (nameOfSlot(trace, array) ?? '')
  const place = kind === 'rule' && name !== '' ? ` for ${name}` : ''
  return `it gives ${show(exact)}${place}${index >= 0 && shape.length > 0 ? ` at [${indexText(shape, index)}]` : ''}, central differences ${show(numeric)}`
}

const show = (one: Verdict['exact']): string => (typeof one === 'number' ? formatNumber(one, 4) : element(one, '', 4))

/// "1, 2" for position 5 of an array of shape (2, 3).
export function indexText(shape: readonly number[], position: number): string {
  const index: number[] = []
  for (let axis = shape.length - 1, rest = position; axis >= 0; axis--) {
    const size = Math.max(1, shape[axis] ?? 1)
    index.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return index.join(', ')
}

/// "Cube (line 12)".
export function nodeText(trace: Trace, node: number): string {
  const slots = resultSlots(trace, node)
  const name = (slots.length === 1 ? nameOfSlot(trace, slots[0] ?? -1) : null) ?? expressionOf(trace, node)
  const op = trace.ops[at(trace.nodes.op, node)]?.name ?? 'operation'
  const what = trace.nodes.kind[node] === 1 ? op : name || op
  const line = lineOfNode(trace, node)
  return line > 0 ? `${what} (line ${line})` : what
}

/// For every node the nearest later node whose VJP is wrong and through which a gradient comes to it; -1 for none.
function culprits(trace: Trace, verdicts: readonly Verdict[]): Int32Array {
  const because = new Int32Array(nodeCount(trace)).fill(-1)
  const wrong = new Set(verdicts.filter(({ kind, status }) => kind === 'rule' && status === 'differs').map(({ node }) => node))
  if (wrong.size === 0) return because
  // Operands come from earlier nodes, so one walk back is enough; the latest to write is the nearest.
  for (let node = because.length - 1; node >= 0; node--) {
    const from = wrong.has(node) ? node : at(because, node)
    if (from < 0) continue
    for (const slot of operandSlots(trace, node)) because[at(trace.slots.node, slot)] = from
  }
  return because
}

/// How a check went, in one sentence.
export function checkText(trace: Trace, badges: ReadonlyMap<number, Badge>): string {
  const all = [...badges.entries()]
  const count = (tone: BadgeTone): number => all.filter(([, badge]) => badge.tone === tone).length
  const wrong = all.filter(([, { tone }]) => tone === 'differs').map(([node]) => nodeText(trace, node))
  const [ok, spoiled, unchecked] = [count('ok'), count('spoiled'), count('unchecked')]
  const parts = [
    wrong.length > 0 ? `${wrong.slice(0, 3).join(', ')}${wrong.length > 3 ? ` and ${wrong.length - 3} more` : ''} ${wrong.length === 1 ? 'differs' : 'differ'}` : '',
    spoiled > 0 ? `${spoiled} ${spoiled === 1 ? 'gradient is' : 'gradients are'} wrong for that reason` : '',
    ok > 0 ? `${wrong.length === 0 && unchecked === 0 ? 'all ' : ''}${ok} ${ok === 1 ? 'node agrees' : 'nodes agree'} with central differences` : '',
    unchecked > 0 ? `${unchecked} cannot be checked` : '',
  ].filter((part) => part !== '')
  const text = parts.join('; ')
  return text === '' ? 'There is no gradient to check.' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
