/// The picture of a rolled view: one box for each body, frames around the bodies of loops, edges that lead to the next turn,
/// and how the gradient's norm runs through the turns. Places do not depend on the turn that is looked at.

import { at, contributionOf, gradNormOf, hasRole, isLeaf, isRecordedOp, nameOfSlot, nodeOfSlot, once, operandArgs, sizeOf, stepAt, type Trace } from '../trace'
import { NODE_FIT } from '../trace'
import { layout as usualLayout } from './layout'
import { operationLabel } from './label'
import { DEFAULT_METRICS, type Metrics } from './metrics'
import { activeNodes, buildGraph, roomFor, titleOf, valueLines, wider, type Graph, type Room, type SummaryOf } from './model'
import { HEADING, headingWidth, lanePath, nested, type NestEdge, type Nested } from './nest'
import { PLATE_HEIGHT } from './placement'
import { positionsFor, shownArg, shownAt, shownNode, type Body, type Positions, type Rolled, type RolledEdge, type Shown } from './roll'
import { LANE, type Point } from './routes'
import { sceneNodesOf, type SceneInput } from './scene'
import type { Scene, SceneCurve, SceneEdge, SceneFrame } from './shapes'
import { curveOf } from './curve'
import type { View } from './views'

export const CURVE = { width: 132, height: 40, caption: 16, words: 15, gap: 10 } as const
/// Most curves in one frame.
const CURVES = 3
/// Up to this many visits their numbers are all looked at to find the room that a box needs.
const MEASURED = 64

export interface RolledInput extends SceneInput {
  readonly rolled: Rolled
  readonly positions: Positions
}

export function rolledSceneOf(input: RolledInput): Scene {
  const { trace, view, rolled, positions, pass, selected } = input
  const summaryOf = input.summaryOf ?? ((value) => trace.values.summaries[value] ?? null)
  const metrics = input.metrics ?? DEFAULT_METRICS
  const shown = shownAt(rolled, positions)
  const now = rolled.bodies.map((_, b) => shownNode(rolled, b, shown))
  const nodes = now.map((node, b) => node ?? nearest(rolled, b, shown))
  const graph = bodyGraph(input, nodes, now, summaryOf, metrics)
  const spots = placed(input, graph, metrics)
  const chosen = new Set(selected)
  const here = sceneNodesOf({ ...input, summaryOf, metrics }, graph.boxes, spots.boxes)
  const frames = rolled.frames.map((_, f) => frameAt(trace, view, rolled, shown, f, spots, pass))
  const captions = captionsOf(trace, rolled, spots, shown)
  return {
    width: spots.width,
    height: spots.height,
    nodes: here.map((node, b) => (now[b] === null ? { ...node, phase: 'absent' as const, texts: node.texts.filter(({ role }) => role !== 'value' && role !== 'grad'), label: `${node.label.split(', value ')[0]}, does not run in this turn`, pending: [] } : node)),
    edges: rolled.edges.flatMap((edge, e) => edgeAt(trace, rolled, graph, spots, edge, e, shown, pass, chosen, metrics, view.members !== undefined, captions)),
    frames,
    label: `Computation graph, ${view.title}: ${graph.boxes.length} nodes, ${frames.map(({ title, times }) => `${title} ${times}`).join(', ')}`,
  }
}

/// The visit that stands for a body which does not run in this turn: the next one, else the last.
function nearest(rolled: Rolled, body: number, shown: Shown): number {
  const { nodes, frame } = rolled.bodies[body] ?? { nodes: [], frame: -1 }
  const here = shown.instance[frame] ?? -1
  return nodes.find((node) => (rolled.home.get(node) ?? -1) > here) ?? nodes.at(-1) ?? -1
}

// ----- Boxes -----

