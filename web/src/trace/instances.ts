/// Which turn of which loop, and which call of which function, every node belongs to: the log of turns put together with
/// the stacks of the call sites. An instance is one turn of a loop or one call; they form a tree whose root is the program.

import { LoopKind } from '../protocol/trace'
import { once } from './once'
import { at, type Trace } from './types'

export interface Instances {
  /// The innermost instance of each node and of each record block; 0 is the program itself.
  readonly ofNode: Int32Array
  readonly ofBlock: Int32Array
  /// Of each instance: its loop or function (into `trace.loops`, -1 for the program), the instance around it, its place
  /// among the turns of the same loop there (only turns with nodes have one), and the turn as the program counts it.
  readonly loop: readonly number[]
  readonly parent: readonly number[]
  readonly place: readonly number[]
  readonly turn: readonly number[]
}

interface Running {
  readonly run: number
  readonly turn: number
}

/// What runs in one frame of the stack.
interface Level {
  readonly call: { readonly loop: number; readonly run: number } | null
  readonly loops: Map<number, Running>
}

/// Built once per trace, in one walk along time.
export const instancesOf = once(build)

function build(trace: Trace): Instances {
  const { turns, loops } = trace
  const [loop, parent, place, turn] = [[-1], [-1], [0], [0]]
  const ofRun = new Map<number, Map<number, number>>()
  const counts = new Map<number, number>()
  const child = (above: number, own: number, run: number, ownTurn: number): number => {
    let ofTurn = ofRun.get(run)
    if (!ofTurn) ofRun.set(run, (ofTurn = new Map()))
    const found = ofTurn.get(ownTurn)
    if (found !== undefined) return found
    const key = above * loops.kind.length + own
    const made = loop.length
    loop.push(own)
    parent.push(above)
    place.push(counts.get(key) ?? 0)
    turn.push(ownTurn)
    counts.set(key, (counts.get(key) ?? 0) + 1)
    ofTurn.set(ownTurn, made)
    return made
  }

  const levels: Level[] = []
  let next = 0
  /// Takes in what happened before node `now`.
  const advance = (now: number): void => {
    for (; next < turns.at.length && at(turns.at, next) <= now; next++) {
      const [depth, own, run] = [at(turns.depth, next), at(turns.loop, next), at(turns.run, next)]
      if (depth < 0 || depth > DEEPEST) continue
      while (levels.length < depth) levels.push({ call: null, loops: new Map() })
      // What ran deeper is over.
      levels.length = Math.min(levels.length, depth + 1)
      if (at(loops.kind, own) === LoopKind.call) {
        levels[depth] = { call: { loop: own, run }, loops: new Map() }
        continue
      }
      const level = (levels[depth] ??= { call: null, loops: new Map() })
      for (const other of level.loops.keys()) if (other !== own && within(trace, other, own)) level.loops.delete(other)
      level.loops.set(own, { run, turn: at(turns.turn, next) })
    }
  }

  const places = placesOf(trace)
  const instanceAt = (site: number): number => {
    const frames = places(site)
    // Of a very deep stack only the innermost frames are known.
    const offset = frames.length >= CUT ? Math.max(0, levels.length - frames.length) : 0
    let here = 0
    frames.forEach(({ around, inside, comprehension }, i) => {
      const level = levels[i + offset]
      const call = i + offset > 0 ? level?.call : null
      if (call && inside.has(call.loop)) here = child(aboveRecursion(here, call.loop), call.loop, call.run, 0)
      for (const { loop: own, header } of around) {
        const running = level?.loops.get(own) ?? (comprehension ? levels[i + offset - 1]?.loops.get(own) : undefined)
        const turn = (running?.turn ?? -2) + (header ? 1 : 0)
        if (running && turn >= 0) here = child(here, own, running.run, turn)
      }
    })
    return here
  }
  /// A function that is running already is not drawn in itself: its calls stand side by side.
  const aboveRecursion = (here: number, call: number): number => {
    for (let one = here; one > 0; one = parent[one] ?? 0) if (loop[one] === call) return parent[one] ?? 0
    return here
  }

  const ofNode = new Int32Array(trace.nodes.kind.length)
  const ofBlock = new Int32Array(trace.blocks.length)
  if (turns.at.length === 0) return { ofNode, ofBlock, loop, parent, place, turn }
  const blocks = trace.blocks.map((_, b) => b).sort((a, b) => (trace.blocks[a]?.first ?? 0) - (trace.blocks[b]?.first ?? 0))
  let block = 0
  const resolved = new Map<number, number>()
  let seen = -1
  for (let node = 0; node < ofNode.length; node++) {
    advance(node)
    for (; block < blocks.length; block++) {
      const b = blocks[block] ?? -1
      const { first = Infinity, site = -1 } = trace.blocks[b] ?? {}
      if (first > node) break
      ofBlock[b] = instanceAt(site)
    }
    if (seen !== next) resolved.clear()
    seen = next
    const site = at(trace.nodes.site, node)
    let here = resolved.get(site)
    if (here === undefined) resolved.set(site, (here = site < 0 ? 0 : instanceAt(site)))
    ofNode[node] = here
  }
  return { ofNode, ofBlock, loop, parent, place, turn }
}

