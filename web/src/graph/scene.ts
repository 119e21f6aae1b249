/// The picture as plain data: shapes with places, texts with their roles, words for screen readers.

import {
  at,
  deviceOfValue,
  dtypeOfValue,
  expressionOf,
  formatValueInline,
  isCovered,
  lineOfNode,
  shapeOfValue,
  visitsOf,
  type Trace,
} from '../trace'
import { edgeLike, nodeLike } from './alike'
import { layout } from './layout'
import { DEFAULT_METRICS, SMALL, TITLE, widthOf, type Metrics } from './metrics'
import { PAD, PILL, buildGraph, isAbreast, plateText, titleOf, type Box, type Graph, type SummaryOf } from './model'
import { PLATE_HEIGHT, type Layout, type LayoutGraph, type Placement } from './placement'
import { entryOf, exitOf } from './ports'
import { LANE, middleOf, pathOf, routesOf, type Point } from './routes'
import type { EdgeRole, Scene, SceneEdge, SceneNode, SceneText, TextRole } from './shapes'
import type { View } from './views'

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
  const { trace, view, pass } = input
  const graph = buildGraph(trace, view, pass, summariesOf(input), input.metrics ?? DEFAULT_METRICS)
  return sceneAt(input, graph, (input.layout ?? layout)(layoutGraphOf(graph)))
}

/// The scene of a graph whose placement is known. Texts, words and paths are made when they are first asked for: of ten
/// thousand nodes a window shows some dozens.
export function sceneAt(input: SceneInput, graph: Graph, placement: Placement): Scene {
  const { trace, view, pass, selected } = input
  const metrics = input.metrics ?? DEFAULT_METRICS
  const chosen = new Set(selected)
  const words = describer(trace, pass, summariesOf(input))
  return {
    width: Math.round(placement.width),
    height: Math.round(placement.height),
    nodes: graph.boxes.map((box, i) => sceneNode(box, placement, i, chosen, words, metrics)),
    edges: sceneEdges(graph, placement, chosen),
    label: `Computation graph, ${view.title}: ${graph.boxes.length} nodes`,
  }
}

/// A very large scene with the texts of some nodes anew, because their values have come. Sizes and places stay: what does not fit
/// is cut.
export function revalued(scene: Scene, input: SceneInput, nodes: ReadonlySet<number>): Scene {
  const metrics = input.metrics ?? DEFAULT_METRICS
  const summaryOf = summariesOf(input)
  const { boxes } = buildGraph(input.trace, { ...input.view, nodes: [...nodes] }, input.pass, summaryOf, metrics)
  const boxOf = new Map(boxes.map((box) => [box.node, box]))
  const words = describer(input.trace, input.pass, summaryOf)
  return {
    ...scene,
    nodes: scene.nodes.map((node) => {
      const box = boxOf.get(node.node)
      if (!box) return node
      const texts = textsOf(box, metrics).flatMap((text) => within(text, node, metrics))
      return { ...node, texts, label: words(box), pending: pendingOf(box) }
    }),
  }
}

function within(text: SceneText, { width, height }: SceneNode, metrics: Metrics): readonly SceneText[] {
  if (text.y > height - 4) return []
  const room = Math.floor((width - text.x - 6) / (SMALL.size * metrics.advance))
  const chars = [...text.text]
  return text.role === 'title' || chars.length <= room ? [text] : [{ ...text, text: `${chars.slice(0, Math.max(1, room - 1)).join('')}…` }]
}

function summariesOf({ trace, summaryOf }: SceneInput): SummaryOf {
  return summaryOf ?? ((value) => trace.values.summaries[value] ?? null)
}

