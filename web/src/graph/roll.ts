/// Rolls a view up: operations that the turns of a loop, or the calls of a function, made again are one body. The result
/// says which bodies there are, in which frames they stand, and which edges lead from one turn to another; which turn is
/// looked at (`Turns`) comes on top, so that moving through the turns computes nothing again.

import { LoopKind } from '../protocol/trace'
import { at, codeLines, hasRole, instancesOf, isRecordedOp, nodeOfSlot, once, type Instances, type Trace } from '../trace'
import { viewsOf, type View } from './views'

/// Loops and functions visited more often than this, in one place, are rolled up.
export const ROLL_ABOVE = 3

/// What the reader chose: everything rolled (the default) or nothing, but for those named.
export interface RollOptions {
  readonly all: boolean
  readonly except: readonly string[]
}

export const ROLLED: RollOptions = { all: true, except: [] }

/// A frame around the body of a rolled loop or function.
export interface Frame {
  /// The same from run to run while the line stays: "for 9:4", with that of the frames around it.
  readonly key: string
  /// What `RollOptions.except` calls it: all loops that stand at this place.
  readonly loop: string
  readonly kind: 'for' | 'while' | 'comprehension' | 'call'
  /// Position in `frames` of the frame around it; -1 when it stands free.
  readonly parent: number
  /// "for t in range(50)", "def cell(h, x)".
  readonly title: string
  readonly line: number
  readonly endLine: number
  /// How often its body ran: in all, and at most in one turn of the frame around it. The last test of a `while` does not count.
  readonly visits: number
  readonly most: number
}

/// Nodes that are one box of the picture: the same expression in every turn.
export interface Body {
  readonly key: string
  /// Innermost frame; -1 when it stands free.
  readonly frame: number
  /// In time order.
  readonly nodes: readonly number[]
}

export interface RolledEdge {
  /// Positions in `bodies`.
  readonly from: number
  readonly to: number
  /// Result of the producer and array operand of the consumer that it connects; -1 for one of very many operands.
  readonly result: number
  readonly operand: number
  /// The frame to whose next turn it leads (in `frames`); -1 for an edge within a turn, into or out of a frame.
  readonly carried: number
  /// How many turns later; negative when a call uses what a later one gave.
  readonly distance: number
  /// Positions in `trace.args`, in time order.
  readonly args: readonly number[]
}

export interface Rolled {
  readonly frames: readonly Frame[]
  readonly bodies: readonly Body[]
  readonly edges: readonly RolledEdge[]
  /// Body of each node of the view.
  readonly bodyOf: ReadonlyMap<number, number>
  /// The instance that a node is shown in; the frame of an instance; the rolled instance around it. -1 stands for none.
  readonly home: ReadonlyMap<number, number>
  readonly frameOf: readonly number[]
  readonly above: readonly number[]
  /// Instances of a frame in one instance of the frame around it, in time order.
  readonly within: readonly ReadonlyMap<number, readonly number[]>[]
  /// Instances in which only the test of a `while` ran.
  readonly tests: ReadonlySet<number>
  readonly instances: Instances
}

/// The turn that each frame shows, by its key; the last one where none is named.
export type Positions = ReadonlyMap<string, number>

export const LAST: Positions = new Map()

// ----- Which loops are rolled -----

/// What a loop is called in `RollOptions`: by its place, so that an edit elsewhere in the line keeps it.
export function loopKey(trace: Trace, loop: number): string {
  const { loops } = trace
  const kind = at(loops.kind, loop) === LoopKind.call ? trace.strings[at(loops.name, loop)] : KINDS[at(loops.kind, loop)]
  return `${kind} ${at(loops.line, loop)}:${at(loops.col, loop)}`
}

const KINDS = ['for', 'while', 'comprehension', 'call'] as const

/// 1 for each loop (into `trace.loops`) that is rolled up.
export function rolledLoops(trace: Trace, options: RollOptions): Uint8Array {
  const { loop, place } = instancesOf(trace)
  const rolled = new Uint8Array(trace.loops.kind.length)
  loop.forEach((own, i) => {
    if (own >= 0 && (place[i] ?? 0) >= ROLL_ABOVE) rolled[own] = 1
  })
  const except = new Set(options.except)
  return rolled.map((one, own) => (one === 1 && options.all !== except.has(loopKey(trace, own)) ? 1 : 0))
}

