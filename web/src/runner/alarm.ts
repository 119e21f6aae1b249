/// Ends a run from inside the interpreter, without shared memory: Pyodide reads entry 0 of its interrupt buffer every few
/// dozen bytecodes, and here that entry is a getter which looks at the clock (and, rarely, at a stop token).

/// SIGINT: what Pyodide expects in entry 0 to raise KeyboardInterrupt.
const SIGINT = 2

/// After it rang once, the alarm rings again this much later: a program may catch KeyboardInterrupt.
export const AGAIN = 250
/// How often a run looks whether it was asked to stop (a look costs about 3 ms, so 2 % of the time).
export const LOOK = 150

export interface Alarm {
  /// Hand this to `pyodide.setInterruptBuffer`.
  readonly buffer: { 0: number }
  /// Starts the clock: rings at `deadline` milliseconds from now, or once `stopped()` says so.
  arm(deadline: number, stopped: (() => boolean) | null): void
  disarm(): void
  /// How often the interpreter looked; 0 after a run means that the buffer does not work here.
  polls(): number
}

export function createAlarm(now: () => number): Alarm {
  let ringAt = Infinity
  let lookAt = Infinity
  let stopped: (() => boolean) | null = null
  let polls = 0

  const read = () => {
    polls++
    if (ringAt === Infinity && lookAt === Infinity) return 0
    const time = now()
    if (time >= lookAt) {
      lookAt = time + LOOK
      if (stopped?.()) ringAt = time
    }
    if (time < ringAt) return 0
    // Edge-triggered: a level would interrupt the handler of the first interrupt too.
    ringAt = now() + AGAIN
    lookAt = Infinity
    return SIGINT
  }

  return {
    buffer: {
      get 0() {
        return read()
      },
      // Pyodide writes 0 back once it has seen the signal.
      set 0(_value: number) {},
    },
    arm(deadline, isStopped) {
      const time = now()
      polls = 0
      stopped = isStopped
      ringAt = time + deadline
      lookAt = isStopped ? time + LOOK : Infinity
    },
    disarm() {
      ringAt = lookAt = Infinity
      stopped = null
    },
    polls: () => polls,
  }
}
