/// Which pictures a trace has. Record blocks that are connected by recorded results form one view; leaves that several
/// blocks share do not connect them. Operations of a recorded backward pass belong to the view of what they differentiate.

import { at, hasRole, isRecordedOp, lineOfSite, nodeCount, nodeOfSlot, operandSlots, type Trace } from '../trace'

export interface View {
  /// The same for the same place in the program from run to run: "9" (line), "9#2" (the third time that line recorded).
  readonly id: string
  /// "record · line 9".
  readonly title: string
  readonly cell: number
  /// Nodes of the picture in time order: recorded operations and the arrays that feed them directly.
  readonly nodes: readonly number[]
  /// Positions in `trace.passes` of the backward passes that start here, in time order.
  readonly passes: readonly number[]
  readonly backwardNodes: number
  /// Recordings that one loop made turn by turn, drawn as one (`roll.ts`).
  readonly members?: readonly View[]
}

export function viewsOf(trace: Trace): readonly View[] {
  const groups = groupsOf(trace)
  const members = new Map<number, number[]>()
  for (let node = 0; node < nodeCount(trace); node++) {
    const group = groups.ofNode(node)
    if (group < 0) continue
    const nodes = members.get(group)
    if (nodes) nodes.push(node)
    else members.set(group, [node])
  }
  const seen = new Map<string, number>()
  const drafts = [...members.values()].map((ops) => {
    const lines = recordLines(trace, ops)
    const place = lines.length > 0 ? lines.join(', ') : `cell ${at(trace.nodes.cell, ops[0] ?? -1) + 1}`
    const turn = seen.get(place) ?? 0
    seen.set(place, turn + 1)
    return { ops, place, lines, turn }
  })
  const viewOfOp = new Map<number, number>()
  drafts.forEach(({ ops }, view) => ops.forEach((op) => viewOfOp.set(op, view)))
  const passes = passesOf(trace, viewOfOp)
  return drafts.map(({ ops, place, lines, turn }, view) => {
    const times = seen.get(place) ?? 1
    const where = lines.length === 0 ? place : `${lines.length > 1 ? 'lines' : 'line'} ${place}`
    return {
      id: turn === 0 ? place : `${place}#${turn}`,
      title: `record · ${where}${times > 1 ? ` (${turn + 1} of ${times})` : ''}`,
      cell: at(trace.nodes.cell, ops[0] ?? -1),
      nodes: withSources(trace, ops),
      passes: passes.get(view) ?? [],
      backwardNodes: ops.filter((op) => hasRole(trace, op, 'backward')).length,
    }
  })
}

/// The view that shows a node; of several (a shared leaf), `preferred` when it is one of them. -1 when none does.
export function viewOfNode(views: readonly View[], node: number, preferred: number): number {
  if (views[preferred]?.nodes.includes(node)) return preferred
  return views.findIndex((view) => view.nodes.includes(node))
}

/// Union-find over record blocks, then one group per cell for what was recorded outside of any block.
function groupsOf(trace: Trace): { readonly ofNode: (node: number) => number } {
  const blocks = trace.blocks.length
  const parent = Int32Array.from({ length: blocks + trace.cells.length + 1 }, (_, i) => i)
  const root = (group: number): number => {
    let top = group
    while (at(parent, top) !== top) top = at(parent, top)
    for (let g = group; g !== top; ) {
      const up = at(parent, g)
      parent[g] = top
      g = up
    }
    return top
  }
  // The earlier block is the root, so a view keeps the place of its first block.
  const join = (a: number, b: number): void => {
    const [ra, rb] = [root(a), root(b)]
    parent[Math.max(ra, rb)] = Math.min(ra, rb)
  }

  joinNested(trace, join)
  const group = new Int32Array(nodeCount(trace)).fill(-1)
  for (let node = 0; node < group.length; node++) {
    if (!isRecordedOp(trace, node)) continue
    const block = at(trace.nodes.block, node)
    const cause = hasRole(trace, node, 'backward') ? at(group, at(trace.nodes.cause, node)) : -1
    const own = block >= 0 ? block : cause >= 0 ? cause : blocks + at(trace.nodes.cell, node) + 1
    group[node] = own
    if (cause >= 0) join(own, cause)
    for (const slot of operandSlots(trace, node)) {
      const from = at(group, nodeOfSlot(trace, slot))
      if (from >= 0) join(own, from)
    }
  }
  return { ofNode: (node) => (at(group, node) < 0 ? -1 : root(at(group, node))) }
}

/// A block inside another one is part of the same recording.
function joinNested(trace: Trace, join: (a: number, b: number) => void): void {
  const open: number[] = []
  trace.blocks.forEach((block, i) => {
    if (block.last <= block.first) return
    while (open.length > 0 && (trace.blocks[open.at(-1) ?? -1]?.last ?? 0) <= block.first) open.pop()
    const outer = open.at(-1)
    if (outer !== undefined && block.last <= (trace.blocks[outer]?.last ?? 0)) join(outer, i)
    open.push(i)
  })
}

/// Lines of the record blocks that the operations stand in, in time order.
function recordLines(trace: Trace, ops: readonly number[]): readonly number[] {
  const lines = new Set<number>()
  for (const op of ops) {
    const block = trace.blocks[at(trace.nodes.block, op)]
    const line = block ? lineOfSite(trace, block.site) : -1
    if (line > 0) lines.add(line)
  }
  return [...lines]
}

/// Operations and the nodes that feed them directly.
function withSources(trace: Trace, ops: readonly number[]): readonly number[] {
  const nodes = new Set(ops)
  for (const op of ops) for (const slot of operandSlots(trace, op)) nodes.add(nodeOfSlot(trace, slot))
  return [...nodes].sort((a, b) => a - b)
}

function passesOf(trace: Trace, viewOfOp: ReadonlyMap<number, number>): ReadonlyMap<number, number[]> {
  const passes = new Map<number, number[]>()
  trace.passes.forEach((pass, p) => {
    const views = new Set(pass.heads.map((head) => viewOfOp.get(nodeOfSlot(trace, head)) ?? -1))
    for (const view of views) {
      if (view < 0) continue
      const list = passes.get(view)
      if (list) list.push(p)
      else passes.set(view, [p])
    }
  })
  return passes
}
