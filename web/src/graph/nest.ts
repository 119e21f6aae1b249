/// Places for boxes that stand in frames, frames in frames. Each frame is laid out by itself, from the inside out, by the
/// layout that pictures have anyway, and is one box for what is around it. An edge across a frame's border goes through a
/// port; one to a later turn runs back up in a lane beside the boxes.

import { SMALL } from './metrics'
import type { Box, Edge, Graph } from './model'
import { MARGIN, type Layout, type Placement } from './placement'
import { entryOf, exitOf } from './ports'
import { routesOf, type Point } from './routes'

/// A frame to place: `title` is the width that its heading needs, `aside` the size of what stands at its right side.
export interface NestFrame {
  readonly parent: number
  readonly title: number
  readonly aside: { readonly width: number; readonly height: number }
}

/// An edge between boxes. `carried`: the frame to whose other turn it leads; -1 for none.
export interface NestEdge {
  readonly from: number
  readonly to: number
  readonly slot: number
  readonly operand: number
  readonly operands: number
  readonly weight: number
  readonly carried: number
  /// Width of the plate that may stand for a far producer, and of the words beside its lane.
  readonly plate: number
  readonly words: number
}

export interface Nested {
  /// Top left corners of the boxes.
  readonly boxes: readonly Point[]
  readonly frames: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly aside: Point }[]
  /// Points from producer to consumer. `turn`: where the lane of one that runs back is, beside the boxes.
  /// `plate`: middle of the plate that it starts from instead of its producer.
  readonly routes: readonly { readonly points: readonly Point[]; readonly lane: readonly [top: Point, bottom: Point] | null; readonly plate: Point | null }[]
  readonly width: number
  readonly height: number
}

/// Height of a frame's heading, and room between its border and what is in it.
export const HEADING = 34
const INSET = 14
const LANE_GAP = 16
const PORT = 8
/// Ports are numbered from here on where slots are expected.
const PORT_NUMBERS = 1e9

/// Something that a level places: a box, a frame, or a port in the frame's border.
interface Item {
  readonly width: number
  readonly height: number
  readonly box: Box
}

interface Level {
  readonly size: { readonly width: number; readonly height: number }
  readonly aside: Point
  /// Of boxes and frames in it: top left corner in the frame.
  readonly boxes: ReadonlyMap<number, Point>
  readonly frames: ReadonlyMap<number, Point>
  /// x of each port in the border.
  readonly enter: ReadonlyMap<string, number>
  readonly leave: ReadonlyMap<string, number>
  /// Of each edge that has a part in it.
  readonly parts: ReadonlyMap<number, Part>
}

interface Part {
  readonly points: readonly Point[]
  readonly plate: Point | null
  readonly lane: readonly [Point, Point] | null
}