/// Loops of a trace that can be rolled up, and whether they are.
export function rollable(trace: Trace, options: RollOptions): readonly { readonly loop: string; readonly rolled: boolean }[] {
  const rolled = rolledLoops(trace, options)
  const able = rolledLoops(trace, ROLLED)
  return [...able].flatMap((one, own) => (one === 1 ? [{ loop: loopKey(trace, own), rolled: rolled[own] === 1 }] : []))
}

// ----- Rolling -----

interface Scopes {
  /// Of each instance.
  readonly scope: readonly number[]
  readonly home: readonly number[]
  /// Of each scope: its frame's loop, or -1 when it is a single turn; the scope around it.
  readonly loop: readonly number[]
  readonly parent: readonly number[]
}

/// A scope is a set of instances that are drawn in one place: all turns of a rolled loop, or one turn of another one.
function scopesOf(trace: Trace, rolled: Uint8Array): Scopes {
  const { loop: loops, parent: parents, place } = instancesOf(trace)
  const [scope, home, loop, parent] = [[0], [-1], [-1], [-1]]
  const made = new Map<string, number>()
  for (let i = 1; i < loops.length; i++) {
    const own = loops[i] ?? -1
    const around = scope[parents[i] ?? 0] ?? 0
    const roll = rolled[own] === 1
    const key = `${around} ${own} ${roll ? '' : place[i]}`
    let found = made.get(key)
    if (found === undefined) {
      found = loop.length
      made.set(key, found)
      loop.push(roll ? own : -1)
      parent.push(around)
    }
    scope.push(found)
    home.push(roll ? i : (home[parents[i] ?? 0] ?? -1))
  }
  return { scope, home, loop, parent }
}

/// Which views are turns of one rolled loop around their record blocks: for each view a name of the group, null when it
/// stands alone.
export function familiesOf(trace: Trace, blocks: readonly number[], options: RollOptions): readonly (string | null)[] {
  const rolled = rolledLoops(trace, options)
  if (!rolled.includes(1)) return blocks.map(() => null)
  const { scope, home } = scopesOf(trace, rolled)
  const { ofBlock } = instancesOf(trace)
  return blocks.map((block) => {
    const instance = at(ofBlock, block)
    const found = trace.blocks[block]
    return found && (home[instance] ?? -1) >= 0 ? `${scope[instance]} ${found.site}` : null
  })
}

const memo = new WeakMap<View, { readonly key: string; readonly rolled: Rolled }>()

/// The same view and options give the same object.
export function rollOf(trace: Trace, view: View, options: RollOptions = ROLLED): Rolled {
  const key = JSON.stringify(options)
  const known = memo.get(view)
  if (known?.key === key) return known.rolled
  const rolled = build(trace, view, options)
  memo.set(view, { key, rolled })
  return rolled
}

function build(trace: Trace, view: View, options: RollOptions): Rolled {
  const instances = instancesOf(trace)
  const scopes = scopesOf(trace, rolledLoops(trace, options))
  const { bodyOf, home, bodies, scopeOf } = bodiesOf(trace, view, instances, scopes)
  const tests = testsOf(trace, view, instances, scopes)
  const { frames, frameOf, above, within, frameOfScope } = framesOf(trace, instances, scopes, scopeOf, tests)
  const drawn = bodies.map((nodes, b) => ({ key: '', frame: frameOfScope(scopeOf[b] ?? 0), nodes }))
  const seen = new Map<string, number>()
  const keyed = drawn.map((body): Body => {
    const node = body.nodes[0] ?? -1
    // The first visit tells where it stands; visits are counted within the frame.
    const op = trace.ops[at(trace.nodes.op, node)]?.name ?? ''
    const line = at(trace.sites.line, Math.max(0, at(trace.sites.start, at(trace.nodes.site, node) + 1) - 1))
    const place = `${frames[body.frame]?.key ?? ''}|${op}:${at(trace.nodes.site, node) < 0 ? -1 : line}`
    const turn = seen.get(place) ?? 0
    seen.set(place, turn + 1)
    return { ...body, key: `${place}:${turn}` }
  })
  const rolled = { frames, bodies: keyed, bodyOf, home, frameOf, above, within, tests, instances }
  return { ...rolled, edges: edgesOf(trace, view, rolled) }
}

