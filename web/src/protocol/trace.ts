/// The trace: the one document that the page, an embed, an export or a test reads about a run (contract 3).
/// Written by `engine/trace.py`; this file states its form, version 1. Everything here comes from user code that ran in
/// the sandbox: it is data to be checked (`trace/read.ts`) and shown as text, never trusted.
///
/// Big parts are columns: one array per field, all of one length, so ten thousand nodes cross the worker boundary as a
/// few typed arrays. A column is `Int32Array` when it came from a worker and `number[]` when it came from JSON. Ids are
/// positions: node 7 is entry 7 of every node column. `-1` always means "none". Tables (`strings`, `shapes`, `literals`,
/// `attrs`, `axes`) hold each distinct entry once and columns point into them.

export const TRACE_VERSION = 1

export type Column = Int32Array | readonly number[]

export interface TraceDocument {
  readonly version: 1
  /// Version of the engine that wrote the document.
  readonly engine: string
  /// The whole program, as the user wrote it. Lines count from 1 over the whole text, cells included.
  readonly code: string
  readonly cells: readonly Cell[]
  readonly ops: readonly OpInfo[]
  readonly strings: readonly string[]
  readonly shapes: readonly (readonly number[])[]
  /// Python literals that took part in an operation, as their source-like text: "2", "0.5", "True".
  readonly literals: readonly string[]
  /// Attributes of operations (`{"axis": 0, "keepdims": false}`), JSON values only.
  readonly attrs: readonly Readonly<Record<string, unknown>>[]
  /// Sets of axes over which a contribution was summed because the operand had been broadcast.
  readonly axes: readonly (readonly number[])[]
  readonly sites: Sites
  /// Missing in traces that were written before there was a log of turns: read as empty.
  readonly loops?: Loops
  readonly turns?: Turns
  readonly blocks: readonly RecordBlock[]
  readonly nodes: Nodes
  readonly args: Args
  readonly slots: Slots
  readonly values: Values
  readonly passes: readonly BackwardPass[]
  readonly outputs: readonly Output[]
  readonly stops: readonly Stop[]
}

export interface Cell {
  readonly kind: 'code' | 'markdown'
  /// First and last line of the cell's body (the `# %%` line is not part of it). `last < first` when the body is empty.
  readonly first: number
  readonly last: number
}

/// What the engine's row says of an operation that occurs in this trace.
export interface OpInfo {
  readonly name: string
  /// Short sign for the picture: "×", "+", "sin", "take". Never empty.
  readonly symbol: string
  readonly doc: string
  /// Names of the operands, as the LaTeX has them: ["a", "b"]. One name stands for all of a variadic operation.
  readonly operands: readonly string[]
  /// LaTeX of the result with `{a}`, `{b}`, … standing for the operands, e.g. `"{a} \\odot {b}"`.
  readonly latex: string
  /// LaTeX of each operand's VJP with `\bar{y}` for the incoming gradient; null where the operand has none.
  readonly latexVjps: readonly (string | null)[]
}

/// Where operations were called. A site is a stack of user frames, outermost first, innermost last;
/// frames of site `s` are `start[s] .. start[s + 1]` in the frame columns. The innermost one is the operation's own
/// sub-expression. Columns are 0-based UTF-16 offsets in the line; -1 when Python does not know them.
export interface Sites {
  /// Length sites + 1.
  readonly start: Column
  readonly line: Column
  readonly col: Column
  readonly endLine: Column
  readonly endCol: Column
  /// Function name of each frame (into `strings`); "<module>" for a cell's own level.
  readonly func: Column
}

/// Loops and functions of the program that ran, as they stand in the code.
export interface Loops {
  /// `LoopKind`
  readonly kind: Column
  /// Name of a function (into `strings`).
  readonly name: Column
  /// The whole loop, without its `else`. Lines from 1, columns from 0.
  readonly line: Column
  readonly col: Column
  readonly endLine: Column
  readonly endCol: Column
  /// Where its body begins. What stands before it (the test of a `while`, what a `for` runs over) is its header.
  /// Of a comprehension: where what it runs over begins.
  readonly bodyLine: Column
  readonly bodyCol: Column
}

export const LoopKind = { for: 0, while: 1, comprehension: 2, call: 3 } as const

/// What happened to loops and functions, in time order. Turns without any node are left out.
export interface Turns {
  /// Into `loops`.
  readonly loop: Column
  /// Frames of the program below the one that it happened in: the position in the stack of a site.
  readonly depth: Column
  /// The same number for all turns of one run of a loop; each call has its own.
  readonly run: Column
  /// The turn that begins, from 0; -1: the loop itself begins. 0 for a call.
  readonly turn: Column
  /// Nodes that there were when it happened. Never falls.
  readonly at: Column
}

/// One `autograd.record()` block that was entered.
export interface RecordBlock {
  readonly cell: number
  readonly site: number
  readonly trainMode: boolean
  /// Nodes made while it was open: `first <= node < last` (other blocks may be nested inside).
  readonly first: number
  readonly last: number
}

