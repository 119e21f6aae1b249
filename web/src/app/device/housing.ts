/// Two houses for one runner. Programs without a device run in the frame that has no network at all; programs with one in a
/// frame whose policy names the addresses of sessions, and nothing else. The one that is needed next is made ready while the
/// other still answers for the picture on the screen. No browser in here: frames, sessions and the clock are parameters.

import type { Device } from '../../protocol/messages'
import type { OwnRunner, Program, Runner, RunnerEvent } from '../../runner'

export type House = 'plain' | 'device'

export interface HousingParts {
  open(house: House, listen: (event: RunnerEvent) => void): OwnRunner
  /// Whether a program runs with a session; or what it gets to know instead of one.
  needs(program: Program): boolean | Device
  session(): Promise<Device>
  cancel(): void
  end(): void
  after(milliseconds: number, act: () => void): () => void
}

export interface HousedRunner extends Runner {
  /// What the next run will need: its house is made ready.
  expect(house: House): void
}

type Phase = Extract<RunnerEvent, { type: 'boot' | 'ready' | 'failed' }>

interface Inner {
  readonly runner: OwnRunner
  readonly house: House
  /// Its numbers of runs, and ours.
  readonly numbers: Map<number, number>
  /// The last word on its start.
  phase: Phase | null
}

/// Runs in the browser that take longer (milliseconds) are weighed: the server may be worth it.
const WEIGH = 2000
/// A session that is opened quickly is no news.
const QUICK = 200

export function createHousing(parts: HousingParts, listen: (event: RunnerEvent) => void): HousedRunner {
  let runs = 0
  let wanted: House = 'plain'
  let current: Inner | null = null
  let spare: Inner | null = null
  /// A run that waits for its session.
  let opening: { readonly run: number; hush(): void } | null = null
  /// Tells the server that the run's time is over.
  let cancelBell = () => {}
  let hasSession = false
  /// The newest run was sent and has not ended.
  let going = false

  function make(house: House): Inner {
    const inner: Inner = { runner: null as never, house, numbers: new Map(), phase: null }
    const runner = parts.open(house, (event) => hear(inner, event))
    return Object.assign(inner, { runner })
  }

  function hear(inner: Inner, event: RunnerEvent) {
    if (event.type === 'boot' || event.type === 'ready' || event.type === 'failed') inner.phase = event
    if (inner !== current) return
    if (!('run' in event)) return listen(event)
    const run = inner.numbers.get(event.run)
    if (run === undefined) return
    if (event.type === 'done' || event.type === 'replaced') {
      cancelBell()
      if (run === runs) going = false
      // The worker is gone, and with it all that knew the arrays.
      if (event.type === 'replaced') end()
    }
    listen({ ...event, run })
  }

  function end() {
    hasSession = false
    parts.end()
  }

  function expect(house: House) {
    wanted = house
    if (!current) return
    if (current.house === house || spare?.house !== house) {
      spare?.runner.close()
      spare = null
    }
    if (current.house === house || spare) return
    spare = make(house)
    spare.runner.start()
  }

  /// A program may be waiting for the server, and does not hear of a stop before it has its answer.
  function cancel() {
    if (hasSession && going) parts.cancel()
  }

  /// The house that a run needs becomes the current one.
  function move(house: House): Inner {
    if (current?.house === house) return current
    const ready = spare?.house === house ? spare : null
    if (!ready) spare?.runner.close()
    spare = null
    current?.runner.close()
    current = ready ?? make(house)
    if (!ready) current.runner.start()
    else if (ready.phase) listen(ready.phase)
    return current
  }

  function send(run: number, house: House, program: Program) {
    const to = move(house)
    to.numbers.set(to.runner.nextRun(), run)
    going = true
    to.runner.run(program)
    if (hasSession) cancelBell = parts.after(program.limits.deadline, () => parts.cancel())
  }

  function stopOpening(): number | null {
    const waited = opening
    opening = null
    waited?.hush()
    return waited?.run ?? null
  }

  return {
    expect,
    start() {
      current ??= make(wanted)
      current.runner.start()
    },
    nextRun: () => runs + 1,
    run(program) {
      const run = ++runs
      stopOpening()
      cancelBell()
      cancel()
      going = false
      const needs = parts.needs(program)
      if (needs !== true) {
        end()
        const limits = { ...program.limits, weigh: WEIGH }
        send(run, 'plain', needs ? { ...program, device: needs } : { ...program, limits })
        return run
      }
      current?.runner.stop()
      const mine = (opening = { run, hush: parts.after(QUICK, () => listen({ type: 'queued', run })) })
      void parts.session().then((device) => {
        if (opening !== mine) return
        stopOpening()
        hasSession = !('problem' in device)
        // Where there is no session, no network is needed to say so.
        send(run, hasSession ? 'device' : (current?.house ?? 'plain'), { ...program, device })
      })
      return run
    },
    stop() {
      const waited = stopOpening()
      if (waited !== null) {
        end()
        listen({ type: 'replaced', run: waited, reason: 'stop' })
      }
      cancel()
      current?.runner.stop()
    },
    summaries: (values) => current?.runner.summaries(values) ?? -1,
    elements: (value, row, col) => current?.runner.elements(value, row, col) ?? -1,
    check: (limits) => current?.runner.check(limits) ?? false,
    retry: () => current?.runner.retry(),
  }
}
