import { beforeEach, describe, expect, it } from 'vitest'
import { createRunner, type Runner, type RunnerEvent } from '../../../web/src/runner/client'
import type { Manifest, ToFrame } from '../../../web/src/runner/wire'
import { fakeClock } from './clock'

const LIMITS = { deadline: 10_000, ops: 1, output: 1, arrayBytes: 1, traceBytes: 1 }
const PROGRAM = { code: '1 + 1', seed: 0, limits: LIMITS }
const READY = { type: 'ready', milliseconds: 1, python: '3.12', numpy: '2.0', engine: '0.1' }
const MANIFEST: Manifest = { pyodide: '', numpy: '', engine: '', engineVersion: '', files: [] }

interface Frame {
  say(message: unknown): void
  readonly got: ToFrame[]
  closed: boolean
}

let frames: Frame[]
let events: RunnerEvent[]
let clock: ReturnType<typeof fakeClock>
let loadError: Error | null
/// Resolves when the last file is there.
let arrived: Promise<void>
let runner: Runner

beforeEach(() => {
  frames = []
  events = []
  loadError = null
  arrived = Promise.resolve()
  clock = fakeClock()
  runner = createRunner({
    connect(hear) {
      const frame: Frame = { say: hear, got: [], closed: false }
      frames.push(frame)
      return Promise.resolve({ post: (message) => void frame.got.push(message), close: () => (frame.closed = true) })
    },
    load(progress, deliver) {
      if (loadError) return Promise.reject(loadError)
      progress(5e6, 10e6)
      deliver('a.wasm', new ArrayBuffer(1))
      return arrived.then(() => MANIFEST)
    },
    after: clock.after,
    listen: (event) => void events.push(event),
  })
})

const settle = () => new Promise((resolve) => setTimeout(resolve))
const frame = (index: number): Frame => frames[index] ?? expect.fail(`there is no frame ${index}`)
const types = () => events.map((event) => event.type)

async function startReady() {
  runner.start()
  await settle()
  frame(0).say(READY)
  events.length = 0
  frame(0).got.length = 0
}

describe('start', () => {
  it('hands the assets over, then says that all are there', async () => {
    runner.start()
    await settle()
    expect(frame(0).got.map((message) => message.type)).toEqual(['asset', 'assets'])
    expect(events).toContainEqual({ type: 'boot', fraction: 0.2, label: 'Fetching Python, 5.0 of 10.0 MB' })
  })

  it('shows what is fetched until all is there, and then how far Python has come meanwhile', async () => {
    let arrive = () => {}
    arrived = new Promise((resolve) => (arrive = resolve))
    runner.start()
    await settle()
    frame(0).say({ type: 'boot', fraction: 0.45, label: 'Starting Python' })
    expect(events.at(-1)).toMatchObject({ label: 'Fetching Python, 5.0 of 10.0 MB' })
    arrive()
    await settle()
    expect(events.at(-1)).toEqual({ type: 'boot', fraction: 0.45, label: 'Starting Python' })
  })

  it('never shows progress going back', async () => {
    runner.start()
    await settle()
    for (const fraction of [0.5, 0.3, 0.7]) frame(0).say({ type: 'boot', fraction, label: 'x' })
    const shown = events.flatMap((event) => (event.type === 'boot' ? [event.fraction] : []))
    expect(shown).toEqual(shown.toSorted((a, b) => a - b))
  })

  it('tells why it failed, and starts anew in a fresh frame on retry', async () => {
    loadError = new Error('py/manifest.json could not be fetched.')
    runner.start()
    await settle()
    expect(events.at(-1)).toEqual({ type: 'failed', message: 'py/manifest.json could not be fetched.' })
    expect(frame(0).closed).toBe(true)
    loadError = null
    runner.retry()
    await settle()
    frame(1).say(READY)
    expect(types().at(-1)).toBe('ready')
  })

  it('fails when nothing is heard for long', async () => {
    runner.start()
    await settle()
    clock.pass(90_000)
    expect(types().at(-1)).toBe('failed')
  })
})

