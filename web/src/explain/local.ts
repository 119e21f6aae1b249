/// The local derivative of a step as a number or array, where it is one: element by element, the contribution is then
/// the incoming gradient times it. It is read off the two, because the trace holds no derivatives.

import type { Num } from '../protocol/trace'
import { formatNumber, resultSlots, gradOf, shapeOfValue, type Step, type Trace } from '../trace'
import { vjpTemplate } from './template'
import type { SummaryOf } from './numbers'

/// Rules that begin like this work element by element: "ȳ", "−ȳ ⊙ …", "ȳ / …".
const ELEMENTWISE = /^-?\s*(\\tfrac\{[^}]*\}\{[^}]*\}\s*)?\\bar\{y\}\s*($|\\odot|\/)/

/// Short text: "2", "[3 3]"; null when the derivative is not elementwise, or an incoming zero hides it.
export function localDerivative(trace: Trace, step: Step, summaryOf: SummaryOf): string | null {
  const incoming = incomingOf(trace, step)
  if (incoming < 0 || step.axes.length > 0 || !ELEMENTWISE.test(vjpTemplate(trace, step))) return null
  const [g, c] = [summaryOf(incoming)?.data, summaryOf(step.contribution)?.data]
  const shape = shapeOfValue(trace, incoming)
  if (!g || !c || shape.length > 1 || shape.join() !== shapeOfValue(trace, step.contribution).join()) return null
  const ratios = g.map((one, i) => ratio(c[i] ?? 'nan', one))
  const known = ratios.filter((one) => one !== null)
  const [first] = known
  if (first === undefined || known.some((one) => !Number.isFinite(one))) return null
  const short = (one: number): string => formatNumber(one, 3)
  if (known.every((one) => short(one) === short(first))) return short(first)
  if (known.length < ratios.length || ratios.length > 4) return null
  return `[${known.map(short).join(' ')}]`
}

function ratio(contribution: Num, incoming: Num): number | null {
  if (typeof contribution !== 'number' || typeof incoming !== 'number' || incoming === 0) return null
  return contribution / incoming
}

/// Value id of the gradient that comes into a step's node; of several results the first that has one. -1 for none.
export function incomingOf(trace: Trace, { node, pass }: Step): number {
  for (const slot of resultSlots(trace, node)) {
    const value = gradOf(trace, pass, slot)
    if (value >= 0) return value
  }
  return -1
}
