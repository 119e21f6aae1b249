import { beforeEach, describe, expect, it } from 'vitest'
import type { Report } from '../../../web/src/protocol/messages'
import { FLOOD, GRACE, LONG, PACKING, STOP_GRACE, createPool, type Pool } from '../../../web/src/runner/pool'
import type { FromWorker, ToWorker } from '../../../web/src/runner/wire'
import { fakeClock } from './clock'

const READY = { type: 'ready', milliseconds: 1, python: '3.12', numpy: '2.0', engine: '0.1' } as const
const LIMITS = { deadline: 10_000, ops: 1, output: 1, arrayBytes: 1, traceBytes: 1 }
const run = (run: number) => ({ type: 'run', run, code: '1', seed: 0, limits: LIMITS }) as const

interface FakeWorker {
  say(message: FromWorker): void
  readonly got: ToWorker[]
  ended: boolean
}

let workers: FakeWorker[]
let reports: Report[]
let liveTokens: Set<string>
let clock: ReturnType<typeof fakeClock>
let pool: Pool

beforeEach(() => {
  workers = []
  reports = []
  liveTokens = new Set()
  clock = fakeClock()
  let tokens = 0
  pool = createPool({
    spawn(listen) {
      const worker: FakeWorker = { say: listen, got: [], ended: false }
      workers.push(worker)
      return { post: (message) => void worker.got.push(message), terminate: () => (worker.ended = true) }
    },
    report: (report) => void reports.push(report),
    token() {
      const url = `token-${++tokens}`
      liveTokens.add(url)
      return { url, end: () => void liveTokens.delete(url) }
    },
    after: clock.after,
  })
})

const worker = (index: number): FakeWorker => workers[index] ?? expect.fail(`there is no worker ${index}`)
const types = () => reports.map((report) => report.type)

function startReady(gentle = true) {
  pool.start()
  worker(0).say({ type: 'gentle', works: gentle })
  worker(0).say(READY)
}

describe('a plain run', () => {
  it('goes to the worker and its reports to the page', () => {
    startReady()
    pool.handle(run(1))
    expect(worker(0).got).toMatchObject([{ type: 'run', run: 1, token: 'token-1' }])
    worker(0).say({ type: 'cell', run: 1, cell: 0 })
    worker(0).say({ type: 'done', run: 1, milliseconds: 3, ops: 14 })
    expect(types()).toEqual(['ready', 'cell', 'done'])
    expect(liveTokens.size).toBe(0)
  })

  it('waits for a worker that is still starting', () => {
    pool.start()
    pool.handle(run(1))
    expect(worker(0).got).toEqual([])
    worker(0).say(READY)
    expect(worker(0).got).toMatchObject([{ type: 'run', run: 1 }])
  })

  it('leaves no timer behind that could end the next run', () => {
    startReady()
    pool.handle(run(1))
    worker(0).say({ type: 'done', run: 1, milliseconds: 3, ops: 0 })
    clock.pass(5_000)
    pool.handle(run(2))
    clock.pass(LIMITS.deadline)
    expect(worker(0).ended).toBe(false)
    expect(workers.length).toBe(2)
  })
})

describe('stop', () => {
  it('asks the interpreter first, through the token', () => {
    startReady()
    pool.handle(run(1))
    pool.handle({ type: 'stop', run: 1 })
    expect(liveTokens.size).toBe(0)
    expect(worker(0).ended).toBe(false)
    worker(0).say({ type: 'done', run: 1, milliseconds: 3, ops: 0 })
    clock.pass(60_000)
    expect(worker(0).ended).toBe(false)
    expect(types()).toEqual(['ready', 'done'])
  })

  it('ends the worker when the interpreter does not listen', () => {
    startReady()
    pool.handle(run(1))
    pool.handle({ type: 'stop', run: 1 })
    clock.pass(STOP_GRACE)
    expect(worker(0).ended).toBe(true)
    expect(reports).toContainEqual({ type: 'replaced', run: 1, reason: 'stop' })
  })

  it('gives an interrupted program time to write its trace, once', () => {
    startReady()
    pool.handle(run(1))
    pool.handle({ type: 'stop', run: 1 })
    worker(0).say({ type: 'packing' })
    clock.pass(PACKING - 1)
    worker(0).say({ type: 'packing' })
    expect(worker(0).ended).toBe(false)
    clock.pass(1)
    expect(worker(0).ended).toBe(true)
    expect(reports).toContainEqual({ type: 'replaced', run: 1, reason: 'stop' })
  })

  it('ends the worker at once where tokens do not work', () => {
    startReady(false)
    pool.handle(run(1))
    pool.handle({ type: 'stop', run: 1 })
    expect(worker(0).ended).toBe(true)
  })

  it('drops a run that still waits', () => {
    pool.start()
    pool.handle(run(1))
    pool.handle({ type: 'stop', run: 1 })
    worker(0).say(READY)
    expect(worker(0).got).toEqual([])
    expect(reports).toContainEqual({ type: 'replaced', run: 1, reason: 'stop' })
  })

  it('is deaf to an older run', () => {
    startReady()
    pool.handle(run(2))
    pool.handle({ type: 'stop', run: 1 })
    clock.pass(STOP_GRACE)
    expect(worker(0).ended).toBe(false)
  })
})