/// Boxes with their top left corners given.
export function sceneNodesOf(input: SceneInput, boxes: readonly Box[], corners: readonly Point[]): readonly SceneNode[] {
  const words = describer(input.trace, input.pass, summariesOf(input))
  const placement = {
    x: boxes.map(({ width }, i) => (corners[i]?.x ?? 0) + width / 2),
    y: boxes.map(({ height }, i) => (corners[i]?.y ?? 0) + height / 2),
  }
  const chosen = new Set(input.selected)
  return boxes.map((box, i) => sceneNode(box, placement, i, chosen, words, input.metrics ?? DEFAULT_METRICS))
}

/// What the layout needs of a graph.
export function layoutGraphOf({ boxes, edges }: Graph): LayoutGraph {
  return {
    nodes: boxes.map(({ width, height }) => ({ width, height })),
    edges: edges.map(({ from, to, slot, operand, operands, weight, plate }) => ({
      from,
      to,
      weight,
      plate,
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
    nodes: scene.nodes.map((node) => (node.selected === chosen.has(node.node) ? node : nodeLike(node, { selected: !node.selected }))),
    edges: scene.edges.map((edge) => {
      const lit = chosen.has(edge.from) || chosen.has(edge.to)
      return edge.lit === lit ? edge : edgeLike(edge, { lit })
    }),
  }
}

// ----- Nodes -----

function sceneNode(box: Box, placement: Pick<Placement, 'x' | 'y'>, i: number, chosen: ReadonlySet<number>, words: (box: Box) => string, metrics: Metrics): SceneNode {
  let texts: readonly SceneText[] | null = null
  let label: string | null = null
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
    get texts() {
      return (texts ??= textsOf(box, metrics))
    },
    dividers: box.results.length < 2 ? NONE : box.results.slice(1).map(({ x }) => ({ x: x - PAD.gap, y: PAD.y + TITLE.line + 2 })),
    get label() {
      return (label ??= words(box))
    },
    pending: pendingOf(box),
  }
}

const NONE: readonly never[] = []

function pendingOf({ results }: Box): readonly number[] {
  if (!results.some(({ forward, gradient }) => forward?.pending || gradient?.pending)) return NONE
  return results.flatMap(({ forward, gradient }) => [forward, gradient].flatMap((lines) => (lines?.pending ? [lines.value] : [])))
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
      const right = result.x + result.reserve.chars * SMALL.size * metrics.advance + PAD.gap
      put(gradient, right, line, 'grad')
    } else {
      put(gradient, result.x, line + result.reserve.rows * SMALL.line, 'grad')
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
    if (isCovered(dtypeOfValue(trace, value))) return 'covered until you predict it'
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
  const drawn: SceneEdge[] = []
  graph.edges.forEach((edge, e) => {
    const [from, to, route] = [graph.boxes[edge.from], graph.boxes[edge.to], routes[e]]
    if (!from || !to || !route) return
    const both = edge.contribution >= 0
    const key = `${from.key}>${to.key}.${edge.operand}`
    const plate = route.plate && {
      x: Math.round(route.plate.x - edge.plate / 2), y: Math.round(route.plate.y - PLATE_HEIGHT / 2), width: edge.plate, height: PLATE_HEIGHT, text: plateText(from, edge.slot),
    }
    const lit = chosen.has(from.node) || chosen.has(to.node)
    const middle = rounded(middleOf(route))
    const add = (role: EdgeRole, points: readonly Point[]): void => {
      drawn.push({
        key: role === 'grad' ? `${key}∂` : key,
        role,
        from: from.node,
        to: to.node,
        points,
        get path() {
          return pathOf(points)
        },
        middle,
        arg: edge.arg,
        active: to.active,
        phase: null,
        note: null,
        lit,
        mark: role === 'cut' ? middleOf(route) : null,
        plate: role === 'grad' ? null : plate,
      })
    }
    add(edge.cut ? 'cut' : 'value', both && !edge.cut ? aside(route.points, -LANE) : route.points)
    if (both && !edge.cut) add('grad', aside(route.points, LANE).reverse())
  })
  return drawn
}

function aside(points: readonly Point[], lane: number): Point[] {
  return points.map(({ x, y }) => ({ x: x + lane, y }))
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
