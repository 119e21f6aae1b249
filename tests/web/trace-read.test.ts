/// Reading a trace: what is sound passes unchanged, what is not is refused by name.

import { describe, expect, it } from 'vitest'
import { TraceError, gradNormOf, readOutput, readSummary, readTrace, type Trace } from '../../web/src/trace'
import * as graphs from './fixtures/graphs'
import { stored } from './fixtures/traces'

type Document = ReturnType<typeof graphs.square>

/// A copy of a small trace in which one place is changed.
function broken(path: string, value: unknown, from: Document = graphs.square()): unknown {
  const document: unknown = structuredClone(from)
  const keys = path.split('.')
  let place = document as Record<string, unknown>
  for (const key of keys.slice(0, -1)) place = place[key] as Record<string, unknown>
  place[keys.at(-1) ?? ''] = value
  return document
}

function refusal(value: unknown): TraceError {
  try {
    readTrace(value)
  } catch (error) {
    if (error instanceof TraceError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('readTrace', () => {
  it.each(Object.entries(graphs))('reads %s', (_, make) => {
    const trace = readTrace(make())
    expect(trace.nodes.kind).toBeInstanceOf(Int32Array)
    expect(trace.nodes.kind.length).toBe(make().nodes.kind.length)
  })

  it('takes columns as they come from a worker without copying them', () => {
    const document = graphs.square()
    const kind = Int32Array.from(document.nodes.kind)
    expect(readTrace({ ...document, nodes: { ...document.nodes, kind } }).nodes.kind).toBe(kind)
  })

  it('copies a column of shared memory, which could change after the check', () => {
    const document = graphs.square()
    const kind = new Int32Array(new SharedArrayBuffer(4 * document.nodes.kind.length))
    kind.set(Array.from(document.nodes.kind))
    expect(readTrace({ ...document, nodes: { ...document.nodes, kind } }).nodes.kind).not.toBe(kind)
  })

  it('reads a trace without a log of turns as one with an empty log', () => {
    const trace = readTrace(graphs.square())
    expect([trace.loops.kind.length, trace.turns.at.length]).toEqual([0, 0])
  })

  it('reads norms from the bits of floats, and NaN where there are none', () => {
    const [old, own] = [readTrace(graphs.square()), stored('doubling')]
    const slot = (from: Trace): number => from.passes[0]?.grads.slot[0] ?? -1
    expect(gradNormOf(old, 0, slot(old))).toBeNaN()
    expect(gradNormOf(own, 0, slot(own))).toBe(1)
    expect(gradNormOf(own, 0, -1)).toBeNull()
  })

  const loop = { kind: [0], name: [0], line: [1], col: [0], endLine: [1], endCol: [3], bodyLine: [1], bodyCol: [1] }
  const turns = { loop: [0, 0], depth: [0, 0], run: [1, 1], turn: [-1, 0], at: [0, 0] }
  it.each<[string, unknown, string]>([
    ['loops', { ...loop, kind: [4] }, 'loops.kind[0]'],
    ['loops', { ...loop, name: [999] }, 'loops.name[0]'],
    ['loops', { ...loop, line: [0] }, 'loops.line[0]'],
    ['loops', { ...loop, endCol: [] }, 'loops.endCol'],
    ['turns', { ...turns, loop: [0, 1] }, 'turns.loop[1]'],
    ['turns', { ...turns, at: [1, 0] }, 'turns.at[1]'],
    ['turns', { ...turns, at: [0, 999] }, 'turns.at[1]'],
    ['turns', { ...turns, turn: [-2, 0] }, 'turns.turn[0]'],
  ])('refuses %s when a field of it is %j', (path, value, field) => {
    expect(refusal(broken(path, value, { ...graphs.square(), loops: loop, turns })).field).toBe(field)
  })

  it.each<[string, unknown, string]>([
    ['version', 2, 'version'],
    ['code', 3, 'code'],
    ['code', 'x'.repeat(2_000_001), 'code'],
    ['cells', null, 'cells'],
    ['cells.0.kind', 'html', 'cells[0].kind'],
    ['cells.0.last', 99, 'cells[0].last'],
    ['ops.0.symbol', '', 'ops[0].symbol'],
    ['strings', ['x', {}], 'strings[1]'],
    ['shapes.0', [-1], 'shapes[0][0]'],
    ['shapes.0', [2 ** 40, 2 ** 40], 'shapes[0]'],
    ['shapes.0', Array<number>(65).fill(1), 'shapes[0]'],
    ['attrs', [{ axis: [[[[[[[[1]]]]]]]] }], 'attrs[0].axis[0][0][0][0][0][0][0]'],
    ['attrs', [[1]], 'attrs[0]'],
    ['sites.line.0', 99, 'sites.line[0]'],
    ['sites.line.0', 0, 'sites.line[0]'],
    ['sites.endLine.1', 1, 'sites.endLine[1]'],
    ['sites.start.1', 4, 'sites.start[2]'],
    ['sites.col', [0], 'sites.col'],
    ['nodes.kind.0', 2, 'nodes.kind[0]'],
    ['nodes.kind.0', '0', 'nodes.kind[0]'],
    ['nodes.kind.0', 0.5, 'nodes.kind[0]'],
    ['nodes.kind.0', NaN, 'nodes.kind[0]'],
    ['nodes.kind', { length: 3 }, 'nodes.kind'],
    ['nodes.kind', new Float64Array(3), 'nodes.kind'],
    ['nodes.op.2', 9, 'nodes.op[2]'],
    ['nodes.op', [0, 1], 'nodes.op'],
    ['nodes.roles.0', 4096, 'nodes.roles[0]'],
    ['nodes.block.1', 5, 'nodes.block[1]'],
    ['nodes.name.1', 99, 'nodes.name[1]'],
    ['nodes.cause.1', 2, 'nodes.cause[1]'],
    ['nodes.argStart.1', -1, 'nodes.argStart[1]'],
    ['nodes.argStart.0', 1, 'nodes.argStart[0]'],
    ['nodes.argStart.3', 3, 'nodes.argStart[3]'],
    ['nodes.slotStart.1', 3, 'nodes.slotStart[2]'],
    ['slots.node.1', 0, 'slots.node[1]'],
    ['slots.value.1', 99, 'slots.value[1]'],
    ['args.slot.0', 99, 'args.slot[0]'],
    ['args.literal.1', 99, 'args.literal[1]'],
    ['values.shape.0', 9, 'values.shape[0]'],
    ['values.shape.0', -1, 'values.shape[0]'],
    ['values.summaries', [], 'values.summaries'],
    ['values.summaries.0.min', 'many', 'values.summaries[0].min'],
    ['values.summaries.0.min', Infinity, 'values.summaries[0].min'],
    ['values.summaries.0.nan', 5, 'values.summaries[0].nan'],
    ['values.summaries.0.data', [1], 'values.summaries[0].data'],
    ['blocks.0.last', 9, 'blocks[0].last'],
    ['blocks.0.last', 0, 'blocks[0].last'],
    ['passes.0.kind', 'forward', 'passes[0].kind'],
    ['passes.0.heads', [9], 'passes[0].heads[0]'],
    ['passes.0.headGrads', [], 'passes[0].headGrads'],
    ['passes.0.steps.arg.0', 0, 'passes[0].steps.arg[0]'],
    ['passes.0.steps.axes.0', 0, 'passes[0].steps.axes[0]'],
    ['passes.0.grads.slot.0', -1, 'passes[0].grads.slot[0]'],
    ['passes.0.written.req', ['write', 'write'], 'passes[0].written.req'],
    ['outputs', [{ cell: 0, type: 'html', text: '<b>' }], 'outputs[0].type'],
    ['stops', [{ reason: 'bored', message: '', cell: 0, line: 1 }], 'stops[0].reason'],
  ])('refuses %s = %j and names %s', (path, value, field) => {
    const error = refusal(broken(path, value))
    expect(error.field).toBe(field)
    expect(error.message).toContain(field)
  })

  it('refuses an operand from a node that comes later, so that no graph has a cycle', () => {
    expect(refusal(broken('args.slot.0', 1)).field).toBe('args.slot[0]')
  })

  it.each([null, undefined, 3, 'trace', [], new Int32Array(4)])('refuses %j', (value) => {
    expect(refusal(value)).toBeInstanceOf(TraceError)
  })

  it('says what was given and what is needed', () => {
    expect(refusal(broken('nodes.op', [0, 1])).message).toBe('Cannot read the trace: nodes.op has 2 entries where 3 are needed')
    expect(refusal(broken('version', 7)).message).toContain('version 7; this page reads version 1')
  })
})

describe('readSummary', () => {
  const sound = { min: 0, max: 1, mean: 0.5, nan: 0, inf: 0, zero: 1, data: [0, 1] }

  it('accepts a summary of the right size', () => {
    expect(readSummary(sound, [2])).toEqual(sound)
    expect(readSummary(null, [2])).toBeNull()
  })

  it('refuses one of another size', () => {
    expect(() => readSummary(sound, [3])).toThrow('summary.data has 2 entries where 3 are needed')
  })

  it('refuses a thumbnail that claims to be larger than it is', () => {
    expect(() => readSummary({ ...sound, data: undefined, thumb: { rows: 16, cols: 16, data: [1] } }, [1000])).toThrow(TraceError)
  })
})

describe('readOutput', () => {
  it('reads text and errors', () => {
    expect(readOutput({ cell: 0, type: 'stdout', text: 'hi' })).toEqual({ cell: 0, type: 'stdout', text: 'hi' })
    const error = { name: 'MXNetError', message: 'm', hint: null, line: 1, col: 0, endLine: 1, endCol: 2, frames: [{ line: 1, func: 'f' }] }
    expect(readOutput({ cell: 0, type: 'error', error })).toEqual({ cell: 0, type: 'error', error })
  })

  it('refuses an error whose frames are no frames', () => {
    expect(() => readOutput({ cell: 0, type: 'error', error: { name: 'E', message: '', hint: null, line: 1, col: 0, endLine: 1, endCol: 2, frames: [1] } })).toThrow('output.error.frames[0]')
  })
})
