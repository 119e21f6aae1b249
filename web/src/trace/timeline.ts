/// One timeline per program: forward operations in the order in which they happened, and every backward pass at its
/// time, one step per VJP call. Everything about a step is looked up, so going back costs what going forward costs.
///
/// The steps are the nodes that the pictures show: operations on the tape and what feeds them directly. A pass that is
/// recorded (`create_graph=True`) makes nodes itself: those of a VJP call stand before the call's own steps.

import { once } from './once'
import { hasRole, isRecordedOp, lineOfNode, nodeCount, nodeOfSlot, operandSlots, stepOfArg } from './query'
import { at, type Trace } from './types'

export interface Timeline {
  readonly length: number
  /// 1 for a backward step.
  readonly backward: Uint8Array
  /// The node that is computed; of a backward step the one whose VJP runs.
  readonly node: Int32Array
  /// Pass of a backward step and its position in the pass's own columns; -1 for a forward step.
  readonly pass: Int32Array
  readonly inPass: Int32Array
  /// Forward step of each node; -1 when it is in no picture.
  readonly ofNode: Int32Array
  /// First step of each pass, or where it would be when it has none.
  readonly passStart: Int32Array
  /// Steps of each pass: entry k is its k-th VJP call.
  readonly ofPass: readonly Int32Array[]
  /// Steps that gave to a slot, per pass, in order.
  readonly given: readonly ReadonlyMap<number, readonly number[]>[]
}

export interface Step {
  readonly index: number
  readonly kind: 'forward' | 'backward'
  readonly node: number
  /// Line from 1; -1 when it is not known.
  readonly line: number
  /// Backward only, else -1: the pass, the operand (a position in `trace.args`), its slot, and value ids.
  readonly pass: number
  readonly arg: number
  readonly slot: number
  readonly contribution: number
  readonly sum: number
  /// Axes that the contribution was summed over because the operand had been broadcast; empty when it was not.
  readonly axes: readonly number[]
  /// Which of the slot's contributions in this pass it is (from 0), and how many there are in all.
  readonly turn: number
  readonly turns: number
}

/// Built once per trace.
export const timelineOf = once(build)

function build(trace: Trace): Timeline {
  const nodes = nodeCount(trace)
  const shown = shownNodes(trace)
  const most = shown.reduce((sum, one) => sum + one, 0) + trace.passes.reduce((sum, { steps }) => sum + steps.node.length, 0)
  const [backward, node, pass, inPass] = [new Uint8Array(most), new Int32Array(most), new Int32Array(most), new Int32Array(most)]
  const ofNode = new Int32Array(nodes).fill(-1)
  const passStart = new Int32Array(trace.passes.length)
  const given: Map<number, number[]>[] = []
  const ofPass = trace.passes.map(({ steps }) => new Int32Array(steps.node.length))
  let length = 0
  let next = 0

  const put = (n: number, p: number, k: number): void => {
    backward[length] = p < 0 ? 0 : 1
    node[length] = n
    pass[length] = p
    inPass[length] = k
    length++
  }
  const forward = (): void => {
    if (shown[next] === 1) {
      ofNode[next] = length
      put(next, -1, -1)
    }
    next++
  }

  trace.passes.forEach(({ at: began, steps }, p) => {
    while (next < began) forward()
    passStart[p] = length
    const gifts = new Map<number, number[]>()
    given.push(gifts)
    steps.node.forEach((n, k) => {
      for (const end = endOfMade(trace, next, n); next < end; ) forward()
      const slot = at(trace.args.slot, at(steps.arg, k))
      const gift = gifts.get(slot)
      if (gift) gift.push(length)
      else gifts.set(slot, [length])
      const own = ofPass[p]
      if (own) own[k] = length
      put(n, p, k)
    })
  })
  while (next < nodes) forward()
  return { length, backward, node, pass, inPass, ofNode, passStart, ofPass, given }
}

/// Where the nodes end, from `first` on, that a recorded pass made for the VJPs of `cause`. Arrays may stand between
/// them that are first seen there, such as the head's gradient.
function endOfMade(trace: Trace, first: number, cause: number): number {
  let end = first
  for (let node = first; node < nodeCount(trace); node++) {
    if (hasRole(trace, node, 'backward') && trace.nodes.cause[node] === cause) end = node + 1
    else if (trace.nodes.kind[node] !== 0) break
  }
  return end
}

