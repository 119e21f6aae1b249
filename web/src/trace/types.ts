/// A trace that was checked: the same document as `protocol/trace.ts`, with every column an `Int32Array`.

import type { Args, BackwardPass, Column, Loops, Nodes, Sites, Slots, TraceDocument, Turns, Values } from '../protocol/trace'

/// The same fields, columns packed.
export type Packed<T> = { readonly [K in keyof T]: [Column] extends [T[K]] ? Int32Array : T[K] }

export interface Pass extends Omit<BackwardPass, 'steps' | 'grads'> {
  readonly steps: Packed<BackwardPass['steps']>
  readonly grads: { readonly slot: Int32Array; readonly value: Int32Array; readonly norm: Int32Array }
}

export interface Trace extends Omit<TraceDocument, 'sites' | 'loops' | 'turns' | 'nodes' | 'args' | 'slots' | 'values' | 'passes'> {
  readonly sites: Packed<Sites>
  readonly loops: Packed<Loops>
  readonly turns: Packed<Turns>
  readonly nodes: Packed<Nodes>
  readonly args: Packed<Args>
  readonly slots: Packed<Slots>
  readonly values: Packed<Values>
  readonly passes: readonly Pass[]
}

/// Entry of a column, -1 ("none") where there is no entry.
export function at(column: Int32Array, index: number): number {
  return column[index] ?? -1
}