function bodyGraph(input: RolledInput, nodes: readonly number[], now: readonly (number | null)[], summaryOf: SummaryOf, metrics: Metrics): Graph {
  const { trace, view, rolled, pass } = input
  const bodyAt = new Map(nodes.map((node, b) => [node, b]))
  const times = rolled.frames.map(({ visits }) => visits)
  const graph = buildGraph(trace, { ...view, nodes }, pass, summaryOf, metrics, (node) => {
    const b = bodyAt.get(node) ?? -1
    const body = rolled.bodies[b]
    if (!body) return null
    const all = times[body.frame] ?? 1
    const [runs, visits] = [body.nodes.length, body.frame < 0 ? 1 : all]
    const tags = body.frame >= 0 && runs < visits ? [`${runs} of ${visits}`] : []
    const { name, title } = headingOf(trace, body)
    return { key: body.key, tags, name, title, room: (slot) => (body.nodes.length < 2 ? null : roomOfBody(trace, body, slot - at(trace.nodes.slotStart, node), summaryOf, pass, view.members !== undefined)) }
  })
  const active = activeOf(trace, view, pass)
  // A head of one turn's pass is a head; one of other turns is not drawn as such.
  return { boxes: graph.boxes.map((box, b) => ({ ...box, active: now[b] !== null && active.has(box.node) })), edges: [] }
}

const headings = new WeakMap<Body, { readonly name: string | null; readonly title: number }>()

/// What all visits of a body are called, and how long the longest of their titles is.
function headingOf(trace: Trace, body: Body): { readonly name: string | null; readonly title: number } {
  const known = headings.get(body)
  if (known) return known
  const names = body.nodes.map((node) => nameOfSlot(trace, at(trace.nodes.slotStart, node)))
  const name = names.find((one) => one !== null) ?? null
  const [first = -1] = body.nodes
  // A named leaf or constant has its name for a title.
  const named = name !== null && !isRecordedOp(trace, first) && (trace.nodes.kind[first] === 0 || isLeaf(trace, first))
  const labels = named ? names.map((one) => one ?? name) : body.nodes.map((node) => operationLabel(trace, node))
  const title = body.nodes.length < 2 ? 0 : labels.reduce((most, label) => Math.max(most, label?.length ?? 0), 0)
  const made = { name: body.nodes.length < 2 ? null : name, title }
  headings.set(body, made)
  return made
}

const actives = new WeakMap<View, Map<number, ReadonlySet<number>>>()

function activeOf(trace: Trace, view: View, pass: number): ReadonlySet<number> {
  const member = view.members?.find(({ passes }) => passes.includes(pass)) ?? view
  let known = actives.get(member)
  if (!known) actives.set(member, (known = new Map()))
  let found = known.get(pass)
  if (!found) known.set(pass, (found = activeNodes(trace, member, pass < 0 ? [] : [pass])))
  return found
}

const roomsOf = new WeakMap<Body, Map<number, { readonly value: Room; readonly gradient: Room }>>()

/// Room for any of the visits: exactly where all their numbers are known, else as much as numbers of the shape can need.
function roomOfBody(trace: Trace, body: Body, result: number, summaryOf: SummaryOf, pass: number, family: boolean): { readonly value: Room; readonly gradient: Room } {
  const { nodes } = body
  const large = nodes.length > MEASURED || family
  const key = result * 2 + (pass < 0 ? 1 : 0)
  let rooms = large ? roomsOf.get(body) : undefined
  if (large && !rooms) roomsOf.set(body, (rooms = new Map()))
  const known = rooms?.get(key)
  if (known) return known
  const slots = nodes.map((node) => at(trace.nodes.slotStart, node) + result)
  const shapes = new Set(slots.map((slot) => at(trace.values.shape, at(trace.slots.value, slot))))
  let value: Room = { chars: 0, rows: 0 }
  for (const shape of shapes) value = wider(value, roomOfShape(trace.shapes[shape] ?? []))
  const [node = -1] = nodes
  const flows = isRecordedOp(trace, node) || isLeaf(trace, node) || hasRole(trace, node, 'leaf')
  const gradient: Room = !flows || pass < 0 ? { chars: 0, rows: 0 } : value
  if (large) {
    rooms?.set(key, { value, gradient })
    return { value, gradient }
  }
  const values = slots.map((slot) => at(trace.slots.value, slot))
  if (values.some((one) => !summaryOf(one))) return { value, gradient }
  const exact = values.map((one) => roomFor(valueLines(trace, one, summaryOf).lines)).reduce(wider, { chars: 0, rows: 0 })
  return { value: exact, gradient }
}

/// Characters of one number at most: "-1.23e-5".
const NUMBER = 8

