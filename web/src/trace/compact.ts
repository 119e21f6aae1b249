/// A trace small enough for a link: lists instead of objects, columns as differences, equal numbers once, seven digits, and
/// without what the link says anyway (the program). `engine/compact.py` writes the same. The lists are only ever made
/// longer: a reader fills in what an older writer left out.

import type { Num, Summary } from '../protocol/trace'
import type { Pass, Trace } from './types'

/// First entry of every compact trace.
export const COMPACT_FORM = 1
/// Enough for float32 to look as it did.
const DIGITS = 7

const SITES = ['start', 'line', 'col', 'endLine', 'endCol', 'func'] as const
const NODES = ['kind', 'op', 'roles', 'site', 'visit', 'cell', 'block', 'cause', 'name', 'attrs', 'argStart', 'slotStart'] as const
const ARGS = ['slot', 'literal'] as const
const SLOTS = ['node', 'value', 'name'] as const
const VALUES = ['shape', 'dtype', 'device'] as const
const LOOPS = ['kind', 'name', 'line', 'col', 'endLine', 'endCol', 'bodyLine', 'bodyCol'] as const
const TURNS = ['loop', 'depth', 'run', 'turn', 'at'] as const
const STEPS = ['node', 'arg', 'contribution', 'sum', 'axes'] as const
const GRADS = ['slot', 'value'] as const

export type Compact = readonly unknown[]

// ----- Writing -----

export function compactOf(trace: Trace, summaryOf: (value: number) => Summary | null): Compact {
  const { engine, cells, ops, strings, shapes, literals, attrs, axes, sites, loops, turns, blocks, nodes, args, slots, values, passes, outputs, stops } = trace
  const summaries = values.summaries.map((known, value) => known ?? summaryOf(value))
  return [
    COMPACT_FORM,
    engine,
    cells.map(({ kind, first, last }) => [kind === 'markdown' ? 1 : 0, first, last]),
    // Without the sentence of each operation: it is long, and the picture does not need it.
    ops.map(({ name, symbol, operands, latex, latexVjps }) => [name, symbol, operands, latex, latexVjps]),
    strings,
    shapes,
    literals,
    attrs,
    axes,
    columns(sites, SITES),
    blocks.map(({ cell, site, trainMode, first, last }) => [cell, site, trainMode ? 1 : 0, first, last]),
    columns(nodes, NODES),
    columns(args, ARGS),
    columns(slots, SLOTS),
    columns(values, VALUES),
    summariesOf(summaries),
    passes.map((pass) => [
      pass.kind === 'grad' ? 1 : 0,
      pass.cell,
      pass.site,
      pass.at,
      pass.heads,
      pass.headGrads,
      pass.retainGraph ? 1 : 0,
      pass.createGraph ? 1 : 0,
      columns(pass.steps, STEPS),
      columns(pass.grads, GRADS),
      [pass.written.slot, pass.written.value, pass.written.req.map((req) => (req === 'add' ? 1 : 0))],
      normsOf(pass.grads, summaries),
    ]),
    outputs,
    stops,
    columns(loops, LOOPS),
    columns(turns, TURNS),
  ]
}

function columns<K extends string>(table: Readonly<Record<K, Int32Array>>, keys: readonly K[]): readonly (readonly number[])[] {
  return keys.map((key) => Array.from(table[key], (entry, i, column = table[key]) => entry - (i > 0 ? (column[i - 1] ?? 0) : 0)))
}

/// 0: none; a number k: the same as the k-th that was written out; a list: all elements; an object: everything else.
function summariesOf(summaries: readonly (Summary | null)[]): readonly unknown[] {
  const seen = new Map<string, number>()
  return summaries.map((summary) => {
    if (!summary) return 0
    const { min, max, mean, nan, inf, zero, data, thumb } = summary
    const small = data?.map(rounded)
    const short = small ?? [rounded(min), rounded(max), rounded(mean), nan, inf, zero, ...(thumb ? [thumb.rows, thumb.cols, thumb.data.map(rounded)] : [])]
    const key = `${small ? 'data' : 'range'} ${JSON.stringify(short)}`
    const before = seen.get(key)
    if (before !== undefined) return before
    seen.set(key, seen.size + 1)
    return small ? short : { s: short }
  })
}

/// Norms of the gradients that are not written out: those of the others are counted anew.
function normsOf({ value, norm }: Pass['grads'], summaries: readonly (Summary | null)[]): readonly Num[] {
  const floats = new Float32Array(Int32Array.from(norm).buffer)
  return [...value].flatMap((one, i) => (summaries[one]?.data ? [] : [rounded(word(floats[i] ?? Number.NaN))]))
}

/// A float as JSON can carry it.
function word(value: number): Num {
  return Number.isFinite(value) ? value : Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
}

function rounded(value: Num): Num {
  return typeof value === 'number' ? Number(value.toPrecision(DIGITS)) + 0 : value
}

// ----- Reading -----

type Fields = Readonly<Record<string, unknown>>

