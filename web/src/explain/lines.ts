/// What each line of the program made, for the end of the line: shape, value and gradient of its outermost result at a step.

import { at, codeLines, dtypeOfValue, element, formatShape, framesOfSite, gradientAt, gradOf, hasRole, isComputed, nodeCount, once, resultSlots, shapeOfValue, type Trace } from '../trace'
import { shortValue, type SummaryOf } from './numbers'

export interface LineValue {
  /// Last line of the expression, from 1.
  readonly line: number
  readonly node: number
  readonly shape: string
  readonly value: string
  /// Empty when no pass has reached it.
  readonly gradient: string
  /// "3 of 40" when the line was visited more than once.
  readonly visit: string
}

export interface LineValues {
  readonly lines: readonly LineValue[]
  /// Values that are shown and not known yet.
  readonly pending: readonly number[]
}

/// Room for a value.
const MOST = 26

/// `step`: null for the end. `shown`: of a node in a loop, the same in the turn that the loop shows (itself when it shows no other).
export function lineValuesOf(trace: Trace, step: number | null, summaryOf: SummaryOf, shown: (node: number) => number = (node) => node): LineValues {
  const pending: number[] = []
  const show = (value: number): string => {
    const summary = summaryOf(value)
    if (!summary) pending.push(value)
    const text = shortValue(trace, value, summaryOf, MOST)
    if (!summary || !text.endsWith(' array')) return text
    const dtype = dtypeOfValue(trace, value)
    const [min, max] = [element(summary.min, dtype, 3), element(summary.max, dtype, 3)]
    const odd = summary.nan + summary.inf > 0 ? `, ${summary.nan > 0 ? `${summary.nan} nan` : `${summary.inf} inf`}` : ''
    return `${min === max ? `all ${min}` : `${min} … ${max}`}${odd}`
  }
  const lines = [...resultsOfLines(trace)].flatMap(([line, nodes]): readonly LineValue[] => {
    const last = step === null ? nodes.length - 1 : nodes.findLastIndex((node) => isComputed(trace, step, node))
    const turn = nodes.length > 1 ? nodes.indexOf(shown(nodes[last] ?? -1)) : -1
    const done = turn >= 0 && turn < last ? turn : last
    const node = nodes[done]
    const [slot = -1] = node === undefined ? [] : resultSlots(trace, node)
    const value = at(trace.slots.value, slot)
    if (node === undefined || value < 0) return []
    const grad = newestGradient(trace, slot, step)
    return [
      {
        line,
        node,
        shape: formatShape(shapeOfValue(trace, value)),
        value: show(value),
        gradient: grad < 0 ? '' : show(grad),
        visit: nodes.length > 1 ? `${done + 1} of ${nodes.length}` : '',
      },
    ]
  })
  return { lines: lines.toSorted((a, b) => a.line - b.line), pending }
}

/// That of the last pass which has one at the step.
function newestGradient(trace: Trace, slot: number, step: number | null): number {
  for (let pass = trace.passes.length - 1; pass >= 0; pass--) {
    const grad = step === null ? gradOf(trace, pass, slot) : gradientAt(trace, step, pass, slot)
    if (grad >= 0) return grad
  }
  return -1
}

/// The nodes that are a line's result, one per visit, in time order: those of its widest expression; for a line that only
/// calls functions, the last node of each call. Built once per trace.
const resultsOfLines = once((trace: Trace): ReadonlyMap<number, readonly number[]> => {
  const own = new Map<number, { width: number; nodes: number[] }>()
  const called = new Map<number, Map<string, number>>()
  const places = new Map<number, ReturnType<typeof placesOfSite>>()
  for (let node = 0; node < nodeCount(trace); node++) {
    const site = at(trace.nodes.site, node)
    if (site < 0 || hasRole(trace, node, 'backward')) continue
    const place = places.get(site) ?? placesOfSite(trace, site)
    places.set(site, place)
    if (!place.own) continue
    const { line, width } = place.own
    const best = own.get(line)
    if (!best || width > best.width) own.set(line, { width, nodes: [node] })
    else if (width === best.width) best.nodes.push(node)
    for (const { line: outer, key } of place.calls) {
      const last = called.get(outer) ?? new Map<string, number>()
      called.set(outer, last.set(key, node))
    }
  }
  const results = new Map<number, readonly number[]>()
  for (const [line, last] of called) results.set(line, [...last.values()].slice(-1))
  for (const [line, { nodes }] of own) results.set(line, nodes)
  return results
})

interface Places {
  readonly own: { readonly line: number; readonly width: number } | null
  readonly calls: readonly { readonly line: number; readonly key: string }[]
}

function placesOfSite(trace: Trace, site: number): Places {
  const frames = framesOfSite(trace, site)
  const last = frames.at(-1)?.range
  if (!last) return { own: null, calls: [] }
  const lines = codeLines(trace)
  const width = last.line === last.endLine ? last.endCol - last.col : lines.slice(last.line - 1, last.endLine).join('\n').length
  const calls = frames.slice(0, -1).map(({ range }) => ({ line: range.endLine, key: `${range.line} ${range.col}` }))
  return { own: { line: last.endLine, width }, calls }
}