/// 1 for nodes that are in a picture: operations on the tape, and what feeds them directly.
function shownNodes(trace: Trace): Uint8Array {
  const shown = new Uint8Array(nodeCount(trace))
  for (let node = 0; node < shown.length; node++) {
    if (!isRecordedOp(trace, node)) continue
    shown[node] = 1
    for (const slot of operandSlots(trace, node)) shown[nodeOfSlot(trace, slot)] = 1
  }
  return shown
}

// ----- Questions -----

/// The step at a position; null outside of the timeline.
export function stepAt(trace: Trace, index: number): Step | null {
  const line = timelineOf(trace)
  if (!(index >= 0 && index < line.length)) return null
  const node = at(line.node, index)
  const place = { index, node, line: lineOfNode(trace, node) }
  const p = at(line.pass, index)
  const steps = trace.passes[p]?.steps
  if (!steps) return { ...place, kind: 'forward', pass: -1, arg: -1, slot: -1, contribution: -1, sum: -1, axes: [], turn: 0, turns: 0 }
  const k = at(line.inPass, index)
  const arg = at(steps.arg, k)
  const slot = at(trace.args.slot, arg)
  const gifts = line.given[p]?.get(slot) ?? []
  return {
    ...place,
    kind: 'backward',
    pass: p,
    arg,
    slot,
    contribution: at(steps.contribution, k),
    sum: at(steps.sum, k),
    axes: trace.axes[at(steps.axes, k)] ?? [],
    turn: countUpTo(gifts, index) - 1,
    turns: gifts.length,
  }
}

/// Forward step of a node; -1 when it is in no picture.
export function stepOfNode(trace: Trace, node: number): number {
  return at(timelineOf(trace).ofNode, node)
}

/// The step in which a pass sent an operand (a position in `args`) its contribution; -1 when it sent none.
export function stepOfContribution(trace: Trace, pass: number, arg: number): number {
  const k = stepOfArg(trace, pass, arg)
  return k < 0 ? -1 : at(timelineOf(trace).ofPass[pass] ?? new Int32Array(), k)
}

/// All steps of a node, forward and backward, in order.
export function stepsOfNode(trace: Trace, node: number): readonly number[] {
  return stepsWhere(trace, (other) => other === node)
}

/// All steps of the nodes that stand in a line, in order.
export function stepsOfLine(trace: Trace, line: number): readonly number[] {
  return stepsWhere(trace, (node) => lineOfNode(trace, node) === line)
}

function stepsWhere(trace: Trace, wanted: (node: number) => boolean): readonly number[] {
  const found: number[] = []
  const { length, node } = timelineOf(trace)
  for (let step = 0; step < length; step++) if (wanted(at(node, step))) found.push(step)
  return found
}

/// Whether a node has its value once `step` is done; a node of no picture always has.
export function isComputed(trace: Trace, step: number, node: number): boolean {
  return stepOfNode(trace, node) <= step
}

/// Whether a pass has begun once `step` is done. At the end all have, also one without any step.
export function hasBegun(trace: Trace, step: number, pass: number): boolean {
  const { passStart, length } = timelineOf(trace)
  return step >= at(passStart, pass) || step === length - 1
}

/// Value id of a slot's running gradient in a pass once `step` is done; -1 while it has none.
export function gradientAt(trace: Trace, step: number, pass: number, slot: number): number {
  const found = trace.passes[pass]
  if (!found || !hasBegun(trace, step, pass)) return -1
  const line = timelineOf(trace)
  const gifts = line.given[pass]?.get(slot) ?? []
  const count = countUpTo(gifts, step)
  if (count > 0) return at(found.steps.sum, at(line.inPass, gifts[count - 1] ?? -1))
  return found.headGrads[found.heads.indexOf(slot)] ?? -1
}

/// Value ids of all running sums that a slot goes through in a pass.
export function runningSums(trace: Trace, pass: number, slot: number): readonly number[] {
  const line = timelineOf(trace)
  return (line.given[pass]?.get(slot) ?? []).map((step) => at(trace.passes[pass]?.steps.sum ?? new Int32Array(), at(line.inPass, step)))
}

/// How many of the rising numbers are at most `limit`.
function countUpTo(rising: readonly number[], limit: number): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rising[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low
}