describe('replacement', () => {
  it('starts a spare beside a long run, and the next run uses it at once', () => {
    startReady()
    pool.handle(run(1))
    clock.pass(LONG)
    expect(workers.length).toBe(2)
    worker(1).say(READY)
    expect(types()).toEqual(['ready'])
    clock.pass(LIMITS.deadline + GRACE)
    expect(worker(0).ended).toBe(true)
    expect(reports.slice(1)).toEqual([{ type: 'replaced', run: 1, reason: 'deadline' }, READY])
    pool.handle(run(2))
    expect(worker(1).got).toMatchObject([{ type: 'run', run: 2 }])
  })

  it('shows the start of a spare that is not ready yet', () => {
    startReady(false)
    pool.handle(run(1))
    clock.pass(LONG)
    worker(1).say({ type: 'boot', fraction: 0.6, label: 'half' })
    pool.handle({ type: 'stop', run: 1 })
    expect(reports.at(-1)).toEqual({ type: 'boot', fraction: 0.6, label: 'half' })
  })

  it('does not hear a worker that was ended', () => {
    startReady(false)
    pool.handle(run(1))
    pool.handle({ type: 'stop', run: 1 })
    const before = reports.length
    worker(0).say({ type: 'done', run: 1, milliseconds: 1, ops: 1 })
    expect(reports.length).toBe(before)
  })

  it('follows a crash during a run', () => {
    startReady()
    pool.handle(run(1))
    worker(0).say({ type: 'crash', message: 'fatal' })
    expect(reports).toContainEqual({ type: 'replaced', run: 1, reason: 'crash' })
    expect(workers.length).toBe(2)
  })

  it('follows a flood of messages', () => {
    startReady()
    pool.handle(run(1))
    for (let i = 0; i <= FLOOD.messages; i++) worker(0).say({ type: 'cell', run: 1, cell: 0 })
    expect(reports.at(-2)).toEqual({ type: 'replaced', run: 1, reason: 'memory' })
  })

  it('waits with a worker whose memory grew until the next run, so that its trace can still be asked', () => {
    startReady()
    pool.handle(run(1))
    worker(0).say({ type: 'heap', bytes: 2 ** 31 })
    worker(0).say({ type: 'done', run: 1, milliseconds: 1, ops: 1 })
    expect(worker(0).ended).toBe(false)
    pool.handle({ type: 'summaries', request: 1, run: 1, values: [3] })
    expect(worker(0).got.at(-1)).toMatchObject({ type: 'summaries' })
    pool.handle(run(2))
    expect(worker(0).ended).toBe(true)
    worker(1).say(READY)
    expect(worker(1).got).toMatchObject([{ type: 'run', run: 2 }])
  })
})

describe('a failed start', () => {
  it('is told when it is the current worker', () => {
    pool.start()
    worker(0).say({ type: 'failed', message: 'no' })
    expect(reports).toEqual([{ type: 'failed', message: 'no' }])
  })

  it('of a spare is not told', () => {
    startReady()
    pool.handle(run(1))
    clock.pass(LONG)
    worker(1).say({ type: 'failed', message: 'no' })
    expect(types()).toEqual(['ready'])
    expect(worker(1).ended).toBe(true)
  })
})

it('does not let a worker speak for the frame', () => {
  startReady()
  pool.handle(run(1))
  worker(0).say({ type: 'replaced', run: 1, reason: 'crash' } as unknown as FromWorker)
  worker(0).say({ type: 'nonsense' } as unknown as FromWorker)
  expect(types()).toEqual(['ready'])
})

it('answers a question for summaries that no worker can answer', () => {
  pool.start()
  pool.handle({ type: 'summaries', request: 7, run: 1, values: [1, 2] })
  expect(reports).toEqual([{ type: 'summaries', request: 7, summaries: [null, null] }])
})

describe('a check', () => {
  const check = { type: 'check', run: 1, limits: { operations: 9, seconds: 2 } } as const
  const part = (end: 'all' | 'stopped' | null): FromWorker => ({ type: 'checked', run: 1, total: 3, verdicts: [], end })

  function ran() {
    startReady()
    pool.handle(run(1))
    worker(0).say({ type: 'done', run: 1, milliseconds: 1, ops: 1 })
    reports.length = 0
  }

  it('goes to the worker that ran the program, and its verdicts to the page', () => {
    ran()
    pool.handle(check)
    expect(worker(0).got.at(-1)).toMatchObject({ type: 'check', run: 1, token: 'token-2' })
    worker(0).say(part(null))
    worker(0).say(part('all'))
    expect(types()).toEqual(['checked', 'checked'])
    expect([...liveTokens]).toEqual([])
    worker(0).say(part('all'))
    expect(types()).toHaveLength(2)
  })

  it('is stopped gently, and a new run can follow', () => {
    ran()
    pool.handle(check)
    pool.handle({ type: 'stop', run: 1 })
    expect([...liveTokens]).toEqual([])
    worker(0).say(part('stopped'))
    pool.handle(run(2))
    expect(worker(0).got.at(-1)).toMatchObject({ type: 'run', run: 2 })
  })

  it('is ended from outside when it does not end', () => {
    ran()
    pool.handle(check)
    clock.pass(2000 + 2 * GRACE)
    expect(worker(0).ended).toBe(true)
    expect(reports[0]).toEqual({ type: 'replaced', run: 1, reason: 'deadline' })
  })

  it('lets questions for values wait in the worker', () => {
    ran()
    pool.handle(check)
    pool.handle({ type: 'summaries', request: 7, run: 1, values: [1] })
    pool.handle({ type: 'elements', request: 8, run: 1, value: 0, row: 0, col: 0 })
    expect(worker(0).got.slice(-2)).toMatchObject([{ type: 'summaries' }, { type: 'elements' }])
    expect(reports).toEqual([])
  })

  it('is refused while a program runs', () => {
    startReady()
    pool.handle(run(1))
    pool.handle(check)
    expect(reports.at(-1)).toMatchObject({ type: 'checked', end: 'stopped' })
  })

  it('cannot be spoken of by a worker that runs a program', () => {
    startReady()
    pool.handle(run(1))
    worker(0).say(part('all'))
    expect(types()).not.toContain('checked')
  })
})
