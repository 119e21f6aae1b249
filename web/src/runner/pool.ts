/// Which worker runs, and when it is replaced: the frame's rules, without any browser in them. One worker is current; a
/// spare starts as soon as the current one may have to be ended, so that the next run need not wait for a whole start.

import type { Command, Limits, Report } from '../protocol/messages'
import type { FromWorker, ToWorker } from './wire'

export interface WorkerLink {
  post(message: ToWorker): void
  terminate(): void
}

export interface PoolParts {
  /// Starts a worker. What it says comes back through `listen`; a worker that breaks says `crash`.
  spawn(listen: (message: FromWorker) => void): WorkerLink
  report(report: Report): void
  /// A stop token: alive until `end` is called.
  token(): { readonly url: string; end(): void }
  after(milliseconds: number, act: () => void): () => void
}

/// The interpreter's own deadline may be missed (a loop inside C): this much later the worker is ended from outside.
export const GRACE = 1500
/// After Stop, the interpreter has this long to end the run by itself.
export const STOP_GRACE = 700
/// With arrays on a server, which is told to stop too: a call that runs there comes to its end first.
export const DEVICE_GRACE = 4000
/// A program that was interrupted may take this long to write its trace.
export const PACKING = 4000
/// A run longer than this gets a spare worker started beside it.
export const LONG = 1500
/// WebAssembly memory never shrinks: above this a worker is replaced before the next run.
export const HEAP = 1 << 30
/// More messages or bytes than any honest run sends.
export const FLOOD = { messages: 200_000, bytes: 512 << 20 }

interface Worker {
  link: WorkerLink
  state: 'booting' | 'ready' | 'running' | 'gone'
  boot: Extract<FromWorker, { type: 'boot' }> | null
  ready: Extract<FromWorker, { type: 'ready' }> | null
  gentle: boolean
  heavy: boolean
}

type RunCommand = Extract<Command, { type: 'run' }>
type CheckCommand = Extract<Command, { type: 'check' }>

interface Running {
  readonly command: RunCommand | CheckCommand
  readonly token: { readonly url: string; end(): void }
  readonly timers: (() => void)[]
  messages: number
  bytes: number
  stopping: boolean
  packing: boolean
}

export interface Pool {
  start(): void
  handle(command: Command): void
}

