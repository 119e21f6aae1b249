/// Checks of single fields of a hostile document. Each names the field in the error that it throws.

/// The document is not a trace. `field` says where: "nodes.op[3]".
export class TraceError extends Error {
  override readonly name = 'TraceError'
  readonly field: string

  constructor(field: string, problem: string) {
    super(`Cannot read the trace: ${field} ${problem}`)
    this.field = field
  }
}

export type Fields = Readonly<Record<string, unknown>>

/// What was given, short enough for a message.
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (value === null) return 'null'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  return String(value)
}

export function fields(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw new TraceError(field, `must be an object, not ${shown(value)}`)
  }
  return value as Fields
}

export function list(value: unknown, field: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new TraceError(field, `must be a list, not ${shown(value)}`)
  if (value.length > most) throw new TraceError(field, `has ${value.length} entries; at most ${most} are read`)
  return value
}

export function text(value: unknown, field: string, most: number): string {
  if (typeof value !== 'string') throw new TraceError(field, `must be a text, not ${shown(value)}`)
  if (value.length > most) throw new TraceError(field, `has ${value.length} characters; at most ${most} are read`)
  return value
}

export function flag(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw new TraceError(field, `must be true or false, not ${shown(value)}`)
  return value
}

export function oneOf<const T extends string>(value: unknown, field: string, words: readonly T[]): T {
  const found = words.find((word) => word === value)
  if (found === undefined) throw new TraceError(field, `must be one of ${words.join(', ')}, not ${shown(value)}`)
  return found
}

/// A whole number from `least` to `most`, both included.
export function whole(value: unknown, field: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TraceError(field, `must be a whole number, not ${shown(value)}`)
  }
  if (value < least || value > most) throw outOfBounds(field, value, least, most)
  return value
}

function outOfBounds(field: string, value: number, least: number, most: number): TraceError {
  const range = most < least ? 'but there is nothing to point to' : `outside ${least} to ${most}`
  return new TraceError(field, `is ${value}, ${range}`)
}

export interface Bounds {
  readonly least: number
  readonly most: number
  /// How many entries the column must have; any number up to `cap` when left out.
  readonly length?: number
  readonly cap?: number
}

/// A column of whole numbers as `Int32Array`; each entry within the bounds.
export function column(value: unknown, field: string, bounds: Bounds): Int32Array {
  const { least, most, length, cap = 0x7fffffff } = bounds
  const given = value instanceof Int32Array || Array.isArray(value) ? (value as ArrayLike<unknown>) : null
  if (given === null) throw new TraceError(field, `must be a column of whole numbers, not ${shown(value)}`)
  if (length !== undefined && given.length !== length) {
    throw new TraceError(field, `has ${given.length} entries where ${length} are needed`)
  }
  if (given.length > cap) throw new TraceError(field, `has ${given.length} entries; at most ${cap} are read`)
  // A view on shared memory could change after the check, so it is copied.
  const owned = value instanceof Int32Array && value.buffer instanceof ArrayBuffer
  const packed = owned ? value : new Int32Array(given.length)
  for (let i = 0; i < given.length; i++) {
    const entry = given[i]
    if (typeof entry !== 'number' || (entry | 0) !== entry) {
      throw new TraceError(`${field}[${i}]`, `must be a whole number of 32 bits, not ${shown(entry)}`)
    }
    if (entry < least || entry > most) throw outOfBounds(`${field}[${i}]`, entry, least, most)
    if (!owned) packed[i] = entry
  }
  return packed
}

/// Offsets of `count` runs that cover a table of `total` entries: from 0, never falling, to `total`.
export function offsets(value: unknown, field: string, count: number, total: number): Int32Array {
  const starts = column(value, field, { least: 0, most: total, length: count + 1 })
  if (starts[0] !== 0) throw new TraceError(`${field}[0]`, `is ${starts[0]}; the first offset must be 0`)
  for (let i = 0; i < count; i++) {
    const [here, next] = [starts[i] ?? 0, starts[i + 1] ?? 0]
    if (next < here) throw new TraceError(`${field}[${i + 1}]`, `is ${next}, less than the offset ${here} before it`)
  }
  if (starts[count] !== total) {
    throw new TraceError(`${field}[${count}]`, `is ${starts[count]}; the last offset must be ${total}`)
  }
  return starts
}
