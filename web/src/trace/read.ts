/// Reads a trace from a value that nobody vouches for: all of it is checked here, once, so that nothing after it has to.
/// Guarantees of the result: every index points into its table or is -1, operands come from earlier nodes (so the graph has
/// no cycle), offsets cover their tables, and texts and sizes are bounded.

import {
  SMALL,
  TRACE_VERSION,
  Role,
  type Cell,
  type Num,
  type OpInfo,
  type Output,
  type ProgramError,
  type RecordBlock,
  type Stop,
  type Summary,
} from '../protocol/trace'
import { TraceError, column, fields, flag, list, offsets, oneOf, text, whole, type Fields } from './checks'
import { LIMITS } from './limits'
import { linesOf } from './source'
import { at, type Packed, type Pass, type Trace } from './types'

const INT = 0x7fffffff
const ALL_ROLES = Object.values(Role).reduce((all, role) => all | role, 0)

/// Throws `TraceError`, which names the field that is wrong.
export function readTrace(value: unknown): Trace {
  const doc = fields(value, 'document')
  if (doc.version !== TRACE_VERSION) {
    const given = typeof doc.version === 'number' ? `version ${doc.version}` : 'no version that this page knows'
    throw new TraceError('version', `is ${given}; this page reads version ${TRACE_VERSION}. Reload the page and run again.`)
  }
  const code = text(doc.code, 'code', LIMITS.code)
  const lineCount = linesOf(code).length
  const cells = list(doc.cells, 'cells', LIMITS.cells).map((cell, i) => readCell(cell, `cells[${i}]`, lineCount))
  const ops = list(doc.ops, 'ops', LIMITS.entries).map((op, i) => readOp(op, `ops[${i}]`))
  const strings = texts(doc.strings, 'strings')
  const shapes = list(doc.shapes, 'shapes', LIMITS.entries).map((shape, i) => readShape(shape, `shapes[${i}]`))
  const literals = texts(doc.literals, 'literals')
  const attrs = list(doc.attrs, 'attrs', LIMITS.entries).map((entry, i) => readAttrs(entry, `attrs[${i}]`))
  const axes = list(doc.axes, 'axes', LIMITS.entries).map((entry, i) =>
    list(entry, `axes[${i}]`, LIMITS.rank).map((axis, k) => whole(axis, `axes[${i}][${k}]`, -LIMITS.rank, LIMITS.rank)),
  )
  const sites = readSites(fields(doc.sites, 'sites'), lineCount, strings.length)
  const siteCount = sites.start.length - 1
  const blockCount = list(doc.blocks, 'blocks', LIMITS.entries).length
  const values = readValues(fields(doc.values, 'values'), shapes, strings.length)
  const valueCount = values.shape.length
  const { nodes, args, slots } = readNodes(doc, {
    ops: ops.length,
    sites: siteCount,
    cells: cells.length,
    blocks: blockCount,
    strings: strings.length,
    attrs: attrs.length,
    literals: literals.length,
    values: valueCount,
  })
  const nodeCount = nodes.kind.length
  const blocks = list(doc.blocks, 'blocks', LIMITS.entries).map((block, i) =>
    readBlock(block, `blocks[${i}]`, cells.length, siteCount, nodeCount),
  )
  const passes = list(doc.passes, 'passes', LIMITS.passes).map((pass, i) =>
    readPass(pass, `passes[${i}]`, { nodes, args, slots, cells: cells.length, sites: siteCount, values: valueCount, axes: axes.length }),
  )
  const outputs = list(doc.outputs, 'outputs', LIMITS.entries).map((output, i) => readOutput(output, `outputs[${i}]`))
  const loops = readLoops(doc.loops === undefined ? NO_LOOPS : fields(doc.loops, 'loops'), lineCount, strings.length)
  const turns = readTurns(doc.turns === undefined ? NO_TURNS : fields(doc.turns, 'turns'), loops.kind.length, nodeCount)
  const stops = list(doc.stops, 'stops', LIMITS.cells).map((stop, i) => readStop(stop, `stops[${i}]`))
  return {
    version: TRACE_VERSION,
    engine: text(doc.engine, 'engine', 200),
    code, cells, ops, strings, shapes, literals, attrs, axes, sites, loops, turns, blocks, nodes, args, slots, values, passes, outputs, stops,
  }
}

function texts(value: unknown, field: string): readonly string[] {
  return list(value, field, LIMITS.entries).map((entry, i) => text(entry, `${field}[${i}]`, LIMITS.label))
}