function roomOfShape(shape: readonly number[]): Room {
  if (shape.length === 0) return { chars: NUMBER + 1, rows: 1 }
  const cols = shape.at(-1) ?? 0
  const rows = shape.length === 2 ? (shape[0] ?? 0) : 1
  if (shape.length > 2 || rows > NODE_FIT.rows || cols * 2 > NODE_FIT.chars || sizeOf(shape) === 0) return { chars: 2 * NUMBER + 3, rows: 2 }
  const chars = cols * (NUMBER + 1) + 2 * shape.length - 1
  return chars <= NODE_FIT.chars ? { chars, rows } : { chars: NODE_FIT.chars, rows: Math.max(rows, 2) }
}

// ----- Places -----

const placements = new WeakMap<Rolled, { readonly key: string; readonly nested: Nested }>()

/// Sizes do not depend on the turn, so moving through the turns computes no places again.
function placed(input: RolledInput, graph: Graph, metrics: Metrics): Nested {
  const key = JSON.stringify([graph.boxes.map(({ width, height, results }) => [width, height, results.map((result) => result.width)]), input.pass < 0, metrics])
  const known = placements.get(input.rolled)
  if (known?.key === key) return known.nested
  const made = place(input, graph, metrics)
  placements.set(input.rolled, { key, nested: made })
  return made
}

function place({ trace, view, rolled, layout = usualLayout }: RolledInput, graph: Graph, metrics: Metrics): Nested {
  const main = new Set<number>()
  for (const { from } of rolled.edges) if (!isSource(trace, rolled, from)) main.add(from)
  return nested(
    graph.boxes,
    rolled.bodies.map(({ frame }) => frame),
    rolled.frames.map((frame, f) => {
      const curves = curvesOf(trace, view, rolled, f)
      return {
        parent: frame.parent,
        title: headingWidth(`⟳ ${frame.title}  ${timesOf(frame.most, frame.visits)}  turn ${frame.most.toLocaleString('en')} of ${frame.most.toLocaleString('en')}   unroll`, metrics.advance) + 24,
        aside: curves.length === 0 ? { width: 0, height: 0 } : { width: CURVE.width, height: curves.length * (CURVE.height + CURVE.caption + CURVE.words + CURVE.gap) },
      }
    }),
    rolled.edges.map((edge): NestEdge => {
      const { from, to, operand, carried, result, args } = edge
      return {
      from,
      to,
      // A number for the result that does not change with the turn.
      slot: from * 8 + Math.min(7, result),
      operand: operand < 0 ? 0 : operandOf(trace, args[0] ?? -1),
      operands: operandCount(trace, args[0] ?? -1),
      weight: main.has(from) ? 48 : 2,
      carried,
      plate: plateWidthOf(graph, from, metrics),
      words: headingWidth(captionOf(trace, rolled, edge), metrics.advance),
    }}),
    layout,
  )
}

function plateWidthOf({ boxes }: Graph, from: number, metrics: Metrics): number {
  const box = boxes[from]
  return box ? headingWidth(titleOf(box, box.results), metrics.advance) + 18 : 0
}

function isSource(trace: Trace, rolled: Rolled, body: number): boolean {
  return !isRecordedOp(trace, rolled.bodies[body]?.nodes[0] ?? -1)
}

/// Which of the array operands of its node an argument is, and how many those are.
function operandOf(trace: Trace, arg: number): number {
  return arraysBeside(trace, arg).indexOf(arg)
}

function operandCount(trace: Trace, arg: number): number {
  return arraysBeside(trace, arg).length
}

function arraysBeside(trace: Trace, arg: number): readonly number[] {
  const node = consumerOf(trace, arg)
  return operandArgs(trace, node).filter((one) => at(trace.args.slot, one) >= 0)
}

/// The node that an argument belongs to.
function consumerOf(trace: Trace, arg: number): number {
  const { argStart } = trace.nodes
  let [low, high] = [0, argStart.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (at(argStart, middle + 1) <= arg) low = middle + 1
    else high = middle
  }
  return low
}

// ----- Edges -----

