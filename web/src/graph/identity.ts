/// Which box of one run is which of the next. Lines and sites move when the program is edited; what an operation is and how it
/// is written stays, and so does its turn among those that are written alike.

import { at, expressionOf, nameOfSlot, type Trace } from '../trace'

/// "multiply b * 2 #3": one key per node, each only once. `nodes` in time order.
export function keysOf(trace: Trace, nodes: readonly number[]): readonly string[] {
  const ofSite = new Map<number, string>()
  const turns = new Map<string, number>()
  return nodes.map((node) => {
    const site = at(trace.nodes.site, node)
    let text = ofSite.get(site)
    if (text === undefined) ofSite.set(site, (text = expressionOf(trace, node)))
    const op = trace.ops[at(trace.nodes.op, node)]?.name ?? ''
    // An array is known by its name: its numbers may be edited.
    const name = trace.nodes.kind[node] === 0 ? nameOfSlot(trace, at(trace.nodes.slotStart, node)) : null
    const kind = name === null ? `${op} ${text}` : `array ${name}`
    const turn = turns.get(kind) ?? 0
    turns.set(kind, turn + 1)
    return turn === 0 ? kind : `${kind} #${turn}`
  })
}