/// The document that a compact trace stands for, with plain lists. Nothing is checked here but what is taken apart: `readTrace`
/// checks it all. Throws a RangeError when it is not even a compact trace.
export function documentOf(compact: unknown, code: string): Fields {
  const given = listOf(compact)
  if (given[0] !== COMPACT_FORM) throw new RangeError(`The compact trace has form ${String(given[0])}; this page reads form ${COMPACT_FORM}`)
  const [, engine, cells, ops, strings, shapes, literals, attrs, axes, sites, blocks, nodes, args, slots, values, short, passes, outputs, stops, loops, turns] = given
  const summaries = readSummaries(listOf(short))
  return {
    version: 1,
    engine,
    code,
    cells: listOf(cells).map((cell) => named(cell, ['kind', 'first', 'last'], { kind: (kind) => (kind === 1 ? 'markdown' : 'code') })),
    ops: listOf(ops).map((op) => ({ ...named(op, ['name', 'symbol', 'operands', 'latex', 'latexVjps']), doc: '' })),
    strings,
    shapes,
    literals,
    attrs,
    axes,
    sites: table(sites, SITES),
    loops: table(loops, LOOPS),
    turns: table(turns, TURNS),
    blocks: listOf(blocks).map((block) => named(block, ['cell', 'site', 'trainMode', 'first', 'last'], { trainMode: isOne })),
    nodes: table(nodes, NODES),
    args: table(args, ARGS),
    slots: table(slots, SLOTS),
    values: { ...table(values, VALUES), summaries },
    passes: listOf(passes).map((pass) => withNorms(
      named(pass, ['kind', 'cell', 'site', 'at', 'heads', 'headGrads', 'retainGraph', 'createGraph', 'steps', 'grads', 'written'], {
        kind: (kind) => (kind === 1 ? 'grad' : 'backward'),
        retainGraph: isOne,
        createGraph: isOne,
        steps: (steps) => table(steps, STEPS),
        grads: (grads) => table(grads, GRADS),
        written: (written) => named(written, ['slot', 'value', 'req'], { req: (req) => listOf(req).map((one) => (one === 1 ? 'add' : 'write')) }),
      }),
      listOf(pass)[11],
      summaries,
    )),
    outputs,
    stops,
  }
}

/// Adds the norms of a pass's gradients, as the bits of 32-bit floats.
function withNorms(pass: Fields, given: unknown, summaries: readonly unknown[]): Fields {
  const { slot, value } = pass.grads as { readonly slot: readonly number[]; readonly value: readonly number[] }
  const late = [...listOf(given)]
  const norms = value.map((one) => {
    const summary = summaries[one]
    const data = typeof summary === 'object' && summary !== null && 'data' in summary ? listOf(summary.data) : null
    return data ? Math.hypot(...data.map(float)) : float(late.shift())
  })
  return { ...pass, grads: { slot, value, norm: [...new Int32Array(Float32Array.from(norms).buffer)] } }
}

function float(value: unknown): number {
  if (typeof value === 'number') return value
  return value === 'inf' ? Infinity : value === '-inf' ? -Infinity : Number.NaN
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new RangeError('A compact trace is made of lists')
  return value
}

const isOne = (value: unknown): boolean => value === 1

function named(value: unknown, keys: readonly string[], made: Readonly<Record<string, (given: unknown) => unknown>> = {}): Fields {
  const given = listOf(value)
  return Object.fromEntries(keys.map((key, i) => [key, made[key] ? made[key](given[i]) : given[i]]))
}

function table(value: unknown, keys: readonly string[]): Fields {
  const given = listOf(value)
  return Object.fromEntries(keys.map((key, i) => [key, sums(listOf(given[i]))]))
}

function sums(differences: readonly unknown[]): readonly number[] {
  let sum = 0
  return differences.map((one) => (sum += typeof one === 'number' ? one : Number.NaN))
}

function readSummaries(given: readonly unknown[]): readonly unknown[] {
  const distinct: unknown[] = []
  return given.map((one) => {
    if (typeof one === 'number') return one === 0 ? null : (distinct[one - 1] ?? null)
    const made = Array.isArray(one) ? whole(one) : range(one)
    distinct.push(made)
    return made
  })
}

/// Of an array whose elements are all there everything else is counted anew.
function whole(data: readonly unknown[]): Fields {
  const numbers = data.filter((one): one is number => typeof one === 'number')
  const count = (...words: readonly string[]): number => data.filter((one) => typeof one === 'string' && words.includes(one)).length
  const [nan, up, down] = [count('nan'), count('inf'), count('-inf')]
  const most = numbers.reduce((a, b) => Math.max(a, b), -Infinity)
  const least = numbers.reduce((a, b) => Math.min(a, b), Infinity)
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length
  const [min, max] = [down > 0 ? '-inf' : numbers.length > 0 ? least : up > 0 ? 'inf' : 'nan', up > 0 ? 'inf' : numbers.length > 0 ? most : down > 0 ? '-inf' : 'nan']
  const middle = nan > 0 || (up > 0 && down > 0) || data.length === 0 ? 'nan' : up > 0 ? 'inf' : down > 0 ? '-inf' : mean
  return { min, max, mean: middle, nan, inf: up + down, zero: numbers.filter((one) => one === 0).length, data }
}

function range(value: unknown): Fields {
  const { s } = typeof value === 'object' && value !== null && 's' in value ? value : { s: null }
  const [min, max, mean, nan, inf, zero, rows, cols, data] = listOf(s)
  return { min, max, mean, nan, inf, zero, ...(data === undefined ? {} : { thumb: { rows, cols, data } }) }
}