/// A node is a source array (kind 0: made from data, a creation function or a random draw; no array operands) or an operation
/// (kind 1). Nodes are in the order in which they happened: that order is the forward steps.
export interface Nodes {
  readonly kind: Column
  /// Into `ops`. Source arrays made from data have the op "array".
  readonly op: Column
  /// Sum of `Role` bits.
  readonly roles: Column
  readonly site: Column
  /// k-th time (from 0) that this site made a node: its iteration when it stands in a loop.
  readonly visit: Column
  readonly cell: Column
  /// Into `blocks`; -1 outside record.
  readonly block: Column
  /// For a node made by a recorded backward pass (`create_graph=True`): the forward node whose VJP made it; else -1.
  readonly cause: Column
  /// Variable name (into `strings`); -1 when it has none. With several results see `Slots.name`.
  readonly name: Column
  /// Into `attrs`; -1 when it has none.
  readonly attrs: Column
  /// Operands of node n are `argStart[n] .. argStart[n + 1]` in `args`. Length nodes + 1.
  readonly argStart: Column
  /// Results of node n are `slotStart[n] .. slotStart[n + 1]` in `slots`. Length nodes + 1.
  readonly slotStart: Column
}

export const Role = {
  /// `attach_grad` was called on it (and grad_req is not "null").
  leaf: 1,
  /// Some backward pass started from it.
  head: 2,
  /// On the tape: gradients can flow through it.
  recorded: 4,
  /// Result of `detach()`: the graph is cut here.
  detached: 8,
  /// An in-place write (`x[:] = …`, `x += …`): its result is the array's new value.
  write: 16,
  /// Made by a recorded backward pass.
  backward: 32,
  /// Drawn at random.
  random: 64,
  /// `attach_grad` was called on an operation's result: it keeps its gradient, the graph goes on.
  kept: 128,
} as const

export interface Args {
  /// Slot that the operand came from; -1 for a literal.
  readonly slot: Column
  /// Into `literals`; -1 for an array operand.
  readonly literal: Column
}

/// Results of nodes. Most nodes have exactly one.
export interface Slots {
  readonly node: Column
  /// Into `values`: the forward value.
  readonly value: Column
  /// Variable name of this result (into `strings`) or -1.
  readonly name: Column
}

/// Arrays that can be looked at: forward values, contributions, running sums, gradients. `summaries[v]` may be null in a big trace: ask
/// for it by id (`summaries` message).
export interface Values {
  readonly shape: Column
  readonly dtype: Column
  readonly device: Column
  readonly summaries: readonly (Summary | null)[]
}

/// A JSON number, or one of the three that JSON has no number for.
export type Num = number | 'nan' | 'inf' | '-inf'

export interface Summary {
  readonly min: Num
  readonly max: Num
  readonly mean: Num
  /// Standard deviation, where the elements are not all there to compute it from.
  readonly std?: Num
  readonly nan: number
  readonly inf: number
  readonly zero: number
  /// All elements in C order when there are at most `SMALL` of them (true/false are 1/0).
  readonly data?: readonly Num[]
  /// Else a sampled picture of at most 16 x 16 elements of the array seen as a matrix.
  readonly thumb?: { readonly rows: number; readonly cols: number; readonly data: readonly Num[] }
}

export const SMALL = 256

export interface BackwardPass {
  readonly kind: 'backward' | 'grad'
  readonly cell: number
  readonly site: number
  /// Nodes that existed when the pass began: it comes after them, and before or among the later ones.
  readonly at: number
  /// Slots that the pass started from.
  readonly heads: readonly number[]
  /// Value id of each head's gradient (all ones when the user gave none).
  readonly headGrads: readonly number[]
  readonly retainGraph: boolean
  readonly createGraph: boolean
  /// One entry per VJP call, in the order in which they ran.
  readonly steps: {
    readonly node: Column
    /// Operand whose contribution this is: a position in `args` (between `argStart[node]` and `argStart[node + 1]`).
    readonly arg: Column
    /// Value id of incoming gradient x local derivative, after sums over broadcast axes.
    readonly contribution: Column
    /// Value id of the operand's running sum after this contribution was added.
    readonly sum: Column
    /// Into `axes`: over which the contribution was summed; -1 when it was not.
    readonly axes: Column
  }
  /// The final gradient of every slot that the pass reached. `norm`: its Euclidean norm, as the bits of a 32-bit float (columns hold
  /// whole numbers); missing in traces of earlier engines.
  readonly grads: { readonly slot: Column; readonly value: Column; readonly norm?: Column }
  /// What was written to `x.grad` of leaves and kept results. `value` is the buffer afterwards (it differs from the pass's own gradient
  /// with grad_req "add"). For `autograd.grad` the slots are the variables.
  readonly written: {
    readonly slot: readonly number[]
    readonly value: readonly number[]
    readonly req: readonly ('write' | 'add')[]
  }
}

export type Output =
  | { readonly cell: number; readonly type: 'stdout' | 'stderr' | 'result'; readonly text: string }
  | { readonly cell: number; readonly type: 'error'; readonly error: ProgramError }
  /// What a check of an exercise found in the answer before it. `text` may be empty.
  | { readonly cell: number; readonly type: 'verdict'; readonly correct: boolean; readonly text: string }

/// An exception of the user's program, seen from the user's own code: no frame of the engine is in it.
export interface ProgramError {
  /// Class name: "MXNetError", "ZeroDivisionError", "SyntaxError".
  readonly name: string
  readonly message: string
  /// What to do next, when the engine knows.
  readonly hint: string | null
  /// The innermost frame of user code; -1 when there is none.
  readonly line: number
  readonly col: number
  readonly endLine: number
  readonly endCol: number
  /// Outermost first: the user's frames that led there.
  readonly frames: readonly { readonly line: number; readonly func: string }[]
}

/// Why the run ended before its last line.
export interface Stop {
  readonly reason: 'error' | 'deadline' | 'budget' | 'interrupted'
  readonly message: string
  readonly cell: number
  readonly line: number
}