function bodiesOf(trace: Trace, view: View, instances: Instances, scopes: Scopes) {
  const { nodes } = trace
  const bodyOf = new Map<number, number>()
  const home = new Map<number, number>()
  const bodies: number[][] = []
  const scopeOf: number[] = []
  const put = (body: number, node: number, instance: number): void => {
    bodies[body]?.push(node)
    bodyOf.set(node, body)
    home.set(node, scopes.home[instance] ?? -1)
  }
  const fresh = (scope: number): number => {
    scopeOf.push(scope)
    return bodies.push([]) - 1
  }

  // What was computed inside a recording: the same expression in the same scope. One that comes again within an instance
  // is another one.
  const expression = expressionIds(trace)
  const many = trace.sites.start.length * trace.ops.length + 1
  const again = new Map<number, number>()
  const known = new Map<number | string, number>()
  const sources: number[] = []
  for (const node of view.nodes) {
    if (!isRecordedOp(trace, node) && at(nodes.block, node) < 0) sources.push(node)
    else if (at(nodes.site, node) < 0) sources.push(node)
    else {
      const instance = at(instances.ofNode, node)
      const own = expression(node)
      const here = instance * many + own
      const visit = again.get(here) ?? 0
      again.set(here, visit + 1)
      const scope = scopes.scope[instance] ?? 0
      // Numbers are found faster than texts; most expressions come once in a turn.
      const key = visit === 0 ? scope * many + own : `${scope} ${own} ${visit}`
      let body = known.get(key)
      if (body === undefined) known.set(key, (body = fresh(scope)))
      put(body, node, instance)
    }
  }
  adoptSources(trace, view, instances, scopes, sources, { bodyOf, scopeOf, fresh, put })
  return { bodyOf, home, bodies, scopeOf }
}

/// Arrays from before: when the turns use a different one each (the input of a step, a weight that was updated), it
/// belongs to the turn; else it stands by itself.
function adoptSources(
  trace: Trace,
  view: View,
  instances: Instances,
  scopes: Scopes,
  sources: readonly number[],
  bodies: {
    readonly bodyOf: ReadonlyMap<number, number>
    readonly scopeOf: readonly number[]
    fresh(scope: number): number
    put(body: number, node: number, instance: number): void
  },
): void {
  /// First use of each source; instance -1 when several turns use it.
  const uses = new Map<number, { readonly place: number; readonly instance: number; several: boolean }>()
  const waiting = new Set(sources)
  for (const node of view.nodes) {
    if (!bodies.bodyOf.has(node)) continue
    const body = bodies.bodyOf.get(node) ?? -1
    const instance = at(instances.ofNode, node)
    const start = at(trace.nodes.argStart, node)
    for (let arg = start; arg < at(trace.nodes.argStart, node + 1); arg++) {
      const slot = at(trace.args.slot, arg)
      const source = slot < 0 ? -1 : nodeOfSlot(trace, slot)
      if (!waiting.has(source)) continue
      const use = uses.get(source)
      if (!use) uses.set(source, { place: body * 1e5 + (arg - start), instance, several: false })
      else if (scopes.home[use.instance] !== scopes.home[instance]) use.several = true
    }
  }
  const served = new Map<number, number>()
  for (const { place, instance, several } of uses.values()) {
    if (!several && (scopes.home[instance] ?? -1) >= 0) served.set(place, (served.get(place) ?? 0) + 1)
  }
  const made = new Map<number, number>()
  for (const source of sources) {
    const use = uses.get(source)
    if (!use || use.several || (served.get(use.place) ?? 0) < 2) {
      bodies.put(bodies.fresh(0), source, 0)
      continue
    }
    let body = made.get(use.place)
    if (body === undefined) made.set(use.place, (body = bodies.fresh(bodies.scopeOf[Math.floor(use.place / 1e5)] ?? 0)))
    bodies.put(body, source, use.instance)
  }
}

/// A number for the innermost expression of a node and its operation: calls from elsewhere are the same expression.
function expressionIds(trace: Trace): (node: number) => number {
  const { sites, nodes } = trace
  const ids = new Map<string, number>()
  const ofSite = Array.from({ length: Math.max(0, sites.start.length - 1) }, (_, site) => {
    const frame = at(sites.start, site + 1) - 1
    const key = frame < at(sites.start, site) ? `site ${site}` : [sites.line, sites.col, sites.endLine, sites.endCol].map((column) => at(column, frame)).join(' ')
    const id = ids.get(key) ?? ids.size
    ids.set(key, id)
    return id
  })
  return (node) => (ofSite[at(nodes.site, node)] ?? 0) * trace.ops.length + at(nodes.op, node)
}

