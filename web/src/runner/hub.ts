/// One runner for several programs: every embed on a page is a client that sees a runner of its own. Runs wait for each other,
/// in the order in which they were asked for; each starts with a namespace and a seed of its own, as every run does.

import type { Program, Runner, RunnerEvent } from './client'

export interface Hub {
  /// A runner that is shared; `listen` hears what concerns its own runs, and where the start stands.
  attach(listen: (event: RunnerEvent) => void): Client
  /// How many clients there are.
  count(): number
}

export interface Client extends Runner {
  /// Ends its run and hears nothing more.
  detach(): void
}

interface Seat {
  readonly listen: (event: RunnerEvent) => void
  runs: number
  requests: number
  /// Requests that are under way: the runner's number and the client's.
  readonly asked: Map<number, number>
}

interface Turn {
  readonly seat: Seat
  readonly own: number
  readonly program: Program
}

/// `open` makes the one runner; it is told where that runner's events go.
export function createHub(open: (listen: (event: RunnerEvent) => void) => Runner): Hub {
  const seats = new Set<Seat>()
  const waiting: Turn[] = []
  /// Which client a number of the runner's belongs to; the newest run stays, for its late summaries.
  let current: (Turn & { readonly run: number; over: boolean }) | null = null
  let runner: Runner | null = null
  /// The last word on the start, for clients that come later.
  let phase: Extract<RunnerEvent, { type: 'boot' | 'ready' | 'failed' }> | null = null

  function start(): Runner {
    if (!runner) {
      runner = open(hear)
      runner.start()
    }
    return runner
  }

  function hear(event: RunnerEvent) {
    switch (event.type) {
      case 'boot':
      case 'ready':
      case 'failed':
        phase = event
        if (event.type === 'failed') endAll()
        for (const seat of seats) seat.listen(event)
        return
      case 'summaries':
      case 'elements':
        for (const seat of seats) {
          const request = seat.asked.get(event.request)
          if (request === undefined) continue
          seat.asked.delete(event.request)
          seat.listen({ ...event, request })
        }
        return
      default: {
        if (!current || event.run !== current.run) return
        const ended = event.type === 'done' || event.type === 'replaced' || event.type === 'checkLost' || (event.type === 'checked' && event.end !== null)
        if (ended) current.over = true
        current.seat.listen({ ...event, run: current.own })
        if (ended) next()
      }
    }
  }

  /// A failed start takes all runs with it; the clients hear of the failure itself.
  function endAll() {
    waiting.length = 0
    if (current) current.over = true
  }

  function next() {
    if (current && !current.over) return
    const turn = waiting.shift()
    if (!turn) return
    const to = start()
    current = { ...turn, run: to.nextRun(), over: false }
    to.run(turn.program)
  }

  function drop(seat: Seat): Turn | undefined {
    const at = waiting.findIndex((turn) => turn.seat === seat)
    return at < 0 ? undefined : waiting.splice(at, 1)[0]
  }

  function stop(seat: Seat) {
    const dropped = drop(seat)
    if (dropped) seat.listen({ type: 'replaced', run: dropped.own, reason: 'stop' })
    if (current?.seat === seat && !current.over) runner?.stop()
  }

  function attach(listen: Seat['listen']): Client {
    const seat: Seat = { listen, runs: 0, requests: 0, asked: new Map() }
    seats.add(seat)
    return {
      start() {
        // Somebody else may have started it long ago.
        if (phase && runner) listen(phase)
        start()
      },
      nextRun: () => seat.runs + 1,
      run(program) {
        const own = ++seat.runs
        stop(seat)
        waiting.push({ seat, own, program })
        const busy = current !== null && !current.over
        if (busy) listen({ type: 'queued', run: own })
        next()
        return own
      },
      stop: () => stop(seat),
      // Only the newest run's arrays are kept: those of an earlier one are not known any more.
      summaries(values) {
        const request = ++seat.requests
        if (current?.seat === seat && runner) seat.asked.set(runner.summaries(values), request)
        else queueMicrotask(() => listen({ type: 'summaries', request, summaries: values.map(() => null) }))
        return request
      },
      elements(value, row, col) {
        const request = ++seat.requests
        if (current?.seat === seat && runner) seat.asked.set(runner.elements(value, row, col), request)
        else queueMicrotask(() => listen({ type: 'elements', request, elements: null }))
        return request
      },
      check(limits) {
        if (current?.seat !== seat || !current.over || !runner?.check(limits)) return false
        // Others wait until it ends.
        current.over = false
        return true
      },
      retry: () => start().retry(),
      detach() {
        stop(seat)
        seats.delete(seat)
      },
    }
  }

  return { attach, count: () => seats.size }
}
