/// Which node of a later run is the one that was pinned: places shift when the program is edited, so a node is known by what
/// it is called, what it does, and the how-manieth of its kind it is.

import { at, expressionOf, nameOfSlot, nodeCount, once, resultSlots, type Trace } from '../trace'

interface Identities {
  readonly ofNode: readonly string[]
  readonly nodeOf: ReadonlyMap<string, number>
}

/// Built once per trace.
const identities = once((trace: Trace): Identities => {
  const counts = new Map<string, number>()
  const ofNode: string[] = []
  const nodeOf = new Map<string, number>()
  for (let node = 0; node < nodeCount(trace); node++) {
    const names = resultSlots(trace, node).map((slot) => nameOfSlot(trace, slot) ?? '').join()
    const what = JSON.stringify([names, trace.ops[at(trace.nodes.op, node)]?.name ?? '', expressionOf(trace, node)])
    const count = counts.get(what) ?? 0
    counts.set(what, count + 1)
    const identity = `${what}#${count}`
    ofNode.push(identity)
    nodeOf.set(identity, node)
  }
  return { ofNode, nodeOf }
})

export function identityOf(trace: Trace, node: number): string {
  return identities(trace).ofNode[node] ?? ''
}

/// The node that has an identity in this run; -1 when none has.
export function nodeOfIdentity(trace: Trace, identity: string): number {
  return identities(trace).nodeOf.get(identity) ?? -1
}

/// The pins with one more, or without it when it is there.
export function togglePin(pins: readonly string[], identity: string): readonly string[] {
  return pins.includes(identity) ? pins.filter((one) => one !== identity) : [...pins, identity]
}
