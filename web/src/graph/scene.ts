/// The picture as plain data: shapes with places, texts with their roles, words for screen readers. A renderer only
/// copies it; tests compare it.

import {
  at,
  deviceOfValue,
  dtypeOfValue,
  expressionOf,
  formatValueInline,
  lineOfNode,
  shapeOfValue,
  visitsOf,
  type Trace,
} from '../trace'
import { layout } from './layout'
import { DEFAULT_METRICS, SMALL, TITLE, widthOf, type Metrics } from './metrics'
import { PAD, PILL, buildGraph, isAbreast, longest, titleOf, type Box, type BoxKind, type Graph, type SummaryOf } from './model'
import type { Layout, LayoutGraph, Placement } from './placement'
import { entryOf, exitOf } from './ports'
import { LANE, middleOf, pathOf, routesOf, type Point } from './routes'
import type { View } from './views'

export type TextRole = 'title' | 'name' | 'detail' | 'tag' | 'value' | 'grad'

export interface SceneText {
  /// Start of the text's base line, inside the node.
  readonly x: number
  readonly y: number
  readonly role: TextRole
  readonly text: string
  /// Of a gradient's text: whose gradient it is.
  readonly slot?: number
}

export interface SceneNode {
  readonly node: number
  readonly key: string
  readonly kind: BoxKind
  /// Top left corner.
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly radius: number
  readonly head: boolean
  readonly backward: boolean
  readonly active: boolean
  readonly selected: boolean
  /// At a step: not computed yet, computed by it, its rule going back, getting a contribution from it; null when none of these.
  readonly phase: Phase | null
  readonly texts: readonly SceneText[]
  /// Hairlines between several results: x inside the node, from y to the bottom.
  readonly dividers: readonly Point[]
  /// The whole node in words.
  readonly label: string
  /// Values drawn in it that are not known yet.
  readonly pending: readonly number[]
}

export type Phase = 'future' | 'current' | 'back' | 'target'

export type EdgeRole = 'value' | 'grad' | 'cut'

export interface SceneEdge {
  readonly key: string
  readonly role: EdgeRole
  /// Nodes (trace ids) at its ends; the value flows from `from` to `to`, a gradient the other way.
  readonly from: number
  readonly to: number
  readonly path: string
  /// Middle of the way, where words may stand.
  readonly middle: Point
  /// Position in `trace.args`.
  readonly arg: number
  readonly active: boolean
  /// At a step: not reached yet, or the one that the step goes along.
  readonly phase: Phase | null
  /// At a step: what goes along it.
  readonly note: string | null
  /// At an end that is selected.
  readonly lit: boolean
  /// Where the mark of a cut stands.
  readonly mark: Point | null
  /// Of an edge that is too long to be drawn: what it comes from, above its stub.
  readonly origin: { readonly x: number; readonly y: number; readonly text: string } | null
}

export interface Scene {
  readonly width: number
  readonly height: number
  /// In time order.
  readonly nodes: readonly SceneNode[]
  readonly edges: readonly SceneEdge[]
  readonly label: string
}

export interface SceneInput {
  readonly trace: Trace
  readonly view: View
  /// Position in `trace.passes`; -1 for none.
  readonly pass: number
  readonly selected: readonly number[]
  readonly summaryOf?: SummaryOf
  readonly metrics?: Metrics
  readonly layout?: Layout
}

export function sceneOf(input: SceneInput): Scene {
  const { trace, view, pass, selected } = input
  const summaryOf = input.summaryOf ?? ((value) => trace.values.summaries[value] ?? null)
  const metrics = input.metrics ?? DEFAULT_METRICS
  const graph = buildGraph(trace, view, pass, summaryOf, metrics)
  const placement = (input.layout ?? layout)(layoutGraphOf(graph))
  const chosen = new Set(selected)
  const words = describer(trace, pass, summaryOf)
  return {
    width: Math.round(placement.width),
    height: Math.round(placement.height),
    nodes: graph.boxes.map((box, i) => sceneNode(box, placement, i, chosen, words, metrics)),
    edges: sceneEdges(graph, placement, chosen),
    label: `Computation graph, ${view.title}: ${graph.boxes.length} nodes`,
  }
}

