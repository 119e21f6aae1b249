/// How a trace crosses the worker boundary: its JSON with every column replaced by `{"$i32": [offset, length]}` (offset
/// in bytes, multiple of 4; length in entries), and one little-endian buffer that holds all columns back to back.

export interface ColumnRef {
  readonly $i32: readonly [offset: number, length: number]
}

export function isColumnRef(value: unknown): value is ColumnRef {
  return typeof value === 'object' && value !== null && '$i32' in value
}

/// Puts the columns back: the value that `TraceDocument` describes, unchecked (see `trace/read.ts`).
/// Throws `RangeError` when a reference points outside the buffer.
export function unpack(header: string, columns: ArrayBuffer): unknown {
  return JSON.parse(header, (_key, value: unknown) => {
    if (!isColumnRef(value)) return value
    const [offset, length] = value.$i32
    return new Int32Array(columns, offset, length)
  })
}