function readCell(value: unknown, field: string, lineCount: number): Cell {
  const cell = fields(value, field)
  return {
    kind: oneOf(cell.kind, `${field}.kind`, ['code', 'markdown']),
    first: whole(cell.first, `${field}.first`, 0, lineCount + 1),
    last: whole(cell.last, `${field}.last`, 0, lineCount + 1),
  }
}

function readOp(value: unknown, field: string): OpInfo {
  const op = fields(value, field)
  const symbol = text(op.symbol, `${field}.symbol`, 200)
  if (symbol === '') throw new TraceError(`${field}.symbol`, 'is empty')
  return {
    name: text(op.name, `${field}.name`, 200),
    symbol,
    doc: text(op.doc, `${field}.doc`, LIMITS.label),
    latex: text(op.latex, `${field}.latex`, LIMITS.label),
    operands: list(op.operands, `${field}.operands`, 10_000).map((name, i) => text(name, `${field}.operands[${i}]`, LIMITS.label)),
    latexVjps: list(op.latexVjps, `${field}.latexVjps`, 10_000).map((entry, i) =>
      entry === null ? null : text(entry, `${field}.latexVjps[${i}]`, LIMITS.label),
    ),
  }
}

function readShape(value: unknown, field: string): readonly number[] {
  const shape = list(value, field, LIMITS.rank).map((size, i) => whole(size, `${field}[${i}]`, 0, Number.MAX_SAFE_INTEGER))
  const size = shape.reduce((all, one) => all * one, 1)
  if (!Number.isSafeInteger(size)) throw new TraceError(field, 'has more elements than can be counted')
  return shape
}

function readAttrs(value: unknown, field: string): Readonly<Record<string, unknown>> {
  const attrs = fields(value, field)
  const keys = Object.keys(attrs)
  if (keys.length > LIMITS.attrs) throw new TraceError(field, `has ${keys.length} entries; at most ${LIMITS.attrs} are read`)
  for (const key of keys) {
    text(key, `${field} (a key)`, 200)
    checkJson(attrs[key], `${field}.${key}`, 0)
  }
  return attrs
}

function checkJson(value: unknown, field: string, depth: number): void {
  if (depth > LIMITS.depth) throw new TraceError(field, `nests deeper than ${LIMITS.depth} levels`)
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return
  if (typeof value === 'string') return void text(value, field, LIMITS.label)
  if (Array.isArray(value)) {
    return list(value, field, LIMITS.label).forEach((entry, i) => checkJson(entry, `${field}[${i}]`, depth + 1))
  }
  const inner = fields(value, field)
  for (const key of Object.keys(inner)) checkJson(inner[key], `${field}.${key}`, depth + 1)
}

function readSites(value: Fields, lineCount: number, strings: number): Trace['sites'] {
  const line = column(value.line, 'sites.line', { least: -1, most: lineCount, cap: LIMITS.entries })
  const length = line.length
  const start = value.start instanceof Int32Array || Array.isArray(value.start) ? value.start : []
  const sites = {
    start: offsets(value.start, 'sites.start', Math.max(0, start.length - 1), length),
    line,
    col: column(value.col, 'sites.col', { least: -1, most: LIMITS.code, length }),
    endLine: column(value.endLine, 'sites.endLine', { least: -1, most: lineCount, length }),
    endCol: column(value.endCol, 'sites.endCol', { least: -1, most: LIMITS.code, length }),
    func: column(value.func, 'sites.func', { least: -1, most: strings - 1, length }),
  }
  for (let i = 0; i < length; i++) {
    if (line[i] === 0) throw new TraceError(`sites.line[${i}]`, 'is 0; lines count from 1')
    if (at(sites.endLine, i) !== -1 && at(sites.endLine, i) < at(line, i)) {
      throw new TraceError(`sites.endLine[${i}]`, `is ${sites.endLine[i]}, before the line ${line[i]} that it starts on`)
    }
  }
  return sites
}

const NO_LOOPS: Fields = { kind: [], name: [], line: [], col: [], endLine: [], endCol: [], bodyLine: [], bodyCol: [] }
const NO_TURNS: Fields = { loop: [], depth: [], run: [], turn: [], at: [] }

function readLoops(value: Fields, lineCount: number, strings: number): Trace['loops'] {
  const kind = column(value.kind, 'loops.kind', { least: 0, most: 3, cap: LIMITS.entries })
  const { length } = kind
  const line = (name: string): Int32Array => column(value[name], `loops.${name}`, { least: 1, most: lineCount, length })
  const col = (name: string): Int32Array => column(value[name], `loops.${name}`, { least: 0, most: LIMITS.code, length })
  return {
    kind,
    name: column(value.name, 'loops.name', { least: 0, most: strings - 1, length }),
    line: line('line'),
    col: col('col'),
    endLine: line('endLine'),
    endCol: col('endCol'),
    bodyLine: line('bodyLine'),
    bodyCol: col('bodyCol'),
  }
}