function edgeAt(trace: Trace, rolled: Rolled, graph: Graph, place: Nested, edge: RolledEdge, e: number, shown: Shown, pass: number, chosen: ReadonlySet<number>, metrics: Metrics, family: boolean, captions: ReadonlyMap<number, Caption>): readonly SceneEdge[] {
  const { arg, taken } = shownArg(trace, rolled, edge, shown)
  const [from, to, route] = [graph.boxes[edge.from], graph.boxes[edge.to], place.routes[e]]
  if (!from || !to || !route || route.points.length < 2) return []
  const cut = !isRecordedOp(trace, to.node)
  const contribution = !taken || cut || pass < 0 ? -1 : contributionOf(trace, pass, arg)
  const flows = !cut && carriesGradient(trace, edge, pass, family)
  const middle = middleOfPoints(route)
  const many = edge.args.length > 1 && edge.operand < 0 && (rolled.bodies[edge.to]?.nodes.length ?? 0) === 1
  const common = {
    from: from.node,
    to: to.node,
    active: to.active && from.active,
    phase: taken ? null : ('absent' as const),
    note: null,
    arg,
    middle,
    lit: taken && (chosen.has(from.node) || chosen.has(to.node)),
    plate: route.plate && { x: Math.round(route.plate.x - plateWidthOf(graph, edge.from, metrics) / 2), y: Math.round(route.plate.y - PLATE_HEIGHT / 2), width: plateWidthOf(graph, edge.from, metrics), height: PLATE_HEIGHT, text: titleOf(from, from.results) },
    carried: edge.carried >= 0,
    caption: captions.get(e) ?? (many ? { x: middle.x + 10, y: middle.y, text: `all ${edge.args.length}` } : null),
  }
  const key = `${from.key}>${to.key}.${edge.operand}.${edge.carried}.${edge.result}`
  if (cut) return [{ ...common, key, role: 'cut', points: route.points, path: lanePath(route.points), mark: middle, phase: common.phase }]
  const value: SceneEdge = { ...common, key, role: 'value', points: route.points, path: lanePath(route.points, flows ? -LANE : 0), mark: null }
  if (!flows) return [value]
  const phase = contribution < 0 ? ('absent' as const) : common.phase
  return [value, { ...common, phase, caption: null, plate: null, key: `${key}∂`, role: 'grad', points: [...route.points].reverse(), path: lanePath(route.points, LANE, true), mark: null }]
}

interface Caption {
  readonly x: number
  readonly y: number
  readonly text: string
}

/// Height of a line of words beside lanes.
const CAPTION = 14

/// Words beside the lanes of each frame, by edge: once for all lanes that say the same, right of all lanes, one under the other.
function captionsOf(trace: Trace, rolled: Rolled, place: Nested, shown: Shown): ReadonlyMap<number, Caption> {
  const found = new Map<number, Caption>()
  const lanes = rolled.edges.flatMap((edge, e) => {
    const lane = place.routes[e]?.lane
    return lane ? [{ e, edge, x: lane[0].x, y: Math.round((lane[0].y + lane[1].y) / 2), text: captionOf(trace, rolled, edge) }] : []
  })
  for (const frame of new Set(lanes.map(({ edge }) => edge.carried))) {
    const own = lanes.filter(({ edge }) => edge.carried === frame)
    const x = Math.max(...own.map((one) => one.x)) + LANE + 5
    const said = [...new Set(own.map(({ text }) => text))].map((text) => {
      const all = own.filter((one) => one.text === text)
      // Beside one that leads to the shown turn, if any does.
      return all.find(({ edge }) => shownArg(trace, rolled, edge, shown).taken) ?? all[0]
    })
    let least = Number.NEGATIVE_INFINITY
    for (const one of said.filter((each) => each !== undefined).toSorted((a, b) => a.y - b.y)) {
      const y = Math.max(one.y, least)
      found.set(one.e, { x, y, text: one.text })
      least = y + CAPTION
    }
  }
  return found
}

const gradients = new WeakMap<RolledEdge, Map<number, boolean>>()

/// Whether a gradient comes back along an edge in any turn; of recordings in a loop, in any of their passes.
function carriesGradient(trace: Trace, edge: RolledEdge, pass: number, family: boolean): boolean {
  const key = family ? -2 : pass
  let known = gradients.get(edge)
  if (!known) gradients.set(edge, (known = new Map()))
  let found = known.get(key)
  if (found === undefined) {
    const passes = family ? trace.passes.map((_, p) => p) : [pass]
    // A few turns tell for all of very many.
    const some = edge.args.slice(0, family ? 3 : undefined)
    found = passes.some((one) => some.some((arg) => contributionOf(trace, one, arg) >= 0))
    known.set(key, found)
  }
  return found
}