/// `frameOf`: frame of each box. Frames stand after those around them.
export function nested(boxes: readonly Box[], frameOf: readonly number[], frames: readonly NestFrame[], edges: readonly NestEdge[], layout: Layout): Nested {
  const path = (frame: number): readonly number[] => (frame < 0 ? [] : [...path(frames[frame]?.parent ?? -1), frame])
  const paths = frames.map((_, f) => path(f))
  const pathOf = (box: number): readonly number[] => paths[frameOf[box] ?? -1] ?? []

  /// The level at which an edge goes from one thing to another; it only passes the border of deeper ones.
  const meeting = edges.map(({ from, to, carried }) => {
    if (carried >= 0) return carried
    const [a, b] = [pathOf(from), pathOf(to)]
    let common = -1
    for (let k = 0; k < a.length && a[k] === b[k]; k++) common = a[k] ?? -1
    return common
  })
  const inner = (level: number, box: number): number | null => {
    const chain = pathOf(box)
    const next = level < 0 ? 0 : chain.indexOf(level) + 1
    return level >= 0 && next === 0 ? null : (chain[next] ?? -1)
  }

  /// A number for a port's key that no slot has.
  const numbers = new Map<string, number>()
  const portOf = (key: string): number => {
    const known = numbers.get(key) ?? numbers.size
    numbers.set(key, known)
    return PORT_NUMBERS + known
  }

  const levels = new Map<number, Level>()
  for (let frame = frames.length - 1; frame >= -1; frame--) levels.set(frame, levelOf(frame))
  return composed()

  function levelOf(level: number): Level {
    const children = frames.flatMap(({ parent }, f) => (parent === level ? [f] : []))
    const own = boxes.flatMap((_, b) => (frameOf[b] === level ? [b] : []))
    const inside = (box: number): boolean => level < 0 || pathOf(box).includes(level)
    const crossing = edges.flatMap((edge, e) => {
      const [a, b] = [inside(edge.from), inside(edge.to)]
      const meets = meeting[e] === level
      // Deeper edges are no matter of this level.
      if (!a && !b) return []
      if (a && b && !meets) {
        const deep = inner(level, edge.from)
        const same = deep !== null && deep >= 0 && deep === inner(level, edge.to)
        const around = meeting[e] ?? -1
        const outside = around < 0 ? level >= 0 : level >= 0 && around !== level && (paths[level] ?? []).includes(around)
        if (same && !outside) return []
        if (outside) return [{ e, enters: true, leaves: true }]
        return []
      }
      if (meets) return [{ e, enters: false, leaves: false }]
      return [{ e, enters: b && !a, leaves: a && !b }]
    })

    // Who stands here, in an order in which producers come first as far as that is possible.
    const things = [...own.map((box) => ({ box, frame: -1 })), ...children.map((frame) => ({ box: -1, frame }))]
    const thingOf = (box: number): number => {
      const child = inner(level, box)
      return things.findIndex((thing) => (child !== null && child >= 0 ? thing.frame === child : thing.box === box))
    }
    const direct = crossing.flatMap(({ e, enters, leaves }) => {
      const edge = edges[e]
      return edge && !enters && !leaves ? [{ e, from: thingOf(edge.from), to: thingOf(edge.to) }] : []
    })
    const forward = direct.filter(({ e, from, to }) => !(level >= 0 && edges[e]?.carried === level) && from !== to)
    const order = topological(things.length, forward)
    const rank = new Map(order.map((thing, k) => [thing, k]))

    const enters = new Map<string, number>()
    const leaves = new Map<string, number>()
    for (const { e, enters: goesIn, leaves: goesOut } of crossing) {
      const edge = edges[e]
      if (!edge) continue
      if (goesIn) enters.set(enterKey(edge), enters.get(enterKey(edge)) ?? enters.size)
      if (goesOut) leaves.set(leaveKey(edge), leaves.get(leaveKey(edge)) ?? leaves.size)
    }

    // Items: [sky, ceiling, ports in, things, ports out, floor]; the ceiling and the floor pull the ports to the border.
    const items: Item[] = []
    const port = (): Item => ({ width: PORT, height: PORT, box: shapeless(PORT, PORT) })
    if (enters.size > 0) items.push({ width: PORT, height: 0, box: shapeless(PORT, 0) })
    const ceiling = enters.size > 0 ? items.push({ width: PORT, height: 0, box: shapeless(PORT, 0) }) - 1 : -1
    const firstEnter = items.length
    enters.forEach(() => items.push(port()))
    const firstThing = items.length
    for (const thing of order) {
      const { box, frame } = things[thing] ?? { box: -1, frame: -1 }
      const shape = frame >= 0 ? frameBox(frame) : (boxes[box] ?? shapeless(0, 0))
      items.push({ width: shape.width, height: shape.height, box: shape })
    }
    const firstLeave = items.length
    leaves.forEach(() => items.push(port()))
    const floor = leaves.size > 0 ? items.push({ width: PORT, height: 0, box: shapeless(PORT, 0) }) - 1 : -1
    const itemOf = (thing: number): number => firstThing + (rank.get(thing) ?? 0)

    const drawn: { readonly e: number; readonly edge: Edge }[] = []
    const back: { readonly e: number; readonly from: number; readonly to: number }[] = []
    const put = (e: number, from: number, to: number): void => {
      const edge = edges[e]
      if (!edge) return
      const [a, b] = [items[from]?.box, items[to]?.box]
      const slot = a?.ports ? portIndex(edge, 'leave') : from < firstThing ? PORT_NUMBERS - 1 - from : edge.slot
      const operand = b?.ports ? portIndex(edge, 'enter') : edge.operand
      drawn.push({ e, edge: { from, to, slot, operand: operand < 0 ? 0 : operand, operands: b?.ports ? 1 : edge.operands, arg: -1, contribution: -1, cut: false, weight: edge.weight, plate: edge.plate } })
    }
    for (const { e, enters: goesIn, leaves: goesOut } of crossing) {
      const edge = edges[e]
      if (!edge) continue
      const [from, to] = [itemOf(thingOf(edge.from)), itemOf(thingOf(edge.to))]
      if (goesIn && goesOut) {
        put(e, from, firstLeave + (leaves.get(leaveKey(edge)) ?? 0))
        put(e, firstEnter + (enters.get(enterKey(edge)) ?? 0), to)
      } else if (goesIn) put(e, firstEnter + (enters.get(enterKey(edge)) ?? 0), to)
      else if (goesOut) put(e, from, firstLeave + (leaves.get(leaveKey(edge)) ?? 0))
      else if ((level >= 0 && edge.carried === level) || from >= to) back.push({ e, from, to })
      else put(e, from, to)
    }

    const pulls: Edge[] = []
    const pull = (from: number, to: number, weight: number): void => void pulls.push({ from, to, slot: -1, operand: 0, operands: 1, arg: -1, contribution: -1, cut: false, weight, plate: 0 })
    // The layout moves a node down to its uses when more edges lead out of it than into it, and up in the other case: as many
    // pulls as edges keep the ports where they are.
    const count = (side: 'from' | 'to', item: number): number => drawn.filter(({ edge }) => edge[side] === item).length
    if (ceiling >= 0) {
      pull(ceiling - 1, ceiling, 1)
      enters.forEach((k) => Array.from({ length: count('from', firstEnter + k) + 1 }).forEach(() => pull(ceiling, firstEnter + k, 60)))
      for (let k = firstThing; k < firstLeave; k++) if (!drawn.some(({ edge }) => edge.to === k)) pull(ceiling, k, 1)
    }
    if (floor >= 0) {
      leaves.forEach((k) => Array.from({ length: count('to', firstLeave + k) }).forEach(() => pull(firstLeave + k, floor, 60)))
      for (let k = firstThing; k < firstLeave; k++) if (!drawn.some(({ edge }) => edge.from === k)) pull(k, floor, 1)
    }
    const graph: Graph = { boxes: items.map(({ box }) => box), edges: [...drawn.map(({ edge }) => edge), ...pulls] }
    const placement = layout({
      nodes: items.map(({ width, height }) => ({ width, height })),
      edges: graph.edges.map((edge) => ({
        from: edge.from,
        to: edge.to,
        weight: edge.weight,
        plate: edge.plate,
        leave: exitOf(graph.boxes[edge.from], edge.slot).middle,
        enter: entryOf(graph.boxes[edge.to], edge.operand, edge.operands),
      })),
    })
    return finished(level, { graph, placement, items, drawn, back, enters, leaves, firstEnter, firstThing, firstLeave, order, things })
  }

  function portIndex(edge: NestEdge, side: 'enter' | 'leave'): number {
    return side === 'enter' ? portOf(enterKey(edge)) : portOf(leaveKey(edge))
  }

  function frameBox(frame: number): Box {
    const inside = levels.get(frame)
    if (!inside) return shapeless(0, 0)
    const { width, height } = inside.size
    const enter = new Map([...inside.enter].map(([key, x]) => [portOf(key), x - width / 2]))
    const leave = new Map([...inside.leave].map(([key, x]) => [portOf(key), x - width / 2]))
    return { ...shapeless(width, height), ports: { enter, leave } }
  }

  function finished(
    level: number,
    given: {
      readonly graph: Graph
      readonly placement: Placement
      readonly items: readonly Item[]
      readonly drawn: readonly { readonly e: number; readonly edge: Edge }[]
      readonly back: readonly { readonly e: number; readonly from: number; readonly to: number }[]
      readonly enters: ReadonlyMap<string, number>
      readonly leaves: ReadonlyMap<string, number>
      readonly firstEnter: number
      readonly firstThing: number
      readonly firstLeave: number
      readonly order: readonly number[]
      readonly things: readonly { readonly box: number; readonly frame: number }[]
    },
  ): Level {
    const { graph, placement, items, drawn, back, enters, leaves, firstEnter, firstThing, firstLeave, order, things } = given
    const middle = (item: number): Point => ({ x: placement.x[item] ?? 0, y: placement.y[item] ?? 0 })
    const top = (item: number): number => middle(item).y - (items[item]?.height ?? 0) / 2
    const bottom = (item: number): number => middle(item).y + (items[item]?.height ?? 0) / 2
    // What counts for the size: all but the ceiling and the floor.
    const real = items.flatMap((_, i) => (i >= firstEnter && i < firstLeave + leaves.size ? [i] : []))
    const framed = level >= 0
    const [low, high] = [Math.min(...real.map(top)), Math.max(...real.map(bottom))]
    const left = Math.min(...real.map((i) => middle(i).x - (items[i]?.width ?? 0) / 2), ...placement.passes.flatMap((way) => way?.map(({ x }) => x - 6) ?? []))
    const right = Math.max(...real.map((i) => middle(i).x + (items[i]?.width ?? 0) / 2), ...placement.passes.flatMap((way) => way?.map(({ x }) => x + 6) ?? []))
    const backAbove = back.length > 0 ? 8 + 5 * Math.min(4, back.length) : 0
    const dx = framed ? INSET - left : 0
    // Lanes: out below the producer's layer, up beside everything, in above the consumer's layer.
    const span = [...back]
      .sort((p, q) => bottom(p.from) - top(p.to) - (bottom(q.from) - top(q.to)))
      .map(({ e, from, to }, k) => {
        const layerBottom = placement.layers[placement.layer[from] ?? 0]?.bottom ?? bottom(from)
        const layerTop = placement.layers[placement.layer[to] ?? 0]?.top ?? top(to)
        return { e, from, to, out: Math.max(bottom(from), layerBottom) + 9 + 5 * (k % 4), into: Math.min(top(to), layerTop) - 15 - 5 * (k % 4) }
      })
    // None of them runs through the heading or leaves the frame.
    const above = HEADING + (enters.size > 0 ? 0 : INSET + backAbove)
    const room = framed ? Math.max(0, HEADING + low - above - Math.min(low, ...span.map(({ into }) => into))) : 0
    const dy = framed ? above + room - low : 0
    const at = ({ x, y }: Point): Point => ({ x: Math.round(x + dx), y: Math.round(y + dy) })

    const lanes = back.length === 0 ? 0 : 20 + LANE_GAP * back.length + Math.max(...back.map(({ e }) => edges[e]?.words ?? 0))
    const aside = frames[level]?.aside ?? { width: 0, height: 0 }
    const inside = right - left + lanes
    const width = framed ? Math.max(inside + (aside.width > 0 ? aside.width + INSET : 0) + 2 * INSET, (frames[level]?.title ?? 0) + 2 * INSET) : placement.width + lanes
    const below = leaves.size > 0 ? 0 : INSET + backAbove
    const height = framed ? Math.max(dy + high + below, dy + Math.max(...span.map(({ out }) => out)) + LANE_GAP / 2, HEADING + aside.height + INSET) : placement.height
    const size = { width: Math.ceil(width / 2) * 2, height: Math.ceil(height) }

    const parts = new Map<number, Part>()
    const add = (e: number, points: readonly Point[], lane: Part['lane'], plate: Point | null): void => {
      const before = parts.get(e)
      parts.set(e, before ? { points: [...before.points, ...points], lane: before.lane ?? lane, plate: before.plate ?? plate } : { points, lane, plate })
    }
    const routes = routesOf(graph, placement)
    drawn.forEach(({ e, edge }, k) => {
      const points = (routes[k]?.points ?? []).map(at)
      const first = edge.from < firstThing && framed ? [{ x: Math.round(middle(edge.from).x + dx), y: 0 }, ...points.slice(0)] : points
      const last = edge.to >= firstLeave && framed ? [...first, { x: Math.round(middle(edge.to).x + dx), y: size.height }] : first
      const plate = routes[k]?.plate
      add(e, last, null, plate ? at(plate) : null)
    })
    span.forEach(({ e, from, to, out, into }, k) => {
      const edge = edges[e]
      const [a, b] = [items[from], items[to]]
      if (!edge || !a || !b) return
      const exit = a.box.ports ? (a.box.ports.leave.get(portIndex(edge, 'leave')) ?? 0) : Math.min(a.width / 2 - 16, exitOf(a.box, edge.slot).middle + exitOf(a.box, edge.slot).room / 2)
      const entry = b.box.ports ? (b.box.ports.enter.get(portIndex(edge, 'enter')) ?? 0) : entryOf(b.box, Math.max(0, edge.operand), edge.operands)
      const lane = (framed ? right : placement.width - MARGIN) + 12 + LANE_GAP * k
      const points = [
        { x: middle(from).x + exit, y: bottom(from) },
        { x: middle(from).x + exit, y: out },
        { x: lane, y: out },
        { x: lane, y: into },
        { x: middle(to).x + entry, y: into },
        { x: middle(to).x + entry, y: top(to) },
      ].map(at)
      add(e, points, [points[3] ?? { x: 0, y: 0 }, points[2] ?? { x: 0, y: 0 }], null)
    })
    const corner = (item: number): Point => at({ x: middle(item).x - (items[item]?.width ?? 0) / 2, y: top(item) })
    const placed = order.map((thing, k) => ({ ...(things[thing] ?? { box: -1, frame: -1 }), at: corner(firstThing + k) }))
    return {
      size,
      aside: { x: size.width - INSET - aside.width, y: HEADING + 4 },
      boxes: new Map(placed.flatMap(({ box, at: place }) => (box >= 0 ? [[box, place] as const] : []))),
      frames: new Map(placed.flatMap(({ frame, at: place }) => (frame >= 0 ? [[frame, place] as const] : []))),
      enter: new Map([...enters].map(([key, k]) => [key, Math.round(middle(firstEnter + k).x + dx)])),
      leave: new Map([...leaves].map(([key, k]) => [key, Math.round(middle(firstLeave + k).x + dx)])),
      parts,
    }
  }

  /// All levels in one picture: corners add up from the outside in, parts of an edge join from producer to consumer.
  function composed(): Nested {
    const corners: Point[] = []
    frames.forEach(({ parent }, f) => {
      const around = parent < 0 ? { x: 0, y: 0 } : (corners[parent] ?? { x: 0, y: 0 })
      const place = levels.get(parent)?.frames.get(f) ?? { x: 0, y: 0 }
      corners.push({ x: around.x + place.x, y: around.y + place.y })
    })
    const origin = (level: number): Point => corners[level] ?? { x: 0, y: 0 }
    const moved = (points: readonly Point[], level: number): readonly Point[] => points.map(({ x, y }) => ({ x: x + origin(level).x, y: y + origin(level).y }))
    const root = levels.get(-1)
    return {
      boxes: boxes.map((_, b) => {
        const level = frameOf[b] ?? -1
        return moved([levels.get(level)?.boxes.get(b) ?? { x: 0, y: 0 }], level)[0] ?? { x: 0, y: 0 }
      }),
      frames: frames.map((_, f) => {
        const level = levels.get(f)
        const aside = level?.aside ?? { x: 0, y: 0 }
        return { ...origin(f), width: level?.size.width ?? 0, height: level?.size.height ?? 0, aside: { x: origin(f).x + aside.x, y: origin(f).y + aside.y } }
      }),
      routes: edges.map(({ from, to }, e) => {
        const meets = meeting[e] ?? -1
        const depth = (level: number): number => (level < 0 ? 0 : (paths[level]?.length ?? 0))
        const out = [...pathOf(from)].reverse().filter((level) => depth(level) > depth(meets))
        const into = pathOf(to).filter((level) => depth(level) > depth(meets))
        const lane = levels.get(meets)?.parts.get(e)?.lane ?? null
        const [a, b] = lane ? moved(lane, meets) : []
        const part = (level: number, side: 'out' | 'in' | null): readonly Point[] => {
          const all = levels.get(level)?.parts.get(e)?.points ?? []
          // A frame that an edge leaves and comes into again holds both ways, the way out first.
          const both = side !== null && out.includes(level) && into.includes(level)
          const split = both ? all.findIndex(({ y }) => y === levels.get(level)?.size.height) + 1 : 0
          return moved(!both ? all : side === 'out' ? all.slice(0, split) : all.slice(split), level)
        }
        const points = [...out.flatMap((level) => part(level, 'out')), ...part(meets, null), ...into.flatMap((level) => part(level, 'in'))]
        const start = [...out, meets][0] ?? meets
        const plate = levels.get(start)?.parts.get(e)?.plate
        return { points, lane: a && b ? ([a, b] as const) : null, plate: plate ? (moved([plate], start)[0] ?? null) : null }
      }),
      width: Math.round(root?.size.width ?? 0),
      height: Math.round(root?.size.height ?? 0),
    }
  }
}