function readTurns(value: Fields, loops: number, nodes: number): Trace['turns'] {
  const loop = column(value.loop, 'turns.loop', { least: 0, most: loops - 1, cap: LIMITS.steps })
  const { length } = loop
  const when = column(value.at, 'turns.at', { least: 0, most: nodes, length })
  for (let i = 1; i < length; i++) {
    if (at(when, i) < at(when, i - 1)) throw new TraceError(`turns.at[${i}]`, `is ${when[i]}, earlier than the entry before it (${when[i - 1]})`)
  }
  return {
    loop,
    depth: column(value.depth, 'turns.depth', { least: -1, most: INT, length }),
    run: column(value.run, 'turns.run', { least: 0, most: INT, length }),
    turn: column(value.turn, 'turns.turn', { least: -1, most: INT, length }),
    at: when,
  }
}

function readValues(value: Fields, shapes: readonly (readonly number[])[], strings: number): Packed<Trace['values']> {
  const shape = column(value.shape, 'values.shape', { least: 0, most: shapes.length - 1, cap: LIMITS.steps })
  const length = shape.length
  const summaries = list(value.summaries, 'values.summaries', LIMITS.steps)
  if (summaries.length !== length) {
    throw new TraceError('values.summaries', `has ${summaries.length} entries where ${length} are needed`)
  }
  return {
    shape,
    dtype: column(value.dtype, 'values.dtype', { least: 0, most: strings - 1, length }),
    device: column(value.device, 'values.device', { least: 0, most: strings - 1, length }),
    summaries: summaries.map((entry, i) => readSummary(entry, shapes[at(shape, i)] ?? [], `values.summaries[${i}]`)),
  }
}

/// One summary of an array of that shape; also for summaries that are asked for later.
export function readSummary(value: unknown, shape: readonly number[], field = 'summary'): Summary | null {
  if (value === null) return null
  const summary = fields(value, field)
  const size = shape.reduce((all, one) => all * one, 1)
  number(summary.min, `${field}.min`)
  number(summary.max, `${field}.max`)
  number(summary.mean, `${field}.mean`)
  if (summary.std !== undefined) number(summary.std, `${field}.std`)
  whole(summary.nan, `${field}.nan`, 0, size)
  whole(summary.inf, `${field}.inf`, 0, size)
  whole(summary.zero, `${field}.zero`, 0, size)
  if (summary.data !== undefined) {
    if (size > SMALL) throw new TraceError(`${field}.data`, `is given for ${size} elements; only up to ${SMALL} are sent whole`)
    numbers(summary.data, `${field}.data`, size)
  }
  if (summary.thumb !== undefined) {
    const thumb = fields(summary.thumb, `${field}.thumb`)
    const rows = whole(thumb.rows, `${field}.thumb.rows`, 0, 16)
    const cols = whole(thumb.cols, `${field}.thumb.cols`, 0, 16)
    numbers(thumb.data, `${field}.thumb.data`, rows * cols)
  }
  return summary as unknown as Summary
}

function number(value: unknown, field: string): Num {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  return oneOf(value, field, ['nan', 'inf', '-inf'])
}

function numbers(value: unknown, field: string, length: number): void {
  const entries = list(value, field, SMALL)
  if (entries.length !== length) throw new TraceError(field, `has ${entries.length} entries where ${length} are needed`)
  entries.forEach((entry, i) => number(entry, `${field}[${i}]`))
}

interface Counts {
  readonly ops: number
  readonly sites: number
  readonly cells: number
  readonly blocks: number
  readonly strings: number
  readonly attrs: number
  readonly literals: number
  readonly values: number
}