/// The last turn of a `while` is its test alone.
function testsOf(trace: Trace, view: View, { ofNode, loop }: Instances, { home }: Scopes): ReadonlySet<number> {
  const { loops, sites, nodes } = trace
  const whiles = new Set<number>()
  const ran = new Set<number>()
  for (const node of view.nodes) {
    const instance = at(ofNode, node)
    const own = home[instance] ?? -1
    if (own < 0) continue
    if (at(loops.kind, loop[own] ?? -1) !== LoopKind.while) continue
    whiles.add(own)
    const frame = at(sites.start, at(nodes.site, node) + 1) - 1
    const [line, body] = [at(sites.line, frame), at(loops.bodyLine, loop[own] ?? -1)]
    const inBody = line > body || (line === body && at(sites.col, frame) >= at(loops.bodyCol, loop[own] ?? -1))
    if (instance !== own || inBody) ran.add(own)
  }
  return new Set([...whiles].filter((one) => !ran.has(one)))
}

function framesOf(trace: Trace, instances: Instances, scopes: Scopes, used: readonly number[], tests: ReadonlySet<number>) {
  const { loops } = trace
  // A frame for every rolled scope that holds a body.
  const needed = new Set<number>()
  for (const scope of used) for (let one = scope; one > 0; one = scopes.parent[one] ?? 0) needed.add(one)
  const frameAt = new Map<number, number>()
  const frameOfScope = (scope: number): number => {
    for (let one = scope; one > 0; one = scopes.parent[one] ?? 0) {
      const found = frameAt.get(one)
      if (found !== undefined) return found
    }
    return -1
  }
  const drafts: { readonly scope: number; readonly loop: number; readonly parent: number }[] = []
  scopes.loop.forEach((loop, scope) => {
    if (loop < 0 || !needed.has(scope)) return
    const parent = frameOfScope(scopes.parent[scope] ?? 0)
    frameAt.set(scope, drafts.push({ scope, loop, parent }) - 1)
  })
  const above = scopes.home.map((_, i) => (i === 0 ? -1 : (scopes.home[instances.parent[i] ?? 0] ?? -1)))
  const within = drafts.map(() => new Map<number, number[]>())
  const frameOf = scopes.home.map((home, i) => {
    if (home !== i) return -1
    const frame = frameAt.get(scopes.scope[i] ?? -1) ?? -1
    const list = within[frame]?.get(above[i] ?? -1)
    if (list) list.push(i)
    else within[frame]?.set(above[i] ?? -1, [i])
    return frame
  })
  const keys: string[] = []
  const frames = drafts.map(({ loop, parent }, f): Frame => {
    const own = loopKey(trace, loop)
    const path = parent < 0 ? own : `${keys[parent]} / ${own}`
    const same = keys.filter((key) => key === path || key.startsWith(`${path}#`)).length
    const key = same === 0 ? path : `${path}#${same}`
    keys.push(key)
    const lists = [...(within[f]?.values() ?? [])]
    return {
      key,
      loop: own,
      kind: KINDS[at(loops.kind, loop)] ?? 'for',
      parent,
      title: titleOf(trace, loop),
      line: at(loops.line, loop),
      endLine: at(loops.endLine, loop),
      visits: lists.reduce((sum, list) => sum + list.length - lastTest(list, tests), 0),
      most: lists.reduce((most, list) => Math.max(most, list.length - lastTest(list, tests)), 0),
    }
  })
  return { frames, frameOf, above, within, frameOfScope }
}

/// 1 when the last turn is a test alone.
function lastTest(list: readonly number[], tests: ReadonlySet<number>): number {
  return list.length > 1 && tests.has(list.at(-1) ?? -1) ? 1 : 0
}

const TITLE_MOST = 36