describe('run', () => {
  it('that is asked for during the start is queued and sent when it is over', async () => {
    runner.start()
    expect(runner.run(PROGRAM)).toBe(1)
    expect(types().at(-1)).toBe('queued')
    await settle()
    frame(0).say(READY)
    expect(types().slice(-2)).toEqual(['ready', 'started'])
    expect(frame(0).got.at(-1)).toEqual({ type: 'run', run: 1, ...PROGRAM })
  })

  it('can be stopped while it is queued', async () => {
    runner.start()
    runner.run(PROGRAM)
    runner.stop()
    expect(events.at(-1)).toEqual({ type: 'replaced', run: 1, reason: 'stop' })
    await settle()
    frame(0).say(READY)
    expect(frame(0).got.some((message) => message.type === 'run')).toBe(false)
  })

  it('passes on its reports and nothing of other runs', async () => {
    await startReady()
    runner.run(PROGRAM)
    frame(0).say({ type: 'cell', run: 1, cell: 0 })
    frame(0).say({ type: 'cell', run: 9, cell: 0 })
    frame(0).say({ type: 'done', run: 9, milliseconds: 1, ops: 1 })
    frame(0).say({ type: 'done', run: 1, milliseconds: 1, ops: 1 })
    frame(0).say({ type: 'cell', run: 1, cell: 1 })
    expect(types()).toEqual(['started', 'cell', 'done'])
  })

  it('started during another one stops that one and follows it', async () => {
    await startReady()
    runner.run(PROGRAM)
    runner.run({ ...PROGRAM, code: '2' })
    expect(frame(0).got.at(-1)).toEqual({ type: 'stop', run: 1 })
    frame(0).say({ type: 'replaced', run: 1, reason: 'stop' })
    frame(0).say(READY)
    expect(frame(0).got.at(-1)).toMatchObject({ type: 'run', run: 2, code: '2' })
  })

  it('in a frame that fell silent ends, and the frame is made anew', async () => {
    await startReady()
    runner.run(PROGRAM)
    clock.pass(LIMITS.deadline + 6_000)
    expect(events).toContainEqual({ type: 'replaced', run: 1, reason: 'deadline' })
    expect(frame(0).closed).toBe(true)
    await settle()
    expect(frames.length).toBe(2)
  })

  it('does not drown the page in outputs', async () => {
    await startReady()
    runner.run(PROGRAM)
    const output = { cell: 0, type: 'stdout', text: 'x' }
    for (let i = 0; i < 30_000; i++) frame(0).say({ type: 'output', run: 1, output })
    expect(types().filter((type) => type === 'output').length).toBe(20_000)
  })
})

it('ignores what is no report', async () => {
  await startReady()
  runner.run(PROGRAM)
  events.length = 0
  for (const message of [null, 1, 'done', [], {}, { type: 'done' }, { type: 'eval', code: '1' }]) frame(0).say(message)
  expect(events).toEqual([])
})

it('does not hear an older frame', async () => {
  await startReady()
  runner.run(PROGRAM)
  clock.pass(LIMITS.deadline + 6_000)
  await settle()
  events.length = 0
  frame(0).say(READY)
  expect(events).toEqual([])
})

describe('a check', () => {
  const LIMITS_OF_CHECK = { operations: 9, seconds: 2 }
  const checked = (end: 'all' | null) => ({ type: 'checked', run: 1, total: 1, verdicts: [], end })

  async function ran() {
    await startReady()
    runner.run(PROGRAM)
    frame(0).say({ type: 'done', run: 1, milliseconds: 1, ops: 1 })
    events.length = 0
  }

  it('needs a program that ran', async () => {
    await startReady()
    expect(runner.check(LIMITS_OF_CHECK)).toBe(false)
  })

  it('is of the newest run, and makes a later run wait', async () => {
    await ran()
    expect(runner.check(LIMITS_OF_CHECK)).toBe(true)
    expect(runner.check(LIMITS_OF_CHECK)).toBe(false)
    expect(frame(0).got.at(-1)).toEqual({ type: 'check', run: 1, limits: LIMITS_OF_CHECK })
    runner.run(PROGRAM)
    expect(frame(0).got.at(-1)).toEqual({ type: 'stop', run: 1 })
    frame(0).say(checked('all'))
    expect(types()).toEqual(['queued', 'checked', 'started'])
  })

  it('that is not asked for is not heard', async () => {
    await ran()
    frame(0).say(checked('all'))
    expect(types()).toEqual([])
  })

  it('that had to be ended is told as lost, and the run stays as it ended', async () => {
    await ran()
    runner.check(LIMITS_OF_CHECK)
    frame(0).say({ type: 'done', run: 1, milliseconds: 1, ops: 1 })
    frame(0).say({ type: 'replaced', run: 1, reason: 'deadline' })
    expect(types()).toEqual(['checkLost'])
  })

  it('of a silent frame is lost too', async () => {
    await ran()
    runner.check(LIMITS_OF_CHECK)
    clock.pass(2000 + 6000)
    expect(types()).toContain('checkLost')
    expect(frame(0).closed).toBe(true)
  })
})

it('stretches of elements are asked for by number', async () => {
  await startReady()
  const request = runner.elements(3, 24, 0)
  expect(frame(0).got.at(-1)).toMatchObject({ type: 'elements', request, value: 3, row: 24, col: 0 })
})