/// What the layout needs of a graph.
export function layoutGraphOf({ boxes, edges }: Graph): LayoutGraph {
  return {
    nodes: boxes.map(({ width, height }) => ({ width, height })),
    edges: edges.map(({ from, to, slot, operand, operands, weight }) => ({
      from,
      to,
      weight,
      leave: exitOf(boxes[from], slot).middle,
      enter: entryOf(boxes[to], operand, operands),
    })),
  }
}

/// The same scene with another selection; positions are not computed again.
export function withSelection(scene: Scene, selected: readonly number[]): Scene {
  const chosen = new Set(selected)
  return {
    ...scene,
    nodes: scene.nodes.map((node) => (node.selected === chosen.has(node.node) ? node : { ...node, selected: !node.selected })),
    edges: scene.edges.map((edge) => {
      const lit = chosen.has(edge.from) || chosen.has(edge.to)
      return edge.lit === lit ? edge : { ...edge, lit }
    }),
  }
}

// ----- Nodes -----

function sceneNode(box: Box, placement: Placement, i: number, chosen: ReadonlySet<number>, words: (box: Box) => string, metrics: Metrics): SceneNode {
  return {
    node: box.node,
    key: box.key,
    kind: box.kind,
    x: Math.round((placement.x[i] ?? 0) - box.width / 2),
    y: Math.round((placement.y[i] ?? 0) - box.height / 2),
    width: box.width,
    height: box.height,
    radius: box.kind === 'leaf' ? Math.min(PILL, box.height / 2) : 8,
    head: box.head,
    backward: box.backward,
    active: box.active,
    selected: chosen.has(box.node),
    phase: null,
    texts: textsOf(box, metrics),
    dividers: box.results.slice(1).map(({ x }) => ({ x: x - PAD.gap, y: PAD.y + TITLE.line + 2 })),
    label: words(box),
    pending: box.results.flatMap(({ forward, gradient }) => [forward, gradient].flatMap((lines) => (lines?.pending ? [lines.value] : []))),
  }
}

function textsOf(box: Box, metrics: Metrics): readonly SceneText[] {
  const texts: SceneText[] = []
  const several = box.results.length > 1
  const only = several ? undefined : box.results[0]
  let x = only?.x ?? PAD.x
  let y = PAD.y + 13
  const title = titleOf(box, box.results)
  texts.push({ x, y, role: 'title', text: title })
  x += widthOf(title, TITLE.size, metrics) + PAD.gap
  const name = box.label === null ? null : (only?.name ?? null)
  const parts: readonly [TextRole, string | null][] = [['name', name], ['detail', only?.shape ?? null], ...box.tags.map((tag): [TextRole, string] => ['tag', tag])]
  for (const [role, text] of parts) {
    if (!text) continue
    texts.push({ x, y, role, text })
    x += widthOf(`${text} `, SMALL.size, metrics)
  }
  y = PAD.y + TITLE.line + 11
  for (const result of box.results) {
    let line = y
    if (several) {
      const own = result.name ?? 'result'
      texts.push({ x: result.x, y: line, role: 'name', text: own })
      texts.push({ x: result.x + widthOf(`${own} `, SMALL.size, metrics), y: line, role: 'detail', text: result.shape })
      line += SMALL.line
    }
    const forward = result.forward?.lines ?? []
    const gradient = (result.gradient?.lines ?? []).map((text, k) => (k === 0 ? `∂ ${text}` : `  ${text}`))
    const put = (lines: readonly string[], left: number, from: number, role: TextRole): void =>
      lines.forEach((text, k) => {
        const own = role === 'grad' ? { slot: result.slot } : {}
        const indent = text.length - text.trimStart().length
        const trimmed = text.trim()
        if (trimmed !== '') texts.push({ x: left + indent * SMALL.size * metrics.advance, y: from + k * SMALL.line, role, text: trimmed, ...own })
      })
    put(forward, result.x, line, 'value')
    if (isAbreast(result)) {
      const right = result.x + longest(forward) * SMALL.size * metrics.advance + PAD.gap
      put(gradient, right, line, 'grad')
    } else {
      put(gradient, result.x, line + forward.length * SMALL.line, 'grad')
    }
  }
  return texts.map((text) => ({ ...text, x: Math.round(text.x * 10) / 10 }))
}