function readNodes(doc: Fields, counts: Counts): Pick<Trace, 'nodes' | 'args' | 'slots'> {
  const n = fields(doc.nodes, 'nodes')
  const a = fields(doc.args, 'args')
  const s = fields(doc.slots, 'slots')
  const kind = column(n.kind, 'nodes.kind', { least: 0, most: 1, cap: LIMITS.entries })
  const length = kind.length
  const slotNode = column(s.node, 'slots.node', { least: 0, most: length - 1, cap: LIMITS.steps })
  const argSlot = column(a.slot, 'args.slot', { least: -1, most: slotNode.length - 1, cap: LIMITS.steps })
  const nodes = {
    kind,
    op: column(n.op, 'nodes.op', { least: 0, most: counts.ops - 1, length }),
    roles: column(n.roles, 'nodes.roles', { least: 0, most: ALL_ROLES, length }),
    site: column(n.site, 'nodes.site', { least: -1, most: counts.sites - 1, length }),
    visit: column(n.visit, 'nodes.visit', { least: -1, most: INT, length }),
    cell: column(n.cell, 'nodes.cell', { least: -1, most: counts.cells - 1, length }),
    block: column(n.block, 'nodes.block', { least: -1, most: counts.blocks - 1, length }),
    cause: column(n.cause, 'nodes.cause', { least: -1, most: length - 1, length }),
    name: column(n.name, 'nodes.name', { least: -1, most: counts.strings - 1, length }),
    attrs: column(n.attrs, 'nodes.attrs', { least: -1, most: counts.attrs - 1, length }),
    argStart: offsets(n.argStart, 'nodes.argStart', length, argSlot.length),
    slotStart: offsets(n.slotStart, 'nodes.slotStart', length, slotNode.length),
  }
  const args = {
    slot: argSlot,
    literal: column(a.literal, 'args.literal', { least: -1, most: counts.literals - 1, length: argSlot.length }),
  }
  const slots = {
    node: slotNode,
    value: column(s.value, 'slots.value', { least: -1, most: counts.values - 1, length: slotNode.length }),
    name: column(s.name, 'slots.name', { least: -1, most: counts.strings - 1, length: slotNode.length }),
  }
  for (let node = 0; node < length; node++) {
    for (let slot = at(nodes.slotStart, node); slot < at(nodes.slotStart, node + 1); slot++) {
      if (slotNode[slot] !== node) throw new TraceError(`slots.node[${slot}]`, `is ${slotNode[slot]}, but node ${node} lists this result`)
    }
    for (let arg = at(nodes.argStart, node); arg < at(nodes.argStart, node + 1); arg++) {
      const slot = at(argSlot, arg)
      if (slot >= 0 && at(slotNode, slot) >= node) {
        throw new TraceError(`args.slot[${arg}]`, `is a result of node ${slotNode[slot]}, which comes no earlier than node ${node} that uses it`)
      }
    }
    if (at(nodes.cause, node) >= node) throw new TraceError(`nodes.cause[${node}]`, `is ${nodes.cause[node]}, which comes no earlier than the node`)
  }
  return { nodes, args, slots }
}

function readBlock(value: unknown, field: string, cells: number, sites: number, nodes: number): RecordBlock {
  const block = fields(value, field)
  const first = whole(block.first, `${field}.first`, 0, nodes)
  return {
    cell: whole(block.cell, `${field}.cell`, -1, cells - 1),
    site: whole(block.site, `${field}.site`, -1, sites - 1),
    trainMode: flag(block.trainMode, `${field}.trainMode`),
    first,
    last: whole(block.last, `${field}.last`, first, nodes),
  }
}

interface PassTables extends Pick<Trace, 'nodes' | 'args' | 'slots'> {
  readonly cells: number
  readonly sites: number
  readonly values: number
  readonly axes: number
}

