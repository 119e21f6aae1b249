/// The page's side of the runner, without any browser in it: when a program may be sent, what of the runner's answers
/// is believed, and what happens when none comes. Port, frame, assets and clock are parameters.

import type { CheckLimits } from '../protocol/check'
import type { Command, Device, Limits, Report } from '../protocol/messages'
import { guardReport } from './guard'
import type { Manifest, ToFrame } from './wire'

export interface Program {
  readonly code: string
  readonly seed: number
  readonly limits: Limits
  /// A session on the server's device, where this run has one.
  readonly device?: Device
  /// Nobody pressed Run: the program's link asked for it. Such a run gets no device.
  readonly unasked?: boolean
}

/// What the page hears: checked reports, and where a run stands.
export type RunnerEvent =
  | Report
  /// The run waits for the start to end.
  | { readonly type: 'queued'; readonly run: number }
  | { readonly type: 'started'; readonly run: number }
  /// The worker had to be ended while it checked: what the run left in Python is gone.
  | { readonly type: 'checkLost'; readonly run: number }

/// An open frame.
export interface Link {
  post(message: ToFrame, transfer?: readonly Transferable[]): void
  close(): void
}

export interface ClientParts {
  /// Opens a fresh frame; `hear` gets every raw message that comes out of it.
  connect(hear: (message: unknown) => void): Promise<Link>
  /// Fetches the assets of a start.
  load(
    progress: (loaded: number, total: number) => void,
    deliver: (name: string, bytes: ArrayBuffer) => void,
  ): Promise<Manifest>
  after(milliseconds: number, act: () => void): () => void
  listen(event: RunnerEvent): void
}

export interface Runner {
  start(): void
  /// The number that the next run will have.
  nextRun(): number
  /// Runs a program as soon as the runner can; a run that still goes on is stopped first. Returns the run's number.
  run(program: Program): number
  stop(): void
  /// Asks for summaries of the newest run's trace; they come as a `summaries` event with the returned number.
  summaries(values: readonly number[]): number
  /// Asks for elements of one value; they come as an `elements` event with the returned number.
  elements(value: number, row: number, col: number): number
  /// Checks the gradients of the newest run: `checked` events follow. False when Python is busy or not there.
  check(limits: CheckLimits): boolean
  /// After `failed`: everything again, in a fresh frame.
  retry(): void
}

/// A runner that somebody owns, and can do without.
export interface OwnRunner extends Runner {
  /// Ends the frame with all that runs in it; nothing more is heard.
  close(): void
}

/// The frame itself ends a run at deadline + 1.5 s. When it says nothing until then, it is broken and made anew.
const SILENCE = 6_000
/// With arrays on a server a run's end may take longer (`pool.ts`).
const DEVICE_SILENCE = 10_000
/// A start that says nothing for so long has failed.
const BOOT_SILENCE = 90_000
/// More output messages than a page can show; the engine's own budget is far below.
const MOST_OUTPUTS = 20_000

type Phase = 'idle' | 'starting' | 'ready' | 'running' | 'failed'

