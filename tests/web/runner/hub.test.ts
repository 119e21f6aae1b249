/// One runner for several embeds.

import { describe, expect, it } from 'vitest'
import type { Limits } from '../../../web/src/protocol/messages'
import type { Program, Runner, RunnerEvent } from '../../../web/src/runner/client'
import { createHub } from '../../../web/src/runner/hub'
import { clientOfPort, servePort, type Port } from '../../../web/src/runner/share-port'

const LIMITS: Limits = { deadline: 1, ops: 1, output: 1, arrayBytes: 1, traceBytes: 1 }
const program = (code: string): Program => ({ code, seed: 0, limits: LIMITS })
const READY: RunnerEvent = { type: 'ready', milliseconds: 1, python: '', numpy: '', engine: '' }

/// A runner that does what the test says.
function fake() {
  const log: string[] = []
  let listen: (event: RunnerEvent) => void = () => {}
  let runs = 0
  let requests = 0
  let opened = 0
  const runner: Runner = {
    start: () => void log.push('start'),
    nextRun: () => runs + 1,
    run({ code }) {
      runs++
      log.push(`run ${runs} ${code}`)
      listen({ type: 'started', run: runs })
      return runs
    },
    stop: () => void log.push('stop'),
    summaries(values) {
      log.push(`summaries ${values.join()}`)
      return ++requests
    },
    elements(value) {
      log.push(`elements ${value}`)
      return ++requests
    },
    check() {
      log.push('check')
      return true
    },
    retry: () => void log.push('retry'),
  }
  const hub = createHub((hear) => {
    opened++
    listen = hear
    return runner
  })
  const done = (run: number) => listen({ type: 'done', run, milliseconds: 1, ops: 1 })
  return { hub, log, done, say: (event: RunnerEvent) => listen(event), opened: () => opened }
}

function client(hub: ReturnType<typeof fake>['hub']) {
  const heard: string[] = []
  const own = hub.attach((event) => heard.push('run' in event ? `${event.type} ${event.run}` : 'request' in event ? `${event.type} ${event.request}` : event.type))
  return { ...own, heard }
}