function readPass(value: unknown, field: string, tables: PassTables): Pass {
  const pass = fields(value, field)
  const steps = fields(pass.steps, `${field}.steps`)
  const grads = fields(pass.grads, `${field}.grads`)
  const written = fields(pass.written, `${field}.written`)
  const slotMost = tables.slots.node.length - 1
  const valueMost = tables.values - 1
  const node = column(steps.node, `${field}.steps.node`, { least: 0, most: tables.nodes.kind.length - 1, cap: LIMITS.steps })
  const length = node.length
  const arg = column(steps.arg, `${field}.steps.arg`, { least: 0, most: tables.args.slot.length - 1, length })
  for (let i = 0; i < length; i++) {
    const [from, to] = [at(tables.nodes.argStart, at(node, i)), at(tables.nodes.argStart, at(node, i) + 1)]
    if (at(arg, i) < from || at(arg, i) >= to) {
      throw new TraceError(`${field}.steps.arg[${i}]`, `is ${arg[i]}, not an operand of node ${node[i]} (${from} to ${to - 1})`)
    }
  }
  const gradSlot = column(grads.slot, `${field}.grads.slot`, { least: 0, most: slotMost, cap: LIMITS.steps })
  const heads = indices(pass.heads, `${field}.heads`, 0, slotMost)
  const headGrads = indices(pass.headGrads, `${field}.headGrads`, -1, valueMost)
  if (headGrads.length !== heads.length) {
    throw new TraceError(`${field}.headGrads`, `has ${headGrads.length} entries where ${heads.length} are needed`)
  }
  const slot = indices(written.slot, `${field}.written.slot`, 0, slotMost)
  const values = indices(written.value, `${field}.written.value`, -1, valueMost)
  const req = list(written.req, `${field}.written.req`, LIMITS.entries).map((word, i) =>
    oneOf(word, `${field}.written.req[${i}]`, ['write', 'add']),
  )
  for (const [name, entries] of [['value', values], ['req', req]] as const) {
    if (entries.length !== slot.length) {
      throw new TraceError(`${field}.written.${name}`, `has ${entries.length} entries where ${slot.length} are needed`)
    }
  }
  return {
    kind: oneOf(pass.kind, `${field}.kind`, ['backward', 'grad']),
    cell: whole(pass.cell, `${field}.cell`, -1, tables.cells - 1),
    site: whole(pass.site, `${field}.site`, -1, tables.sites - 1),
    at: whole(pass.at, `${field}.at`, 0, tables.nodes.kind.length),
    heads,
    headGrads,
    retainGraph: flag(pass.retainGraph, `${field}.retainGraph`),
    createGraph: flag(pass.createGraph, `${field}.createGraph`),
    steps: {
      node,
      arg,
      contribution: column(steps.contribution, `${field}.steps.contribution`, { least: -1, most: valueMost, length }),
      sum: column(steps.sum, `${field}.steps.sum`, { least: -1, most: valueMost, length }),
      axes: column(steps.axes, `${field}.steps.axes`, { least: -1, most: tables.axes - 1, length }),
    },
    grads: {
      slot: gradSlot,
      value: column(grads.value, `${field}.grads.value`, { least: -1, most: valueMost, length: gradSlot.length }),
      norm: readNorms(grads.norm, `${field}.grads.norm`, gradSlot.length),
    },
    written: { slot, value: values, req },
  }
}

/// The bits of NaN, where an earlier engine wrote no norms.
const NO_NORM = 0x7fc00000

function readNorms(value: unknown, field: string, length: number): Int32Array {
  if (value === undefined) return new Int32Array(length).fill(NO_NORM)
  return column(value, field, { least: -INT - 1, most: INT, length })
}

function indices(value: unknown, field: string, least: number, most: number): readonly number[] {
  return Array.from(column(value, field, { least, most, cap: LIMITS.entries }))
}

/// One piece of output; also for outputs that arrive while the program runs.
export function readOutput(value: unknown, field = 'output'): Output {
  const output = fields(value, field)
  const cell = whole(output.cell, `${field}.cell`, -1, LIMITS.cells)
  const type = oneOf(output.type, `${field}.type`, ['stdout', 'stderr', 'result', 'error', 'verdict'])
  if (type === 'error') return { cell, type, error: readProgramError(output.error, `${field}.error`) }
  if (type === 'verdict') return { cell, type, correct: output.correct === true, text: text(output.text, `${field}.text`, LIMITS.code) }
  return { cell, type, text: text(output.text, `${field}.text`, LIMITS.code) }
}

function readProgramError(value: unknown, field: string): ProgramError {
  const error = fields(value, field)
  const frames = list(error.frames, `${field}.frames`, LIMITS.cells)
  return {
    name: text(error.name, `${field}.name`, LIMITS.label),
    message: text(error.message, `${field}.message`, LIMITS.text),
    hint: error.hint === null ? null : text(error.hint, `${field}.hint`, LIMITS.text),
    line: whole(error.line, `${field}.line`, -1, INT),
    col: whole(error.col, `${field}.col`, -1, INT),
    endLine: whole(error.endLine, `${field}.endLine`, -1, INT),
    endCol: whole(error.endCol, `${field}.endCol`, -1, INT),
    frames: frames.map((entry, i) => {
      const frame = fields(entry, `${field}.frames[${i}]`)
      return {
        line: whole(frame.line, `${field}.frames[${i}].line`, -1, INT),
        func: text(frame.func, `${field}.frames[${i}].func`, LIMITS.label),
      }
    }),
  }
}

function readStop(value: unknown, field: string): Stop {
  const stop = fields(value, field)
  return {
    reason: oneOf(stop.reason, `${field}.reason`, ['error', 'deadline', 'budget', 'interrupted']),
    message: text(stop.message, `${field}.message`, LIMITS.text),
    cell: whole(stop.cell, `${field}.cell`, -1, LIMITS.cells),
    line: whole(stop.line, `${field}.line`, -1, INT),
  }
}