export function createRunner(parts: ClientParts): OwnRunner {
  let phase: Phase = 'idle'
  let link: Link | null = null
  /// Counts frames: what an older frame still says is not heard.
  let generation = 0
  let runs = 0
  let requests = 0
  let waiting: { readonly run: number; readonly program: Program } | null = null
  let current: { readonly run: number; readonly checks: boolean; outputs: number } | null = null
  let lastRun = 0
  let fraction = 0
  /// What Python said last while files are still on their way, which is what one waits for then.
  let fetching = false
  let early: Extract<Report, { type: 'boot' }> | null = null
  let cancelWatch = () => {}

  function watch(milliseconds: number, act: () => void) {
    cancelWatch()
    cancelWatch = parts.after(milliseconds, act)
  }

  function fail(message: string) {
    cancelWatch()
    phase = 'failed'
    link?.close()
    link = null
    generation++
    waiting = null
    current = null
    parts.listen({ type: 'failed', message })
  }

  function boot(value: number, label: string) {
    // Progress never goes back: downloads and the start overlap.
    fraction = Math.max(fraction, value)
    parts.listen({ type: 'boot', fraction, label })
    watch(BOOT_SILENCE, () => fail('Python did not start within 90 seconds. Close other heavy pages, then retry.'))
  }

  function fetched() {
    fetching = false
    if (early) boot(early.fraction, early.label)
  }

  async function start() {
    phase = 'starting'
    fraction = 0
    fetching = true
    early = null
    const mine = ++generation
    boot(0, 'Fetching Python')
    try {
      const opening = parts.connect((message) => {
        if (mine === generation) hear(message)
      })
      // Files that arrive before the frame is open are passed on when it is.
      const loading = parts.load(
        (loaded, total) => {
          if (mine === generation) boot(0.4 * (loaded / total), `Fetching Python, ${megabytes(loaded)} of ${megabytes(total)} MB`)
        },
        (name, bytes) => void opening.then((to) => to.post({ type: 'asset', name, bytes }, [bytes])).catch(() => {}),
      )
      // Both are awaited below; a failure of the first must not leave the other one unhandled.
      loading.catch(() => {})
      const opened = await opening
      if (mine !== generation) return opened.close()
      link = opened
      const manifest = await loading
      if (mine !== generation) return
      link.post({ type: 'assets', manifest })
      fetched()
    } catch (error) {
      if (mine === generation) fail(error instanceof Error ? error.message : String(error))
    }
  }

  function hear(message: unknown) {
    const report = guardReport(message)
    if (!report) return
    switch (report.type) {
      case 'boot':
        if (phase === 'ready') {
          phase = 'starting'
          fraction = 0
        }
        if (phase === 'starting' && fetching) early = report
        else if (phase === 'starting') boot(report.fraction, report.label)
        // A run that had to wait for a fresh worker: its own time has not begun.
        if (phase === 'running') watch(BOOT_SILENCE, () => abandon('deadline'))
        return
      case 'ready':
        if (phase !== 'starting') return
        cancelWatch()
        phase = 'ready'
        parts.listen(report)
        sendWaiting()
        return
      case 'cell':
      case 'device':
      case 'trace':
        if (report.run === current?.run) parts.listen(report)
        return
      case 'output':
        if (report.run === current?.run && current.outputs++ < MOST_OUTPUTS) parts.listen(report)
        return
      case 'done':
        if (report.run !== current?.run || current.checks) return
        endRun('ready')
        parts.listen(report)
        sendWaiting()
        return
      case 'replaced': {
        if (report.run !== current?.run) return
        const { checks } = current
        endRun('starting')
        parts.listen(checks ? { type: 'checkLost', run: report.run } : report)
        return
      }
      case 'checked':
        if (report.run !== current?.run || !current.checks) return
        if (report.end !== null) endRun('ready')
        parts.listen(report)
        if (report.end !== null) sendWaiting()
        return
      case 'elements':
      case 'summaries':
        parts.listen(report)
        return
      case 'failed':
        if (phase !== 'failed') fail(report.message)
        return
    }
  }

  function endRun(next: Phase) {
    cancelWatch()
    phase = next
    fraction = 0
    current = null
  }

  function sendWaiting() {
    const next = waiting
    waiting = null
    if (next) send(next.run, next.program)
  }

  function send(run: number, program: Program) {
    phase = 'running'
    current = { run, checks: false, outputs: 0 }
    lastRun = run
    const { code, seed, limits, device } = program
    link?.post({ type: 'run', run, code, seed, limits, ...(device && { device }) })
    watch(limits.deadline + (device ? DEVICE_SILENCE : SILENCE), () => abandon('deadline'))
    parts.listen({ type: 'started', run })
  }

  /// The frame itself is silent: a new one.
  function abandon(reason: 'stop' | 'deadline') {
    const ended = current
    current = null
    link?.close()
    link = null
    if (ended) parts.listen(ended.checks ? { type: 'checkLost', run: ended.run } : { type: 'replaced', run: ended.run, reason })
    void start()
  }

  const command = (message: Command) => link?.post(message)

  function stop() {
    if (waiting) {
      const { run } = waiting
      waiting = null
      parts.listen({ type: 'replaced', run, reason: 'stop' })
    }
    if (!current) return
    command({ type: 'stop', run: current.run })
    watch(SILENCE, () => abandon('stop'))
  }

  return {
    start: () => void start(),
    retry: () => void start(),
    close() {
      generation++
      cancelWatch()
      link?.close()
      link = null
      phase = 'idle'
      waiting = current = null
    },
    stop,
    nextRun: () => runs + 1,
    run(program) {
      const run = ++runs
      if (phase === 'ready') send(run, program)
      else {
        stop()
        waiting = { run, program }
        parts.listen({ type: 'queued', run })
        if (phase === 'failed') void start()
      }
      return run
    },
    check(limits) {
      if (phase !== 'ready' || lastRun === 0) return false
      phase = 'running'
      current = { run: lastRun, checks: true, outputs: 0 }
      command({ type: 'check', run: lastRun, limits })
      watch(limits.seconds * 1000 + SILENCE, () => abandon('deadline'))
      return true
    },
    elements(value, row, col) {
      const request = ++requests
      command({ type: 'elements', request, run: lastRun, value, row, col })
      return request
    },
    summaries(values) {
      const request = ++requests
      command({ type: 'summaries', request, run: lastRun, values })
      return request
    },
  }
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
