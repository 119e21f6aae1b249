/// Messages between the app page and the runner (an opaque-origin iframe), over one MessagePort, and between the runner
/// and its worker, which speaks the same messages. Everything that the runner sends is hostile data until `trace/read.ts`
/// or `runner/guard.ts` has checked it: user Python can post any message it likes.

import type { CheckEnd, CheckLimits, Elements, Verdict } from './check'
import type { Output, Summary } from './trace'

/// Page to runner.
export type Command =
  | { readonly type: 'run'; readonly run: number; readonly code: string; readonly seed: number; readonly limits: Limits; readonly device?: Device }
  /// Ends the run at once: the worker is replaced when it does not end by itself.
  | { readonly type: 'stop'; readonly run: number }
  /// Asks for value summaries of the newest trace of a run.
  | { readonly type: 'summaries'; readonly request: number; readonly run: number; readonly values: readonly number[] }
  /// Asks for elements of one value of that trace, from a row and column on.
  | { readonly type: 'elements'; readonly request: number; readonly run: number; readonly value: number; readonly row: number; readonly col: number }
  /// Compares every gradient of the newest run with differences. `stop` with the same number ends it.
  | { readonly type: 'check'; readonly run: number; readonly limits: CheckLimits }

/// What a run gets of the server's device: a session that the page has opened, never the page's token; or why there is none.
export type Device =
  | {
      /// Address of the server; its session's name, hash of its operations, limits.
      readonly base: string
      readonly sid: string
      readonly opset: string
      readonly limits: Readonly<Record<string, number>>
      /// New arrays go there, unless the program says otherwise.
      readonly everywhere: boolean
    }
  | { readonly problem: string; readonly everywhere: boolean }

/// What a run did with the device so far. Times are milliseconds.
export interface Counters {
  /// Calls that were recorded, and those of them that were sent.
  readonly recorded: number
  readonly sent: number
  readonly roundTrips: number
  readonly bytesUp: number
  readonly bytesDown: number
  /// Bytes that the session holds on the device.
  readonly held: number
  /// Time that the device worked, and that the program waited for it, way there and back included.
  readonly device: number
  readonly waited: number
  /// An answer is being waited for: nothing is heard of the program meanwhile.
  readonly busy: boolean
}

/// What a run has computed, backward passes included.
export interface Effort {
  /// Operations on numbers, by the rows' own costs; and calls of rows.
  readonly work: number
  readonly calls: number
}

export interface Limits {
  /// Wall-clock deadline of the whole run, in milliseconds.
  readonly deadline: number
  /// Most operations that a run may record.
  readonly ops: number
  /// Most characters of output that a run may show.
  readonly output: number
  /// Most bytes of one array, and of all values that a trace holds on to.
  readonly arrayBytes: number
  readonly traceBytes: number
  /// Of runs that take as many milliseconds, `done` tells what they have computed.
  readonly weigh?: number
}

/// Runner to page.
export type Report =
  /// Start-up. `fraction` from 0 to 1 over the whole start; `label` is for people.
  | { readonly type: 'boot'; readonly fraction: number; readonly label: string }
  | { readonly type: 'ready'; readonly milliseconds: number; readonly python: string; readonly numpy: string; readonly engine: string }
  | { readonly type: 'cell'; readonly run: number; readonly cell: number }
  | { readonly type: 'output'; readonly run: number; readonly output: Output }
  /// The trace so far (`final: false`, sent now and then during a run) or the whole one. See `packed.ts`.
  | { readonly type: 'trace'; readonly run: number; readonly final: boolean; readonly header: string; readonly columns: ArrayBuffer }
  | { readonly type: 'device'; readonly run: number; readonly counters: Counters }
  | { readonly type: 'done'; readonly run: number; readonly milliseconds: number; readonly ops: number; readonly effort?: Effort }
  | { readonly type: 'summaries'; readonly request: number; readonly summaries: readonly (Summary | null)[] }
  | { readonly type: 'elements'; readonly request: number; readonly elements: Elements | null }
  /// Verdicts as they are found, out of `total`; `end` is null while more come.
  | { readonly type: 'checked'; readonly run: number; readonly total: number; readonly verdicts: readonly Verdict[]; readonly end: CheckEnd | null }
  /// The worker could not be stopped gently and was replaced; `run` did not finish.
  | { readonly type: 'replaced'; readonly run: number; readonly reason: 'stop' | 'deadline' | 'memory' | 'crash' }
  /// Start-up failed: nothing can run until the page is loaded again.
  | { readonly type: 'failed'; readonly message: string }
