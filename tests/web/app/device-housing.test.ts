/// Which frame a run goes to, and what becomes of its session.

import { describe, expect, it } from 'vitest'
import { asksForDevice } from '../../../web/src/app/device/asks'
import { createHousing, type House } from '../../../web/src/app/device/housing'
import { limitsOf } from '../../../web/src/app/state'
import type { Device } from '../../../web/src/protocol/messages'
import type { OwnRunner, Program, RunnerEvent } from '../../../web/src/runner'

const SESSION: Device = { base: 'http://x', sid: 'cpu.1', opset: 'a', limits: {}, everywhere: true }
const program = (code: string): Program => ({ code, seed: 0, limits: limitsOf(10_000) })
const LOCAL = program('x')
const REMOTE = program('gpu')

/// Frames that do as they are told, and everything that happened in one list.
function setUp(device: Device = SESSION) {
  const log: string[] = []
  const heard: RunnerEvent[] = []
  const frames: { readonly house: House; readonly listen: (event: RunnerEvent) => void }[] = []
  const bells: { readonly at: number; readonly ring: () => void }[] = []
  let answer: (device: Device) => void = () => {}
  const housing = createHousing(
    {
      open(house, listen): OwnRunner {
        let runs = 0
        const say = (what: string) => log.push(`${house} ${what}`)
        frames.push({ house, listen })
        return {
          start: () => say('start'),
          nextRun: () => runs + 1,
          run({ code, device: given }) {
            say(`run ${code}${given ? ('sid' in given ? ' with session' : ' without: ' + given.problem) : ''}`)
            return ++runs
          },
          stop: () => say('stop'),
          summaries: () => 1,
          elements: () => 1,
          check: () => true,
          retry: () => say('retry'),
          close: () => say('close'),
        }
      },
      needs: ({ code, unasked }) => (code === 'gpu' ? (unasked ? { problem: 'not asked', everywhere: false } : true) : false),
      session: () => new Promise((resolve) => (answer = resolve)),
      cancel: () => log.push('cancel'),
      end: () => log.push('end'),
      after(at, ring) {
        const bell = { at, ring }
        bells.push(bell)
        return () => bells.splice(bells.indexOf(bell) >>> 0, 1)
      },
    },
    (event) => heard.push(event),
  )
  const settle = async () => {
    answer(device)
    await Promise.resolve()
    await Promise.resolve()
  }
  return { housing, log, heard, frames, bells, settle }
}

describe('housing', () => {
  it('runs a program without a device in the frame without a network', () => {
    const { housing, log } = setUp()
    housing.start()
    expect(housing.run(LOCAL)).toBe(1)
    expect(log).toEqual(['plain start', 'end', 'plain run x'])
  })

  it('opens a session and moves to the other frame for one with a device', async () => {
    const { housing, log, settle } = setUp()
    housing.start()
    housing.run(REMOTE)
    await settle()
    expect(log).toEqual(['plain start', 'plain stop', 'plain close', 'device start', 'device run gpu with session'])
  })

  it('moves to a frame that was made ready, and says where its start stands', async () => {
    const { housing, log, heard, frames, settle } = setUp()
    housing.start()
    housing.expect('device')
    expect(log).toEqual(['plain start', 'device start'])
    const boot = { type: 'boot', fraction: 0.5, label: 'half' } as const
    frames[1]?.listen(boot)
    expect(heard).toEqual([])
    housing.run(REMOTE)
    await settle()
    expect(log.slice(2)).toEqual(['plain stop', 'plain close', 'device run gpu with session'])
    expect(heard).toEqual([boot])
  })

  it('lets a frame go that is not needed after all', () => {
    const { housing, log } = setUp()
    housing.start()
    housing.expect('device')
    housing.expect('plain')
    expect(log).toEqual(['plain start', 'device start', 'device close'])
  })

  it('starts in the frame that the first program needs', () => {
    const { housing, log } = setUp()
    housing.expect('device')
    housing.start()
    expect(log).toEqual(['device start'])
  })

  it('goes back to the frame without a network, and ends the session', async () => {
    const { housing, log, settle } = setUp()
    housing.start()
    housing.run(REMOTE)
    await settle()
    log.length = 0
    housing.run(LOCAL)
    expect(log).toEqual(['cancel', 'end', 'device close', 'plain start', 'plain run x'])
  })

  it('counts its runs on across frames', async () => {
    const { housing, heard, frames, settle } = setUp()
    housing.start()
    housing.run(LOCAL)
    expect(housing.run(REMOTE)).toBe(2)
    await settle()
    frames[1]?.listen({ type: 'cell', run: 1, cell: 7 })
    frames[0]?.listen({ type: 'cell', run: 1, cell: 8 })
    expect(heard).toEqual([{ type: 'cell', run: 2, cell: 7 }])
  })

  it('stops a run that waits for its session', async () => {
    const { housing, log, heard, settle } = setUp()
    housing.start()
    housing.run(REMOTE)
    housing.stop()
    await settle()
    expect(heard).toEqual([{ type: 'replaced', run: 1, reason: 'stop' }])
    expect(log).not.toContain('device run gpu with session')
    expect(log).toContain('end')
  })

  it('tells the server of a stop, and when the time is over, while the run goes on', async () => {
    const { housing, log, frames, bells, settle } = setUp()
    housing.start()
    housing.run(REMOTE)
    await settle()
    log.length = 0
    housing.stop()
    expect(log).toEqual(['cancel', 'device stop'])
    expect(bells.map(({ at }) => at)).toEqual([10_000])
    bells[0]?.ring()
    expect(log).toEqual(['cancel', 'device stop', 'cancel'])
    frames[1]?.listen({ type: 'done', run: 1, milliseconds: 1, ops: 1 })
    housing.stop()
    expect(log.filter((what) => what === 'cancel')).toHaveLength(2)
    expect(bells).toEqual([])
  })

  it('ends the session of a worker that is gone', async () => {
    const { housing, log, frames, settle } = setUp()
    housing.start()
    housing.run(REMOTE)
    await settle()
    log.length = 0
    frames[1]?.listen({ type: 'replaced', run: 1, reason: 'crash' })
    expect(log).toEqual(['end'])
  })

  it('needs no network to say why there is no session', async () => {
    const { housing, log, settle } = setUp({ problem: 'away', everywhere: true })
    housing.start()
    housing.run(REMOTE)
    await settle()
    expect(log).toEqual(['plain start', 'plain stop', 'plain run gpu without: away'])
  })

  it('gives no device to a run that nobody asked for', () => {
    const { housing, log } = setUp()
    housing.start()
    housing.run({ ...REMOTE, unasked: true })
    expect(log).toEqual(['plain start', 'end', 'plain run gpu without: not asked'])
  })
})

describe('asking for the device', () => {
  it.each(['mx.gpu(0)', 'npx.gpu()', 'x = 1\nctx = try_gpu()', "Context('gpu', 0)", '# %%\nmx.gpu(0)'])('is seen in %j', (code) => {
    expect(asksForDevice(code)).toBe(true)
  })

  it.each(['', 'x = 1', '# mx.gpu(0)', '# %% [markdown]\n# mx.gpu(0)\n# %%\nx = 1'])('is not seen in %j', (code) => {
    expect(asksForDevice(code)).toBe(false)
  })
})