function middleOfPoints({ points, lane }: Nested['routes'][number]): Point {
  if (lane) return { x: lane[0].x, y: Math.round((lane[0].y + lane[1].y) / 2) }
  const k = Math.max(1, Math.floor(points.length / 2))
  const [a, b] = [points[k - 1], points[k]]
  return a && b ? { x: Math.round((a.x + b.x) / 2), y: Math.round((a.y + b.y) / 2) } : { x: 0, y: 0 }
}

function captionOf(trace: Trace, rolled: Rolled, edge: RolledEdge): string {
  const frame = rolled.frames[edge.carried]
  const slot = at(trace.args.slot, edge.args[0] ?? -1)
  const name = slot < 0 ? null : nameOfSlot(trace, slot)
  const word = frame?.kind === 'call' ? 'call' : 'turn'
  const when = edge.distance < 0 ? `inner ${word}` : edge.distance === 1 ? `next ${word}` : `later ${word}`
  return name ? `${name}: ${when}` : when
}

// ----- Frames -----

export function timesOf(most: number, visits: number): string {
  const n = (count: number): string => count.toLocaleString('en')
  return most === visits ? `× ${n(visits)}` : `× ${n(most)} at most, ${n(visits)} in all`
}

/// "turn 12 of 50"; after the last one a `while` is only tested.
export function turnText(rolled: Rolled, frame: number, shown: Shown): string {
  const kind = rolled.frames[frame]?.kind
  const word = kind === 'call' ? 'call' : 'turn'
  const count = shown.count[frame] ?? 0
  if (count === 0) return 'does not run here'
  const instance = shown.instance[frame] ?? -1
  const own = count - (rolled.tests.has(lastOf(rolled, frame, shown)) && count > 1 ? 1 : 0)
  if (rolled.tests.has(instance) && count > 1) return `last test, after ${own}`
  return `${word} ${((shown.index[frame] ?? 0) + 1).toLocaleString('en')} of ${own.toLocaleString('en')}`
}

function lastOf(rolled: Rolled, frame: number, shown: Shown): number {
  const parent = rolled.frames[frame]?.parent ?? -1
  return rolled.within[frame]?.get(parent < 0 ? -1 : (shown.instance[parent] ?? -1))?.at(-1) ?? -1
}

function frameAt(trace: Trace, view: View, rolled: Rolled, shown: Shown, f: number, place: Nested, pass: number): SceneFrame {
  const frame = rolled.frames[f]
  const box = place.frames[f]
  const curves = curvesOf(trace, view, rolled, f).map((one, k): SceneCurve => ({
    name: one.name,
    x: box?.aside.x ?? 0,
    y: (box?.aside.y ?? 0) + k * (CURVE.height + CURVE.caption + CURVE.words + CURVE.gap),
    curve: curveOf(one.norms(pass, shown), shown.index[f] ?? 0, view.members === undefined),
  }))
  const turn = turnText(rolled, f, shown)
  const times = timesOf(frame?.most ?? 0, frame?.visits ?? 0)
  return {
    key: frame?.key ?? '',
    loop: frame?.loop ?? '',
    x: box?.x ?? 0,
    y: box?.y ?? 0,
    width: box?.width ?? 0,
    height: box?.height ?? HEADING,
    title: frame?.title ?? '',
    times,
    place: turn,
    index: shown.index[f] ?? 0,
    count: shown.count[f] ?? 0,
    curves,
    label: [`${frame?.title}, line ${frame?.line}`, times.replace('×', 'times'), turn, ...curves.map(({ name, curve }) => `gradient of ${name} ${curve.words}`)].join(', '),
  }
}

interface CurveSource {
  readonly name: string
  readonly norms: (pass: number, shown: Shown) => readonly (number | null)[]
}

const curveSources = new WeakMap<Rolled, (readonly CurveSource[])[]>()

