/// Rolled loops in the state: which turn each loop shows, in step with the timeline and the selection. No browser in here.

import { LAST, ROLLED, counterpart, passShown, picturesOf, positionsAtStep, positionsFor, rollOf, shownAt, shownNode, type Positions, type RollOptions, type Rolled, type View } from '../graph'
import { at, stepAt, stepOfContribution, stepOfNode, type Trace } from '../trace'

export interface Rolling {
  readonly options: RollOptions
  /// Turn of each frame, by the frame's key; frames that are not named show their last turn.
  readonly positions: Positions
}

export const USUAL: Rolling = { options: ROLLED, positions: LAST }

interface Found {
  readonly view: View
  readonly rolled: Rolled
}

/// The rolled picture that a node is in; null when it is in none, or nothing of it is rolled.
function pictureWith(trace: Trace, { options }: Rolling, node: number): Found | null {
  const view = picturesOf(trace, options).find(({ nodes }) => holds(nodes, node))
  const rolled = view && rollOf(trace, view, options)
  return view && rolled && rolled.frames.length > 0 ? { view, rolled } : null
}

/// Whether a number is among rising ones.
function holds(rising: readonly number[], wanted: number): boolean {
  let [low, high] = [0, rising.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const here = rising[middle] ?? 0
    if (here === wanted) return true
    if (here < wanted) low = middle + 1
    else high = middle - 1
  }
  return false
}

/// The loops go to the turn of a step.
export function rolledToStep(trace: Trace, rolling: Rolling, index: number): Rolling {
  const step = stepAt(trace, index)
  const found = step && pictureWith(trace, rolling, step.node)
  return found ? { ...rolling, positions: positionsAtStep(trace, found.rolled, index, rolling.positions) } : rolling
}

/// The loops go to the first of the nodes, unless one of them is to be seen already.
export function rolledToNodes(trace: Trace, rolling: Rolling, nodes: readonly number[]): Rolling {
  const [first] = nodes
  const found = first === undefined ? null : pictureWith(trace, rolling, first)
  if (!found || first === undefined) return rolling
  const shown = shownAt(found.rolled, rolling.positions)
  if (nodes.some((node) => counterpart(found.rolled, node, shown) === node)) return rolling
  return { ...rolling, positions: positionsFor(found.rolled, first, rolling.positions) }
}

/// The same operation in the turn that its loop shows; the node itself where no loop shows another one.
export function nodeInTurn(trace: Trace, rolling: Rolling, node: number): number {
  const found = pictureWith(trace, rolling, node)
  return (found && counterpart(found.rolled, node, shownAt(found.rolled, rolling.positions))) ?? node
}

export interface Turned {
  readonly rolling: Rolling
  readonly step: number | null
  readonly nodes: readonly number[]
}

/// A loop goes to another turn: the selection and the step become those of the same operation there.
export function turned(trace: Trace, rolling: Rolling, frame: string, index: number, step: number | null, nodes: readonly number[]): Turned {
  const positions = new Map(rolling.positions).set(frame, index)
  const next = { ...rolling, positions }
  const moved = nodes.flatMap((node): readonly number[] => {
    const found = pictureWith(trace, rolling, node)
    if (!found) return [node]
    const there = counterpart(found.rolled, node, shownAt(found.rolled, positions))
    return there === null ? [] : [there]
  })
  const other = step === null ? null : stepThere(trace, rolling, positions, step)
  return { rolling: next, step: other ?? step, nodes: [...new Set(moved)] }
}

/// The same step of the body in the turn that is shown: forward the operation, backward the same operand's contribution.
function stepThere(trace: Trace, rolling: Rolling, positions: Positions, index: number): number | null {
  const step = stepAt(trace, index)
  const found = step && pictureWith(trace, rolling, step.node)
  if (!step || !found) return null
  const { rolled, view } = found
  const shown = shownAt(rolled, positions)
  const node = counterpart(rolled, step.node, shown) ?? nearbyNode(rolled, step.node, positions)
  if (node === null) return null
  if (step.kind === 'backward') {
    const arg = at(trace.nodes.argStart, node) + step.arg - at(trace.nodes.argStart, step.node)
    const found = stepOfContribution(trace, passShown(rolled, view, shown, step.pass), arg)
    if (found >= 0) return found
  }
  const forward = stepOfNode(trace, node)
  return forward >= 0 ? forward : null
}

/// Where the operation does not run in a turn: the last one of the frame that does.
function nearbyNode(rolled: Rolled, node: number, positions: Positions): number | null {
  const shown = shownAt(rolled, positions)
  const own = rolled.bodies[rolled.bodyOf.get(node) ?? -1]?.frame ?? -1
  const there = rolled.bodies.flatMap(({ frame }, b) => (frame === own ? [shownNode(rolled, b, shown)] : []))
  return there.reduce<number | null>((last, one) => (one !== null && (last === null || one > last) ? one : last), null)
}

/// One loop is rolled up or unrolled.
export function toggled(options: RollOptions, loop: string): RollOptions {
  const except = options.except.includes(loop) ? options.except.filter((one) => one !== loop) : [...options.except, loop]
  return { ...options, except }
}