/// One port for one result; one for each operand that takes it.
function leaveKey({ from, slot }: NestEdge): string {
  return `out ${from} ${slot}`
}

function enterKey({ from, slot, to, operand }: NestEdge): string {
  return `in ${from} ${slot} ${to} ${operand}`
}

function shapeless(width: number, height: number): Box {
  return { node: -1, key: '', kind: 'operation', label: null, tags: [], head: false, backward: false, active: true, results: [], width, height }
}

/// Things in an order in which producers come first; an edge that closes a circle is passed over.
function topological(count: number, edges: readonly { readonly from: number; readonly to: number }[]): readonly number[] {
  const below = Array.from({ length: count }, () => [] as number[])
  for (const { from, to } of edges) below[from]?.push(to)
  const state = new Uint8Array(count)
  const order: number[] = []
  for (let start = 0; start < count; start++) {
    if (state[start] !== 0) continue
    const stack = [{ thing: start, next: 0 }]
    state[start] = 1
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      if (!top) break
      const to = below[top.thing]?.[top.next++]
      if (to === undefined) {
        order.push(top.thing)
        state[top.thing] = 2
        stack.pop()
      } else if (state[to] === 0) {
        state[to] = 1
        stack.push({ thing: to, next: 0 })
      }
    }
  }
  return order.reverse()
}