/// What a frame has curves of: what leads from turn to turn; in a loop of recordings the leaves that each has of its own;
/// else the last thing that its body makes.
export function curvesOf(trace: Trace, view: View, rolled: Rolled, frame: number): readonly CurveSource[] {
  let known = curveSources.get(rolled)
  if (!known) curveSources.set(rolled, (known = []))
  const before = known[frame]
  if (before) return before
  const made = sourcesOf(trace, view, rolled, frame)
  known[frame] = made
  return made
}

function sourcesOf(trace: Trace, view: View, rolled: Rolled, frame: number): readonly CurveSource[] {
  if (view.passes.length === 0) return []
  const carried = rolled.edges.filter((edge) => edge.carried === frame)
  const wanted = new Map<string, readonly [body: number, result: number]>()
  for (const { from, result } of carried) wanted.set(`${from} ${result}`, [from, result])
  if (wanted.size === 0) {
    rolled.bodies.forEach((body, b) => {
      const node = body.nodes[0] ?? -1
      if (body.frame === frame && isLeaf(trace, node)) wanted.set(`${b} 0`, [b, 0])
    })
  }
  if (wanted.size === 0) {
    const last = rolled.bodies.findLastIndex((body) => body.frame === frame && isRecordedOp(trace, body.nodes[0] ?? -1))
    if (last >= 0) wanted.set(`${last} 0`, [last, 0])
  }
  return [...wanted.values()].slice(0, CURVES).map(([body, result]) => {
    const own = rolled.bodies[body]
    const slot = (node: number): number => at(trace.nodes.slotStart, node) + result
    const named = own?.nodes.map((node) => nameOfSlot(trace, slot(node))).find((name) => name !== null)
    const name = named ?? trace.ops[at(trace.nodes.op, own?.nodes[0] ?? -1)]?.name ?? 'gradient'
    const nodeAt = new Map(own?.nodes.map((node) => [rolled.home.get(node) ?? -1, node]))
    const known = new Map<string, readonly (number | null)[]>()
    return {
      name,
      norms: (pass, shown) => {
        const parent = rolled.frames[frame]?.parent ?? -1
        const around = parent < 0 ? -1 : (shown.instance[parent] ?? -1)
        const key = `${view.members ? -2 : pass} ${around}`
        const before = known.get(key)
        if (before) return before
        const instances = rolled.within[frame]?.get(around) ?? []
        const made = instances.filter((instance) => !rolled.tests.has(instance)).map((instance) => {
          const node = nodeAt.get(instance) ?? lastInside(rolled, own?.nodes ?? [], instance)
          if (node === undefined) return null
          return gradNormOf(trace, view.members ? passOfNode(view, node) : pass, slot(node))
        })
        known.set(key, made)
        return made
      },
    }
  })
}

const insides = new WeakMap<readonly number[], ReadonlyMap<number, number>>()

/// The last visit within an instance, of a body that stands in a deeper frame.
function lastInside(rolled: Rolled, nodes: readonly number[], instance: number): number | undefined {
  let index = insides.get(nodes)
  if (!index) {
    const made = new Map<number, number>()
    for (const node of nodes) for (let home = rolled.home.get(node) ?? -1; home >= 0; home = rolled.above[home] ?? -1) made.set(home, node)
    insides.set(nodes, (index = made))
  }
  return index.get(instance)
}

/// The last pass of the recording that each node belongs to.
const passIndex = once(({ members = [] }: View): ReadonlyMap<number, number> => new Map(members.flatMap(({ nodes, passes }) => nodes.map((node): [number, number] => [node, passes.at(-1) ?? -1]))))

const passOfNode = (view: View, node: number): number => passIndex(view).get(node) ?? -1

// ----- Steps -----

/// Positions at which a step of the timeline is to be seen: both ends of what it does, as far as they stand in different
/// frames.
export function positionsAtStep(trace: Trace, rolled: Rolled, index: number, before: Positions): Positions {
  const step = stepAt(trace, index)
  if (!step || !rolled.bodyOf.has(step.node)) return before
  const target = step.kind === 'backward' ? nodeOfSlot(trace, step.slot) : -1
  const positions = target >= 0 && rolled.bodyOf.has(target) ? positionsFor(rolled, target, before) : before
  return positionsFor(rolled, step.node, positions)
}