describe('the hub', () => {
  it('opens no runner before somebody runs, and one for all', () => {
    const { hub, log, opened } = fake()
    const [a, b] = [client(hub), client(hub)]
    expect(opened()).toBe(0)
    a.start()
    b.start()
    expect([opened(), log]).toEqual([1, ['start']])
  })

  it('gives everyone runs of their own numbers, one after the other', () => {
    const { hub, log, done } = fake()
    const [a, b] = [client(hub), client(hub)]
    expect([a.nextRun(), a.run(program('a'))]).toEqual([1, 1])
    expect([b.nextRun(), b.run(program('b'))]).toEqual([1, 1])
    expect(b.heard).toEqual(['queued 1'])
    expect(log).toEqual(['start', 'run 1 a'])
    done(1)
    expect(log.at(-1)).toBe('run 2 b')
    done(2)
    expect(a.heard).toEqual(['started 1', 'done 1'])
    expect(b.heard).toEqual(['queued 1', 'started 1', 'done 1'])
    a.run(program('c'))
    expect(a.heard.at(-1)).toBe('started 2')
  })

  it('never stops the run of another', () => {
    const { hub, log } = fake()
    const [a, b] = [client(hub), client(hub)]
    a.run(program('a'))
    b.run(program('b'))
    b.stop()
    expect(log).not.toContain('stop')
    expect(b.heard).toEqual(['queued 1', 'replaced 1'])
    a.stop()
    expect(log.at(-1)).toBe('stop')
  })

  it('replaces an own run that still waits or goes on by the newer one', () => {
    const { hub, log, say } = fake()
    const [a, b] = [client(hub), client(hub)]
    a.run(program('a'))
    b.run(program('b1'))
    b.run(program('b2'))
    expect(b.heard).toEqual(['queued 1', 'replaced 1', 'queued 2'])
    a.run(program('a2'))
    expect(log.at(-1)).toBe('stop')
    say({ type: 'replaced', run: 1, reason: 'stop' })
    // First come, first served.
    expect(log.at(-1)).toBe('run 2 b2')
    expect(a.heard).toEqual(['started 1', 'queued 2', 'replaced 1'])
  })

  it('asks for summaries of the newest run only', async () => {
    const { hub, log, done, say } = fake()
    const [a, b] = [client(hub), client(hub)]
    a.run(program('a'))
    done(1)
    expect(a.summaries([4])).toBe(1)
    say({ type: 'summaries', request: 1, summaries: [null] })
    b.run(program('b'))
    expect(a.summaries([4])).toBe(2)
    await Promise.resolve()
    expect(a.heard).toEqual(['started 1', 'done 1', 'summaries 1', 'summaries 2'])
    expect(b.heard).toEqual(['started 1'])
    expect(log.filter((line) => line.startsWith('summaries'))).toEqual(['summaries 4'])
  })

  it('tells late clients where the start stands, and all of a failure', () => {
    const { hub, say } = fake()
    const [a, b] = [client(hub), client(hub)]
    a.start()
    say(READY)
    b.start()
    expect([a.heard, b.heard]).toEqual([['ready'], ['ready', 'ready']])
    a.run(program('a'))
    b.run(program('b'))
    say({ type: 'failed', message: 'no' })
    expect(b.heard.at(-1)).toBe('failed')
    b.retry()
    b.run(program('again'))
    expect(b.heard.at(-1)).toBe('started 2')
  })

  it('lets nobody check but the one whose run is the newest, and the others wait for that', () => {
    const { hub, log, done, say } = fake()
    const [a, b] = [client(hub), client(hub)]
    a.run(program('a'))
    expect(a.check({ operations: 1, seconds: 1 })).toBe(false)
    done(1)
    expect([b.check({ operations: 1, seconds: 1 }), a.check({ operations: 1, seconds: 1 })]).toEqual([false, true])
    b.run(program('b'))
    expect(b.heard).toEqual(['queued 1'])
    say({ type: 'checked', run: 1, total: 0, verdicts: [], end: 'all' })
    expect(log.at(-1)).toBe('run 2 b')
    expect(a.heard.at(-1)).toBe('checked 1')
  })

  it('forgets a client that leaves, and goes on', () => {
    const { hub, log, say, done } = fake()
    const [a, b] = [client(hub), client(hub)]
    a.run(program('a'))
    b.run(program('b'))
    a.detach()
    expect([hub.count(), log.at(-1)]).toEqual([1, 'stop'])
    say({ type: 'replaced', run: 1, reason: 'stop' })
    done(2)
    expect(b.heard).toEqual(['queued 1', 'started 1', 'done 1'])
  })
})

/// Two ends of a channel that answers at once.
function channel(): readonly [Port, Port] {
  const make = (): Port => ({ postMessage: () => {}, onmessage: null, close: () => {} })
  const [one, two] = [make(), make()]
  one.postMessage = (data) => two.onmessage?.({ data: structuredClone(data) } as MessageEvent)
  two.postMessage = (data) => one.onmessage?.({ data: structuredClone(data) } as MessageEvent)
  return [one, two]
}

describe('a client behind a port', () => {
  it('is a client like any other', () => {
    const { hub, log, done, say } = fake()
    const [near, far] = channel()
    const heard: RunnerEvent[] = []
    servePort(hub, near)
    const other = clientOfPort(far, (event) => heard.push(event))
    other.start()
    expect([other.nextRun(), other.run(program('x'))]).toEqual([1, 1])
    done(1)
    expect(other.summaries([3])).toBe(1)
    say({ type: 'summaries', request: 1, summaries: [null] })
    other.stop()
    other.retry()
    other.detach()
    expect(heard.map(({ type }) => type)).toEqual(['started', 'done', 'summaries'])
    expect(log).toEqual(['start', 'run 1 x', 'summaries 3', 'retry'])
    expect(hub.count()).toBe(0)
  })
})