/// Stacks are cut to their innermost frames (engine/sites.py); a hostile log says no greater depth than this.
const CUT = 32
const DEEPEST = 10_000

interface Place {
  /// Loops around a frame's place, outermost first; `header`: the place is in the loop's first line, not in its body.
  readonly around: readonly { readonly loop: number; readonly header: boolean }[]
  /// Functions that the place stands in.
  readonly inside: ReadonlySet<number>
  readonly comprehension: boolean
}

function placesOf(trace: Trace): (site: number) => readonly Place[] {
  const made = new Map<number, readonly Place[]>()
  const { loops, sites } = trace
  return (site) => {
    const before = made.get(site)
    if (before) return before
    const found: Place[] = []
    for (let frame = at(sites.start, site); frame >= 0 && frame < at(sites.start, site + 1); frame++) {
      const [line, col] = [at(sites.line, frame), at(sites.col, frame)]
      const inside = new Set<number>()
      const around: { loop: number; header: boolean }[] = []
      loops.kind.forEach((kind, own) => {
        if (!holds(trace, own, line, col)) return
        if (kind === LoopKind.call) return void inside.add(own)
        const [bodyLine, bodyCol] = [at(loops.bodyLine, own), at(loops.bodyCol, own)]
        const header = kind === LoopKind.comprehension ? line === bodyLine && col === bodyCol : isBefore(line, col, bodyLine, bodyCol)
        around.push({ loop: own, header })
      })
      around.sort((a, b) => (within(trace, b.loop, a.loop) ? -1 : within(trace, a.loop, b.loop) ? 1 : a.loop - b.loop))
      found.push({ around, inside, comprehension: /^<(list|set|dict)comp>|^<genexpr>/.test(trace.strings[at(sites.func, frame)] ?? '') })
    }
    made.set(site, found)
    return found
  }
}

const isBefore = (line: number, col: number, thanLine: number, thanCol: number): boolean => line < thanLine || (line === thanLine && col >= 0 && col < thanCol)

/// Whether a place is in a loop. A column of -1 is not known: the line must do.
function holds({ loops }: Trace, loop: number, line: number, col: number): boolean {
  if (line < at(loops.line, loop) || line > at(loops.endLine, loop)) return false
  if (col < 0) return true
  if (line === at(loops.line, loop) && col < at(loops.col, loop)) return false
  return line < at(loops.endLine, loop) || col < at(loops.endCol, loop)
}

/// Whether one loop stands inside another. Of several `for` in one comprehension the later is the inner one.
function within(trace: Trace, inner: number, outer: number): boolean {
  if (inner === outer) return false
  const { loops } = trace
  if (!holds(trace, outer, at(loops.line, inner), at(loops.col, inner))) return false
  const same = at(loops.line, inner) === at(loops.line, outer) && at(loops.col, inner) === at(loops.col, outer)
  const size = (one: number): number => (at(loops.endLine, one) - at(loops.line, one)) * 1e6 + at(loops.endCol, one)
  return !same || size(inner) < size(outer) || (size(inner) === size(outer) && inner > outer)
}