// ----- Paths -----

const CORNER = 9

/// SVG path along points, of which each two lie above, beside or slantwise of each other: straight, with round corners where a
/// lane turns, an S where an edge bends. `lane` moves it sideways; `reversed` from consumer to producer.
export function lanePath(given: readonly Point[], lane = 0, reversed = false): string {
  const points = given.map(({ x, y }, i) => {
    const [before, after] = [given[i - 1], given[i + 1]]
    const turns = [before, after].some((other) => other && other.y === y && other.x !== x)
    return { x: x + lane, y: turns ? y + lane : y }
  })
  if (reversed) points.reverse()
  const n = (value: number): string => String(Math.round(value * 10) / 10)
  const flat = (a: Point, b: Point): boolean => Math.abs(a.y - b.y) < 0.05 && Math.abs(a.x - b.x) >= 0.05
  const level = (a: Point, b: Point): boolean => Math.abs(a.x - b.x) < 0.05
  return points
    .map((point, i) => {
      const [before, after] = [points[i - 1], points[i + 1]]
      if (!before) return `M${n(point.x)} ${n(point.y)}`
      const corner = after && ((flat(before, point) && level(point, after)) || (level(before, point) && flat(point, after)))
      if (corner) {
        const r = Math.min(CORNER, distance(before, point) / 2, distance(point, after) / 2)
        const [a, b] = [towards(point, before, r), towards(point, after, r)]
        return `L${n(a.x)} ${n(a.y)}Q${n(point.x)} ${n(point.y)} ${n(b.x)} ${n(b.y)}`
      }
      if (level(before, point) || flat(before, point)) return `L${n(point.x)} ${n(point.y)}`
      const middle = (before.y + point.y) / 2
      return `C${n(before.x)} ${n(middle)} ${n(point.x)} ${n(middle)} ${n(point.x)} ${n(point.y)}`
    })
    .join('')
}

function distance(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y)
}

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to) || 1
  return { x: from.x + ((to.x - from.x) * length) / whole, y: from.y + ((to.y - from.y) * length) / whole }
}

/// Width of a heading's text.
export function headingWidth(text: string, advance: number): number {
  return Math.ceil([...text].length * SMALL.size * advance)
}
