/// The picture at a step of the timeline: what is not computed yet is faint, gradients appear as they are summed up, and
/// the way that a backward step goes is marked. Places and sizes are those of the end, so nothing moves.

import { localDerivative, shortValue, incomingOf } from '../explain'
import { gradientAt, gradOf, hasBegun, isComputed, nodeOfSlot, stepAt, stepOfContribution, type Step, type Trace } from '../trace'
import { DEFAULT_METRICS, SMALL, type Metrics } from './metrics'
import { valueLines, type SummaryOf } from './model'
import type { Scene, SceneEdge, SceneNode, SceneText } from './scene'
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
  if (!isComputed(trace, step.index, node.node)) {
    return { ...node, phase: 'future', texts: bare(node), label: `${wordsUpTo(node.label, ', value ')}, not computed yet` }
  }
  const phase = node.node === step.node ? (step.kind === 'forward' ? 'current' : 'back') : node.node === target ? 'target' : null
  const slots = [...new Set(node.texts.flatMap(({ slot }) => (slot === undefined ? [] : [slot])))]
  const changed = slots.filter((slot) => gradientAt(trace, step.index, pass, slot) !== gradOf(trace, pass, slot))
  if (changed.length === 0) return phase === null ? node : { ...node, phase }
  const texts = changed.reduce<readonly SceneText[]>((all, slot) => {
    const value = gradientAt(trace, step.index, pass, slot)
    return replaced(all, slot, value < 0 ? [] : valueLines(trace, value, summaryOf).lines, metrics)
  }, node.texts)
  return { ...node, phase, texts, label: `${wordsUpTo(node.label, ', gradient ')}, gradient not complete yet` }
}

const bareTexts = new WeakMap<SceneNode, readonly SceneText[]>()

/// A node's texts without any numbers; always the same array, so that a renderer sees that nothing changed.
function bare(node: SceneNode): readonly SceneText[] {
  const known = bareTexts.get(node)
  if (known) return known
  const texts = node.texts.filter(({ role }) => role !== 'value' && role !== 'grad')
  bareTexts.set(node, texts)
  return texts
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
  const calm = edge.lit ? { ...edge, lit: false } : edge
  if (edge.phase === 'absent') return calm
  if (edge.role === 'grad') {
    if (step.kind === 'backward' && step.arg === edge.arg && step.pass === pass) return { ...calm, phase: 'current', note: noteOf(trace, step, summaryOf) }
    return stepOfContribution(trace, pass, edge.arg) <= step.index ? calm : { ...calm, phase: 'future' }
  }
  if (!isComputed(trace, step.index, edge.to)) return { ...calm, phase: 'future' }
  return step.kind === 'forward' && edge.to === step.node ? { ...calm, phase: 'current' } : calm
}

/// "[1 0] × 2 = [2 0]": incoming gradient, local derivative, contribution; what is too long is said by its letter.
function noteOf(trace: Trace, step: Step, summaryOf: SummaryOf): string {
  const short = (value: number): string => shortValue(trace, value, summaryOf, 16, 3)
  const incoming = short(incomingOf(trace, step))
  const sum = step.axes.length > 0 ? 'Σ ' : ''
  return `${sum}${incoming.endsWith('array') ? 'ȳ' : incoming} × ${localDerivative(trace, step, summaryOf) ?? '∂'} = ${short(step.contribution)}`
}
