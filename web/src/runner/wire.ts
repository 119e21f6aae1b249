/// What travels inside the runner: page -> frame (hand-over, assets), and frame <-> worker. The page's side of the port
/// speaks `protocol/messages.ts`; these are the few words that only the runner's own parts say.

import type { Command, Device, Limits, Report } from '../protocol/messages'

/// `py/manifest.json`: what a start needs.
export interface Manifest {
  readonly pyodide: string
  readonly numpy: string
  readonly engine: string
  readonly engineVersion: string
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[]
}

/// The one window message of the page, sent with the port; everything later goes through the port.
export const HELLO = 'autograd-playground:connect'

/// Page to frame, through the port: first every asset as it arrives, then commands.
export type ToFrame =
  | Command
  | { readonly type: 'asset'; readonly name: string; readonly bytes: ArrayBuffer }
  | { readonly type: 'assets'; readonly manifest: Manifest }

/// What Python itself starts from.
export interface Core {
  readonly loader: ArrayBuffer
  readonly glue: ArrayBuffer
  readonly stdlib: ArrayBuffer
  readonly lock: ArrayBuffer
  readonly wasm: WebAssembly.Module
}

/// What may arrive while Python starts.
export interface Packages {
  readonly numpy: { readonly name: string; readonly bytes: ArrayBuffer }
  readonly engine: { readonly name: string; readonly version: string; readonly bytes: ArrayBuffer }
}

/// Frame to worker.
export type ToWorker =
  | { readonly type: 'start'; readonly core: Core; readonly probe: string }
  | { readonly type: 'packages'; readonly packages: Packages }
  | {
      readonly type: 'run'
      readonly run: number
      readonly code: string
      readonly seed: number
      readonly limits: Limits
      /// A blob URL that is alive until the run shall stop.
      readonly token: string
      readonly device?: Device
    }
  | Extract<Command, { type: 'summaries' | 'elements' }>
  | (Extract<Command, { type: 'check' }> & { readonly token: string })

/// Worker to frame: reports that go on to the page, and notes for the frame itself.
export type FromWorker =
  | Exclude<Report, { type: 'replaced' }>
  /// The interpreter broke and cannot go on.
  | { readonly type: 'crash'; readonly message: string }
  /// The program was interrupted, and its trace is being written: that may take a moment.
  | { readonly type: 'packing' }
  /// Bytes of WebAssembly memory after a run (it never shrinks), and whether a token can stop a run.
  | { readonly type: 'heap'; readonly bytes: number }
  | { readonly type: 'gentle'; readonly works: boolean }
