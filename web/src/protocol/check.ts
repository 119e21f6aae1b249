/// What a check of gradients says. It comes from the runner, like the trace, and is checked at the border (`runner/guard.ts`).

import type { Num } from './trace'

/// Why something is not checked; `engine/check.py` has the same list.
export const CHECK_REASONS = ['kink', 'random', 'changed', 'integer', 'convention', 'forgotten', 'infinite', 'rounding', 'error'] as const
export type CheckReason = (typeof CHECK_REASONS)[number]

export interface Verdict {
  /// `rule`: an operation's VJP against its own forward. `gradient`: what a pass left for a slot, against all that lies
  /// between the slot and the heads.
  readonly kind: 'rule' | 'gradient'
  /// Of a gradient; -1 for a rule.
  readonly pass: number
  readonly slot: number
  readonly node: number
  /// Of a rule: the operand (a position in `args`) for which it stands.
  readonly arg: number
  readonly status: 'ok' | 'differs' | 'unchecked'
  /// Empty unless unchecked.
  readonly reason: CheckReason | ''
  /// More words: "1 of 3" elements at a kink, the message of an error.
  readonly detail: string
  /// Elements that were compared.
  readonly checked: number
  /// The element that differs most (in C order; -1 when none is told): what the backward pass gives, and the difference.
  /// With `rounding`: the program's own gradient, and that in double precision.
  readonly at: number
  readonly exact: Num
  readonly numeric: Num
}

export type CheckEnd = 'all' | 'time' | 'operations' | 'stopped'

/// What a check may use up.
export interface CheckLimits {
  readonly operations: number
  readonly seconds: number
}

/// A stretch of a large value, seen as a matrix: its last axis are the columns; a vector is one row.
export interface Elements {
  readonly row: number
  readonly col: number
  readonly rows: number
  readonly cols: number
  readonly data: readonly Num[]
}

/// Most rows and columns of a stretch.
export const WINDOW = 24