/// "multiply, b, line 6, visit 12 of 12, value [800 1521], gradient [1 0]".
function describer(trace: Trace, pass: number, summaryOf: SummaryOf): (box: Box) => string {
  const visits = new Map<string, number>()
  const inline = (value: number): string => {
    const summary = summaryOf(value)
    if (!summary) return 'not loaded yet'
    return formatValueInline(summary, shapeOfValue(trace, value), dtypeOfValue(trace, value))
  }
  return (box) => {
    const { node } = box
    const site = `${at(trace.nodes.site, node)}:${at(trace.nodes.op, node)}`
    if (!visits.has(site)) visits.set(site, visitsOf(trace, node).length)
    const times = visits.get(site) ?? 1
    const line = lineOfNode(trace, node)
    const name = trace.ops[at(trace.nodes.op, node)]?.name ?? 'operation'
    const what = box.kind === 'operation' ? name : box.kind === 'leaf' ? 'leaf' : box.kind === 'cut' ? `${name}, cut off the tape` : 'constant'
    const results = box.results.flatMap((result) => [
      result.name ?? '',
      `shape ${result.shape}`,
      result.forward ? `value ${inline(result.forward.value)}` : '',
      result.gradient ? `gradient ${inline(result.gradient.value)}` : pass >= 0 && box.kind !== 'constant' && box.kind !== 'cut' ? 'no gradient' : '',
    ])
    return [
      what,
      box.head ? 'head' : '',
      line > 0 ? `line ${line}` : '',
      times > 1 ? `visit ${at(trace.nodes.visit, node) + 1} of ${times}` : '',
      ...results,
    ].filter((part) => part !== '').join(', ')
  }
}

// ----- Edges -----

function sceneEdges(graph: Graph, placement: Placement, chosen: ReadonlySet<number>): readonly SceneEdge[] {
  const routes = routesOf(graph, placement)
  const drawn = new Set<string>()
  return graph.edges.flatMap((edge, e): readonly SceneEdge[] => {
    const [from, to, route] = [graph.boxes[edge.from], graph.boxes[edge.to], routes[e]]
    if (!from || !to || !route) return []
    const both = edge.contribution >= 0
    const [first] = route.points
    const origin = route.stub && first ? { x: first.x, y: first.y - 4, text: from.results.find(({ slot }) => slot === edge.slot)?.name ?? titleOf(from, from.results) } : null
    const common = {
      from: from.node,
      to: to.node,
      active: to.active,
      phase: null,
      note: null,
      arg: edge.arg,
      middle: rounded(middleOf(route)),
      lit: chosen.has(from.node) || chosen.has(to.node),
    }
    const key = `${from.key}>${to.key}.${edge.operand}`
    const unique = drawn.has(key) ? `${key}.${e}` : key
    drawn.add(key)
    if (edge.cut) return [{ ...common, key: unique, role: 'cut' as const, path: pathOf(route), mark: middleOf(route), origin }]
    const value = { ...common, key: unique, role: 'value' as const, path: pathOf(route, both ? -LANE : 0), mark: null, origin }
    if (!both) return [value]
    return [value, { ...common, key: `${unique}∂`, role: 'grad' as const, path: pathOf(route, LANE, true), mark: null, origin: null }]
  })
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) }
}

/// Where a value lives: "float32, cpu(0)".
export function placeOfValue(trace: Trace, value: number): string {
  return [dtypeOfValue(trace, value), deviceOfValue(trace, value)].filter((part) => part !== '').join(', ')
}

/// What a node is called in a sentence: its expression, else its operation.
export function nodeTitle(trace: Trace, node: number): string {
  return expressionOf(trace, node) || (trace.ops[at(trace.nodes.op, node)]?.name ?? 'operation')
}
