/// The picture at a step of the timeline: what is not computed yet is faint, gradients appear as they are summed up, and
/// the way that a backward step goes is marked. Places and sizes are those of the end, so nothing moves.

import { localDerivative, shortValue, incomingOf } from '../explain'
import { at, gradientAt, gradOf, hasBegun, isComputed, nodeOfSlot, stepAt, stepOfContribution, type Step, type Trace } from '../trace'
import { edgeLike, nodeLike } from './alike'
import { DEFAULT_METRICS, SMALL, type Metrics } from './metrics'
import { valueLines, type SummaryOf } from './model'
import type { Scene, SceneEdge, SceneNode, SceneText } from './shapes'
import type { View } from './views'

/// The pass whose gradients a view shows at a step: that of the step, else the last one that has begun, else the first.
export function passAt(trace: Trace, view: View, index: number): number {
  const own = stepAt(trace, index)?.pass ?? -1
  if (view.passes.includes(own)) return own
  return view.passes.findLast((pass) => hasBegun(trace, index, pass)) ?? view.passes[0] ?? -1
}

/// `scene` is the picture of the end, with the gradients of `pass`.
export function withStep(scene: Scene, trace: Trace, pass: number, index: number, summaryOf: SummaryOf, metrics: Metrics = DEFAULT_METRICS): Scene {
  const step = stepAt(trace, index)
  if (!step) return scene
  const target = step.kind === 'backward' ? nodeOfSlot(trace, step.slot) : -1
  return {
    ...scene,
    nodes: scene.nodes.map((node) => nodeAt(node, trace, pass, step, target, summaryOf, metrics)),
    edges: scene.edges.map((edge) => edgeAt(edge, trace, pass, step, summaryOf)),
  }
}

// ----- Nodes -----

function nodeAt(node: SceneNode, trace: Trace, pass: number, step: Step, target: number, summaryOf: SummaryOf, metrics: Metrics): SceneNode {
  if (node.phase === 'absent') return node
  if (!isComputed(trace, step.index, node.node)) return futureNode(node)
  const phase = node.node === step.node ? (step.kind === 'forward' ? 'current' : 'back') : node.node === target ? 'target' : null
  const sums = sumsAt(trace, pass, step.index, node.node)
  if (sums === null) return phase === null ? node : nodeLike(node, { phase })
  const state = [...sums].join(' ')
  const known = phase === null ? summed.get(node) : undefined
  if (known?.state === state) return known.made
  const changed = (): readonly SceneText[] => [...sums].reduce<readonly SceneText[]>((all, [slot, value]) => replaced(all, slot, value < 0 ? [] : valueLines(trace, value, summaryOf).lines, metrics), node.texts)
  const made = nodeLike(node, { phase, texts: changed, label: () => `${wordsUpTo(node.label, ', gradient ')}, gradient not complete yet` })
  if (phase === null && [...sums.values()].every((value) => value < 0 || summaryOf(value) !== null)) summed.set(node, { state, made })
  return made
}

// What looks the same at another step is the same object: a step of a large picture touches only what changes.
const futures = new WeakMap<SceneNode, SceneNode>()
const summed = new WeakMap<SceneNode, { readonly state: string; readonly made: SceneNode }>()
const futureEdges = new WeakMap<SceneEdge, SceneEdge>()

function futureNode(node: SceneNode): SceneNode {
  const known = futures.get(node)
  if (known) return known
  const made = nodeLike(node, { phase: 'future', texts: () => node.texts.filter(({ role }) => role !== 'value' && role !== 'grad'), label: () => `${wordsUpTo(node.label, ', value ')}, not computed yet` })
  futures.set(node, made)
  return made
}

/// Value ids of a node's gradients, by slot, that are not yet those of the end; null when all are.
function sumsAt(trace: Trace, pass: number, index: number, node: number): ReadonlyMap<number, number> | null {
  let sums: Map<number, number> | null = null
  const end = at(trace.nodes.slotStart, node + 1)
  for (let slot = at(trace.nodes.slotStart, node); slot < end; slot++) {
    const final = gradOf(trace, pass, slot)
    if (final < 0) continue
    const value = gradientAt(trace, index, pass, slot)
    if (value !== final) (sums ??= new Map()).set(slot, value)
  }
  return sums
}

/// Another gradient at the place of a slot's own.
function replaced(texts: readonly SceneText[], slot: number, lines: readonly string[], metrics: Metrics): readonly SceneText[] {
  const first = texts.find((text) => text.slot === slot)
  if (!first) return texts
  const fresh = lines.map((line, k): SceneText => {
    const indent = line.length - line.trimStart().length
    const x = k === 0 ? first.x : first.x + (2 + indent) * SMALL.size * metrics.advance
    return { x: Math.round(x * 10) / 10, y: first.y + k * SMALL.line, role: 'grad', text: k === 0 ? `∂ ${line.trim()}` : line.trim(), slot }
  })
  return [...texts.filter((text) => text.slot !== slot), ...fresh.filter(({ text }) => text !== '')]
}

function wordsUpTo(label: string, mark: string): string {
  const end = label.indexOf(mark)
  return end < 0 ? label : label.slice(0, end)
}

// ----- Edges -----

/// Only the way of the step itself is strong: edges at the node that it selects are not lit as well.
function edgeAt(edge: SceneEdge, trace: Trace, pass: number, step: Step, summaryOf: SummaryOf): SceneEdge {
  const calm = edge.lit ? edgeLike(edge, { lit: false }) : edge
  if (edge.phase === 'absent') return calm
  if (edge.role === 'grad') {
    if (step.kind === 'backward' && step.arg === edge.arg && step.pass === pass) return edgeLike(calm, { phase: 'current', note: noteOf(trace, step, summaryOf) })
    return stepOfContribution(trace, pass, edge.arg) <= step.index ? calm : futureEdge(calm)
  }
  if (!isComputed(trace, step.index, edge.to)) return futureEdge(calm)
  return step.kind === 'forward' && edge.to === step.node ? edgeLike(calm, { phase: 'current' }) : calm
}

function futureEdge(edge: SceneEdge): SceneEdge {
  const known = futureEdges.get(edge)
  if (known) return known
  const made = edgeLike(edge, { phase: 'future' })
  futureEdges.set(edge, made)
  return made
}

/// "[1 0] × 2 = [2 0]": incoming gradient, local derivative, contribution; what is too long is said by its letter.
function noteOf(trace: Trace, step: Step, summaryOf: SummaryOf): string {
  const short = (value: number): string => shortValue(trace, value, summaryOf, 16, 3)
  const incoming = short(incomingOf(trace, step))
  const sum = step.axes.length > 0 ? 'Σ ' : ''
  return `${sum}${incoming.endsWith('array') ? 'ȳ' : incoming} × ${localDerivative(trace, step, summaryOf) ?? '∂'} = ${short(step.contribution)}`
}
