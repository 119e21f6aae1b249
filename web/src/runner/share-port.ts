/// A hub's client on the other side of a message port: another embed of the same site on the same page.

import type { CheckLimits } from '../protocol/check'
import type { Limits } from '../protocol/messages'
import type { RunnerEvent } from './client'
import type { Client, Hub } from './hub'

/// What a client says. Both sides are of one site, so this is not hostile; what user code says was checked before.
type Ask =
  | { readonly type: 'start' }
  | { readonly type: 'run'; readonly code: string; readonly seed: number; readonly limits: Limits }
  | { readonly type: 'stop' }
  | { readonly type: 'summaries'; readonly values: readonly number[] }
  | { readonly type: 'elements'; readonly value: number; readonly row: number; readonly col: number }
  | { readonly type: 'check'; readonly run: number; readonly limits: CheckLimits }
  | { readonly type: 'retry' }
  | { readonly type: 'detach' }

/// The part of a MessagePort that is used.
export interface Port {
  postMessage(message: unknown): void
  onmessage: ((event: MessageEvent) => void) | null
  close(): void
}

/// Serves a client that sits behind a port.
export function servePort(hub: Hub, port: Port): Client {
  const client = hub.attach((event) => port.postMessage(event))
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const ask = data as Ask
    switch (ask.type) {
      case 'start':
        return client.start()
      case 'run':
        return void client.run(ask)
      case 'stop':
        return client.stop()
      case 'summaries':
        return void client.summaries(ask.values)
      case 'elements':
        return void client.elements(ask.value, ask.row, ask.col)
      case 'check':
        if (!client.check(ask.limits)) port.postMessage({ type: 'checkLost', run: ask.run } satisfies RunnerEvent)
        return
      case 'retry':
        return client.retry()
      case 'detach':
        client.detach()
        port.close()
    }
  }
  return client
}

/// The client itself. Numbers of runs and requests are counted the same on both sides.
export function clientOfPort(port: Port, listen: (event: RunnerEvent) => void): Client {
  let runs = 0
  let requests = 0
  const say = (ask: Ask) => port.postMessage(ask)
  port.onmessage = ({ data }: MessageEvent<unknown>) => listen(data as RunnerEvent)
  return {
    start: () => say({ type: 'start' }),
    nextRun: () => runs + 1,
    run({ code, seed, limits }) {
      say({ type: 'run', code, seed, limits })
      return ++runs
    },
    stop: () => say({ type: 'stop' }),
    summaries(values) {
      say({ type: 'summaries', values })
      return ++requests
    },
    elements(value, row, col) {
      say({ type: 'elements', value, row, col })
      return ++requests
    },
    // Whether it can be had is known on the other side only; there a refusal comes as an event.
    check(limits) {
      say({ type: 'check', run: runs, limits })
      return runs > 0
    },
    retry: () => say({ type: 'retry' }),
    detach: () => say({ type: 'detach' }),
  }
}