export function createPool(parts: PoolParts): Pool {
  let current: Worker | null = null
  let spare: Worker | null = null
  let running: Running | null = null
  /// A run that came while no worker was ready.
  let waiting: RunCommand | null = null

  function spawn(): Worker {
    const worker: Worker = { link: null as never, state: 'booting', boot: null, ready: null, gentle: false, heavy: false }
    worker.link = parts.spawn((message) => {
      if (worker.state !== 'gone') hear(worker, message)
    })
    return worker
  }

  function end(worker: Worker) {
    worker.state = 'gone'
    worker.link.terminate()
  }

  function hear(worker: Worker, message: FromWorker) {
    switch (message.type) {
      case 'boot':
        worker.boot = message
        if (worker === current) parts.report(message)
        return
      case 'gentle':
        worker.gentle = message.works
        return
      case 'packing':
        if (worker === current && running && !running.packing) {
          running.packing = true
          running.timers.forEach((cancel) => cancel())
          running.timers.push(parts.after(PACKING, () => replace(running?.stopping ? 'stop' : 'deadline')))
        }
        return
      case 'heap':
        worker.heavy = message.bytes > HEAP
        return
      case 'ready':
        if (worker.state !== 'booting') return
        worker.state = 'ready'
        worker.ready = message
        if (worker === current) becomeReady(message)
        return
      case 'failed':
      case 'crash':
        if (worker === spare) {
          end(worker)
          spare = null
        } else if (worker.state === 'booting') parts.report({ type: 'failed', message: message.message })
        else replace('crash')
        return
      case 'done':
        if (worker !== current || message.run !== running?.command.run) return
        finish()
        worker.state = 'ready'
        parts.report(message)
        if (worker.heavy) spare ??= spawn()
        return
      case 'checked':
        if (worker !== current || running?.command.type !== 'check' || message.run !== running.command.run) return
        if (message.end !== null) {
          finish()
          worker.state = 'ready'
        }
        parts.report(message)
        return
      case 'summaries':
      case 'elements':
        if (worker === current) parts.report(message)
        return
      case 'cell':
      case 'device':
      case 'output':
      case 'trace':
        if (worker !== current || message.run !== running?.command.run) return
        running.messages++
        if (message.type === 'trace') running.bytes += message.columns.byteLength + message.header.length
        if (running.messages > FLOOD.messages || running.bytes > FLOOD.bytes) return replace('memory')
        parts.report(message)
        return
      default:
        // A worker cannot speak for the frame.
        return message satisfies never
    }
  }

  function becomeReady(message: Extract<FromWorker, { type: 'ready' }>) {
    parts.report(message)
    const command = waiting
    waiting = null
    if (command) run(command)
  }

  function run(command: RunCommand) {
    if (running) replace('stop')
    if (current?.heavy && current.state === 'ready') {
      end(current)
      promote()
    }
    if (current?.state !== 'ready') {
      waiting = command
      return
    }
    const token = parts.token()
    const timers = [
      parts.after(LONG, () => (spare ??= spawn())),
      parts.after(command.limits.deadline + (command.device ? DEVICE_GRACE : GRACE), () => replace('deadline')),
    ]
    running = { command, token, timers, messages: 0, bytes: 0, stopping: false, packing: false }
    current.state = 'running'
    const { run, code, seed, limits, device } = command
    current.link.post({ type: 'run', run, code, seed, limits: limits satisfies Limits, token: token.url, ...(device && { device }) })
  }

  function check(command: CheckCommand) {
    if (current?.state !== 'ready' || running) {
      return parts.report({ type: 'checked', run: command.run, total: 0, verdicts: [], end: 'stopped' })
    }
    const token = parts.token()
    const timers = [parts.after(command.limits.seconds * 1000 + 2 * GRACE, () => replace('deadline'))]
    running = { command, token, timers, messages: 0, bytes: 0, stopping: false, packing: false }
    current.state = 'running'
    current.link.post({ ...command, token: token.url })
  }

  function stop(run: number) {
    if (waiting?.run === run) {
      waiting = null
      parts.report({ type: 'replaced', run, reason: 'stop' })
    } else if (running?.command.run === run) {
      if (!current?.gentle) return replace('stop')
      running.stopping = true
      running.token.end()
      const { command } = running
      const grace = command.type === 'run' && command.device ? DEVICE_GRACE : STOP_GRACE
      running.timers.push(parts.after(grace, () => replace('stop')))
      spare ??= spawn()
    }
  }

  function finish() {
    running?.timers.forEach((cancel) => cancel())
    running?.token.end()
    running = null
  }

  /// Ends the current worker with its run, and puts the spare in its place.
  function replace(reason: Extract<Report, { type: 'replaced' }>['reason']) {
    const run = running?.command.run
    finish()
    if (current) end(current)
    if (run !== undefined) parts.report({ type: 'replaced', run, reason })
    promote()
  }

  function promote() {
    current = spare ?? spawn()
    spare = null
    if (current.ready) becomeReady(current.ready)
    else parts.report(current.boot ?? { type: 'boot', fraction: 0.4, label: 'Starting a fresh Python' })
  }

  return {
    start() {
      current = spawn()
    },
    handle(command) {
      if (command.type === 'run') run(command)
      else if (command.type === 'stop') stop(command.run)
      else if (command.type === 'check') check(command)
      // During a check the worker answers when it is done.
      else if (current?.state === 'ready' || (current?.state === 'running' && running?.command.type === 'check')) current.link.post(command)
      else if (command.type === 'elements') parts.report({ type: 'elements', request: command.request, elements: null })
      else parts.report({ type: 'summaries', request: command.request, summaries: command.values.map(() => null) })
    },
  }
}