/// The loop's own first line, without its colon.
function titleOf(trace: Trace, loop: number): string {
  const { loops } = trace
  const line = codeLines(trace)[at(loops.line, loop) - 1] ?? ''
  const kind = at(loops.kind, loop)
  const col = at(loops.col, loop)
  const one = at(loops.endLine, loop) === at(loops.line, loop)
  // In one line, a loop's own text; a header ends before its body.
  const end = kind === LoopKind.comprehension && one ? at(loops.endCol, loop) : at(loops.bodyLine, loop) === at(loops.line, loop) && kind !== LoopKind.comprehension ? at(loops.bodyCol, loop) : line.length
  const text = line.slice(col, end).replace(/#.*$/, '').trim().replace(/:$/, '')
  const chars = [...text]
  return chars.length > TITLE_MOST ? `${chars.slice(0, TITLE_MOST - 1).join('')}…` : text
}

// ----- Edges -----

/// Operands of one box beyond this many are drawn as one edge from each body.
const OPERANDS = 8

type WithoutEdges = Omit<Rolled, 'edges'>

interface Relation {
  readonly from: number
  readonly to: number
  readonly result: number
  readonly operand: number
  readonly carried: number
  readonly distance: number
}

function edgesOf(trace: Trace, view: View, rolled: WithoutEdges): readonly RolledEdge[] {
  const edges: { relation: Relation; args: number[] }[] = []
  const known = new Map<number, number>()
  for (const node of view.nodes) {
    for (const arg of argsOf(trace, node)) {
      const relation = relationOf(trace, rolled, node, arg)
      if (!relation) continue
      const key = keyOf(rolled, relation)
      const found = known.get(key)
      if (found === undefined) known.set(key, edges.push({ relation, args: [arg] }) - 1)
      else edges[found]?.args.push(arg)
    }
  }
  return edges.map(({ relation, args }) => ({ ...relation, args }))
}

/// Operands that are drawn: all arrays on the tape; of a node off the tape only what was cut.
function argsOf(trace: Trace, node: number): readonly number[] {
  const arrays: number[] = []
  const end = at(trace.nodes.argStart, node + 1)
  for (let arg = at(trace.nodes.argStart, node); arg < end; arg++) if (at(trace.args.slot, arg) >= 0) arrays.push(arg)
  if (isRecordedOp(trace, node)) return arrays
  if (!hasRole(trace, node, 'detached') && at(trace.nodes.block, node) < 0) return []
  return arrays.filter((arg) => {
    const from = nodeOfSlot(trace, at(trace.args.slot, arg))
    return isRecordedOp(trace, from) || hasRole(trace, from, 'leaf')
  })
}

function relationOf(trace: Trace, rolled: WithoutEdges, node: number, arg: number): Relation | null {
  const slot = at(trace.args.slot, arg)
  const producer = slot < 0 ? -1 : nodeOfSlot(trace, slot)
  const [from, to] = [rolled.bodyOf.get(producer), rolled.bodyOf.get(node)]
  if (from === undefined || to === undefined) return null
  const start = at(trace.nodes.argStart, node)
  const operand = at(trace.nodes.argStart, node + 1) - start > OPERANDS ? -1 : arg - start
  const { carried, distance } = crossing(rolled, producer, node)
  return { from, to, result: slot - at(trace.nodes.slotStart, producer), operand, carried, distance }
}

/// The outermost frame in whose turns the two nodes differ, among those that both stand in.
function crossing(rolled: WithoutEdges, producer: number, consumer: number): { readonly carried: number; readonly distance: number } {
  const { above, frameOf, frames } = rolled
  let [a, b] = [rolled.home.get(producer) ?? -1, rolled.home.get(consumer) ?? -1]
  const depth = (home: number): number => {
    let count = 0
    for (let one = home; one >= 0; one = above[one] ?? -1) count++
    return count
  }
  let [da, db] = [depth(a), depth(b)]
  // Up to the same number of frames, then up to frames that are the same.
  for (; da > db; da--) a = above[a] ?? -1
  for (; db > da; db--) b = above[b] ?? -1
  let found: [number, number] = [-1, -1]
  while (a !== b) {
    if (frameOf[a] === frameOf[b]) found = [a, b]
    else found = [-1, -1]
    ;[a, b] = [above[a] ?? -1, above[b] ?? -1]
  }
  const [x, y] = found
  if (x < 0) return { carried: -1, distance: 0 }
  const carried = frameOf[x] ?? -1
  const around = above[x] ?? -1
  const place = (home: number): number => rolled.within[carried]?.get(around)?.indexOf(home) ?? 0
  const { place: places } = rolled.instances
  const near = (places[y] ?? 0) - (places[x] ?? 0)
  const direct = rolled.instances.parent[x] === rolled.instances.parent[y]
  return { carried: frames[carried] ? carried : -1, distance: direct ? near : place(y) - place(x) }
}

function keyOf(rolled: WithoutEdges, { from, to, result, operand, carried, distance }: Relation): number {
  const near = carried < 0 ? 0 : distance === 1 ? 1 : distance > 1 ? 2 : 3
  return ((((from * rolled.bodies.length + to) * (OPERANDS + 2) + operand + 1) * 8 + Math.min(result, 7)) * (rolled.frames.length + 1) + carried + 1) * 4 + near
}

// ----- Which turn is looked at -----

export interface Shown {
  /// Of each frame: the instance that it shows (-1: none in this turn of the frame around it), which of how many it is.
  readonly instance: readonly number[]
  readonly index: readonly number[]
  readonly count: readonly number[]
}

export function shownAt(rolled: Rolled, positions: Positions): Shown {
  const [instance, index, count] = [[] as number[], [] as number[], [] as number[]]
  rolled.frames.forEach(({ key, parent }, f) => {
    const around = parent < 0 ? -1 : (instance[parent] ?? -1)
    const list = parent >= 0 && around < 0 ? [] : (rolled.within[f]?.get(around) ?? [])
    const usual = list.length - 1 - lastTest(list, rolled.tests)
    const wanted = Math.max(0, Math.min(list.length - 1, positions.get(key) ?? usual))
    instance.push(list[wanted] ?? -1)
    index.push(wanted)
    count.push(list.length)
  })
  return { instance, index, count }
}

/// The node of a body that is to be seen; null when it does not run in this turn.
export function shownNode(rolled: Rolled, body: number, shown: Shown): number | null {
  const found = rolled.bodies[body]
  if (!found) return null
  if (found.frame < 0) return found.nodes[0] ?? null
  const wanted = shown.instance[found.frame] ?? -1
  return wanted < 0 ? null : (nodeIn(rolled, body, wanted) ?? null)
}

const byHome = new WeakMap<Body, ReadonlyMap<number, number>>()

function nodeIn(rolled: Rolled, body: number, instance: number): number | undefined {
  const found = rolled.bodies[body]
  if (!found) return undefined
  let index = byHome.get(found)
  if (!index) byHome.set(found, (index = new Map(found.nodes.map((node) => [rolled.home.get(node) ?? -1, node]))))
  return index.get(instance)
}

/// Positions at which a node is to be seen: other frames stay where they are.
export function positionsFor(rolled: Rolled, node: number, before: Positions): Positions {
  const positions = new Map(before)
  for (let home = rolled.home.get(node) ?? -1; home >= 0; home = rolled.above[home] ?? -1) {
    const frame = rolled.frameOf[home] ?? -1
    const key = rolled.frames[frame]?.key
    const index = rolled.within[frame]?.get(rolled.above[home] ?? -1)?.indexOf(home) ?? -1
    if (key !== undefined && index >= 0) positions.set(key, index)
  }
  return positions
}

/// The same operation in the turn that is shown; null when it does not run there, or is not in this view.
export function counterpart(rolled: Rolled, node: number, shown: Shown): number | null {
  const body = rolled.bodyOf.get(node)
  return body === undefined ? null : shownNode(rolled, body, shown)
}

/// The operand of an edge that belongs to what is shown: that of the shown consumer, or, when a consumer takes all turns,
/// that of the shown producer. `taken`: it is part of this turn.
export function shownArg(trace: Trace, rolled: Rolled, edge: RolledEdge, shown: Shown): { readonly arg: number; readonly taken: boolean } {
  const consumer = shownNode(rolled, edge.to, shown)
  const producer = shownNode(rolled, edge.from, shown)
  const last = edge.args.at(-1) ?? -1
  if (consumer === null) return { arg: edge.args[0] ?? -1, taken: false }
  const [start, end] = [at(trace.nodes.argStart, consumer), at(trace.nodes.argStart, consumer + 1)]
  let any = -1
  for (let arg = edge.operand < 0 ? start : start + edge.operand; arg < (edge.operand < 0 ? end : start + edge.operand + 1); arg++) {
    const relation = relationOf(trace, rolled, consumer, arg)
    if (!relation || keyOf(rolled, relation) !== keyOf(rolled, edge)) continue
    if (edge.carried >= 0 || nodeOfSlot(trace, at(trace.args.slot, arg)) === producer) return { arg, taken: true }
    any = arg
  }
  return { arg: any >= 0 ? any : last, taken: false }
}

// ----- Recordings in a loop -----

const plainViews = once(viewsOf)

/// The pictures of a trace, loops rolled up as the reader wants. The same trace and options give the same objects.
export function picturesOf(trace: Trace, options: RollOptions): readonly View[] {
  return rolledViews(trace, plainViews(trace), options)
}

const grouped = new WeakMap<readonly View[], { readonly key: string; readonly views: readonly View[] }>()

/// Views of which each is a turn of one rolled loop become one view with all of them as members.
export function rolledViews(trace: Trace, views: readonly View[], options: RollOptions): readonly View[] {
  const key = JSON.stringify(options)
  const known = grouped.get(views)
  if (known?.key === key) return known.views
  const names = familiesOf(trace, views.map(({ nodes }) => blockOf(trace, nodes)), options)
  const members = new Map<string, View[]>()
  const found: (View | string)[] = []
  views.forEach((view, i) => {
    const name = names[i] ?? null
    const family = name === null ? undefined : members.get(name)
    if (name === null) found.push(view)
    else if (family) family.push(view)
    else {
      members.set(name, [view])
      found.push(name)
    }
  })
  const made = found.map((one): View => {
    if (typeof one !== 'string') return one
    const family = members.get(one) ?? []
    const [first] = family
    if (!first || family.length === 1) return first ?? EMPTY_VIEW
    return {
      ...first,
      title: `${first.title.replace(/ \(.*\)$/, '')} (${family.length.toLocaleString('en')} times)`,
      nodes: Array.from(new Set(family.flatMap(({ nodes }) => nodes))).sort((a, b) => a - b),
      passes: [...new Set(family.flatMap(({ passes }) => passes))].sort((a, b) => a - b),
      backwardNodes: family.reduce((sum, { backwardNodes }) => sum + backwardNodes, 0),
      members: family,
    }
  })
  grouped.set(views, { key, views: made })
  return made
}

const EMPTY_VIEW: View = { id: '', title: '', cell: -1, nodes: [], passes: [], backwardNodes: 0 }

/// The first record block that operations stand in; -1 when they stand in none.
function blockOf(trace: Trace, nodes: readonly number[]): number {
  const first = nodes.find((node) => at(trace.nodes.block, node) >= 0 && isRecordedOp(trace, node))
  return first === undefined ? -1 : at(trace.nodes.block, first)
}

/// The pass whose gradients belong to what is shown: of recordings in a loop, that of the shown turn which comes at the same
/// place among its passes as `pass` does in its own.
export function passShown(rolled: Rolled, view: View, shown: Shown, pass: number): number {
  if (!view.members) return pass
  const member = memberShown(rolled, view, shown)
  if (!member || member.passes.includes(pass)) return pass
  const own = view.members.find(({ passes }) => passes.includes(pass))
  const turn = own ? own.passes.indexOf(pass) - own.passes.length : -1
  return member.passes.at(turn) ?? member.passes.at(-1) ?? -1
}

/// Passes to choose from: of recordings in a loop those of the shown one.
export function passesShown(rolled: Rolled, view: View, shown: Shown): readonly number[] {
  return (view.members && memberShown(rolled, view, shown)?.passes) ?? view.passes
}

const memberIndexes = new WeakMap<Rolled, ReadonlyMap<number, View>>()

function memberShown(rolled: Rolled, view: View, shown: Shown): View | null {
  let index = memberIndexes.get(rolled)
  if (!index) {
    const made = new Map<number, View>()
    for (const member of view.members ?? []) {
      for (const node of member.nodes) {
        for (let home = rolled.home.get(node) ?? -1; home >= 0; home = rolled.above[home] ?? -1) if (!made.has(home)) made.set(home, member)
      }
    }
    memberIndexes.set(rolled, (index = made))
  }
  for (const instance of [...shown.instance].reverse()) {
    const found = index.get(instance)
    if (found) return found
  }
  return null
}
