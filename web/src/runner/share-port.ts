/// A hub's client on the other side of a message port: another embed of the same site on the same page.

import type { Limits } from '../protocol/messages'
import type { RunnerEvent } from './client'
import type { Client, Hub } from './hub'

/// What a client says. Both sides are of one site, so this is not hostile; what user code says was checked before.
type Ask =
  | { readonly type: 'start' }
  | { readonly type: 'run'; readonly code: string; readonly seed: number; readonly limits: Limits }
  | { readonly type: 'stop' }
  | { readonly type: 'summaries'; readonly values: readonly number[] }
  | { readonly type: 'retry' }
  | { readonly type: 'detach' }

/// The part of a MessagePort that is used.
export interface Port {
  postMessage(message: unknown): void
  onmessage: ((event: { readonly data: unknown }) => void) | null
  close(): void
}

/// Serves a client that sits behind a port.
export function servePort(hub: Hub, port: Port): Client {
  const client = hub.attach((event) => port.postMessage(event))
  port.onmessage = ({ data }) => {
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
  port.onmessage = ({ data }) => listen(data as RunnerEvent)
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
    retry: () => say({ type: 'retry' }),
    detach: () => say({ type: 'detach' }),
  }
}
