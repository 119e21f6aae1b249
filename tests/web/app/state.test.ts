import { describe, expect, it } from 'vitest'
import { EMPTY } from '../../../web/src/app/documents'
import { DEADLINE, initialState, update, type Event, type State } from '../../../web/src/app/state'
import { announcementOf, duration, noticeOf, statusOf } from '../../../web/src/app/words'
import { DEFAULTS } from '../../../web/src/share'
import type { Stop } from '../../../web/src/protocol/trace'
import { readTrace, type Trace } from '../../../web/src/trace'
import { makeTrace } from '../fixtures/make-trace'
import { stored } from '../fixtures/traces'

const READY = { type: 'ready', milliseconds: 1, python: '3.12', numpy: '2.0', engine: '0.1' } as const
const ERROR = { name: 'ValueError', message: 'no', hint: null, line: 6, col: 0, endLine: 6, endCol: 4, frames: [] }
const start = initialState([], EMPTY, EMPTY.code, { theme: 'auto', split: 44 })
const after = (...events: readonly Event[]): State => events.reduce(update, start)
const LINKED = { slug: 'link-1', number: 0, title: 'Shared program', code: 'theirs', link: { ...DEFAULTS, code: 'theirs', node: 1, view: { ...DEFAULTS.view, tab: 'graph' } } } as const
const asked = { type: 'asked', run: 1, deadline: DEADLINE } as const
const started = { type: 'started', run: 1 } as const
const done = { type: 'done', run: 1, milliseconds: 3.2, ops: 14 } as const
/// As much of a trace as the state looks at.
const traceWith = (...stops: readonly Stop[]): Trace =>
  readTrace(
    makeTrace('x = a\ny = b', (b) => {
      b.source('array', { line: 1 })
      b.source('array', { line: 2 })
      for (const stop of stops) b.stop(stop)
    }),
  )
const stop = (reason: Stop['reason']): Stop => ({ reason, message: 'why', cell: 0, line: 3 })

const cases: readonly (readonly [what: string, events: readonly Event[], pill: string, notice: string | null])[] = [
  ['starting', [{ type: 'boot', fraction: 0.4, label: 'Starting Python' }], 'Starting Python · 40 %', null],
  ['ready', [READY], 'ready', null],
  ['queued', [asked, { type: 'queued', run: 1 }, { type: 'boot', fraction: 0.5, label: 'B' }], 'B · 50 %', null],
  ['running', [READY, asked, started, { type: 'cell', run: 1, cell: 0 }], 'running · line 1', null],
  ['stopping', [READY, asked, started, { type: 'stopping' }], 'stopping', null],
  ['done', [READY, asked, started, done], '14 ops · 3 ms', null],
  ['one op', [READY, asked, started, { ...done, ops: 1, milliseconds: 0.2 }], '1 op · < 1 ms', null],
  [
    'an error',
    [READY, asked, started, { type: 'output', run: 1, output: { cell: 0, type: 'error', error: ERROR } }, done],
    'ValueError · line 6',
    'ValueError · line 6',
  ],
  [
    'a deadline',
    [READY, asked, started, { type: 'picture', run: 1, trace: traceWith(stop('deadline')) }, done],
    'stopped after 10 s',
    'Stopped after 10 s',
  ],
  [
    'Stop, as the interpreter tells it',
    [READY, asked, started, { type: 'stopping' }, { type: 'picture', run: 1, trace: traceWith(stop('deadline')) }, done],
    'stopped',
    'Stopped',
  ],
  ['Stop by force', [READY, asked, started, { type: 'stopping' }, { type: 'replaced', run: 1, reason: 'stop' }, READY], 'stopped', 'Stopped'],
  [
    'a budget',
    [READY, asked, started, { type: 'picture', run: 1, trace: traceWith(stop('budget')) }, done],
    'stopped at a limit · line 3',
    'Stopped at a limit · line 3',
  ],
  ['a crash', [READY, asked, started, { type: 'replaced', run: 1, reason: 'crash' }, READY], 'Python broke down', 'Python broke down'],
  ['a failed start', [{ type: 'failed', message: 'no network' }], 'could not start', null],
]

describe('status', () => {
  it.each(cases)('of %s', (_what, events, pill, notice) => {
    const state = after(...events)
    expect(statusOf(state).text).toBe(pill)
    expect(noticeOf(state.run)?.title ?? null).toBe(notice)
  })

  it('offers a longer limit after a deadline, once', () => {
    const ended = (deadline: number) =>
      after(READY, { ...asked, deadline }, started, { type: 'picture', run: 1, trace: traceWith(stop('deadline')) }, done)
    expect(noticeOf(ended(10_000).run)?.action).toEqual({ label: 'Run with 60 s', deadline: 60_000 })
    expect(noticeOf(ended(60_000).run)?.action).toEqual({ label: 'Run again', deadline: 60_000 })
  })

  it('is announced coarsely, not for every percent', () => {
    const texts = [0.1, 0.2, 0.3].map((fraction) => announcementOf(after({ type: 'boot', fraction, label: `${fraction}` })))
    expect(new Set(texts).size).toBe(1)
  })

  it.each([
    [0.2, '< 1 ms'],
    [3.4, '3 ms'],
    [1234, '1.2 s'],
    [10_000, '10 s'],
  ])('writes %d ms as %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text)
  })
})

describe('state', () => {
  it('keeps the picture of the run before until the new one sends its own', () => {
    const old = traceWith()
    const again = after(READY, asked, started, { type: 'picture', run: 1, trace: old }, done, { ...asked, run: 2 }, { type: 'started', run: 2 })
    expect(again.picture?.trace).toBe(old)
    expect(update(again, { type: 'picture', run: 1, trace: traceWith() })).toBe(again)
    expect(update(again, { type: 'picture', run: 2, trace: traceWith() }).picture?.run).toBe(2)
  })

  it('drops a selection with the run it belongs to', () => {
    const selected = after(READY, asked, started, { type: 'picture', run: 1, trace: traceWith() }, { type: 'selected', nodes: [1], by: 'graph' })
    expect(selected.selection.nodes).toEqual([1])
    expect(update(selected, { ...asked, run: 2 }).selection.nodes).toEqual([])
  })

  it('can undo a reset until the next edit', () => {
    const reset = after({ type: 'edited', code: 'mine' }, { type: 'reset' })
    expect([reset.code, reset.offer]).toEqual([EMPTY.code, { kind: 'undo', code: 'mine' }])
    expect(update(reset, { type: 'edited', code: 'x' }).offer).toBeNull()
  })

  it('opens with the loops and pins of a link, and with its reader’s own pins where they are known', () => {
    const link = { ...LINKED.link, view: { ...LINKED.link.view, rolled: false, except: ['for 2:0'], pins: ['theirs'] } }
    const opened = after({ type: 'pinned', pins: ['mine'] }, { type: 'opened', doc: { ...LINKED, link }, code: 'theirs', draft: null })
    expect([opened.rolling.options, opened.pins]).toEqual([{ all: false, except: ['for 2:0'] }, ['theirs']])
    expect(update(opened, { type: 'opened', doc: { ...LINKED, link }, code: 'theirs', draft: null, pins: ['mine'] }).pins).toEqual(['mine'])
    const other = update(opened, { type: 'opened', doc: EMPTY, code: '', draft: null })
    expect([other.rolling.options, other.pins]).toEqual([{ all: true, except: [] }, []])
  })

  it('offers an earlier draft of what a link holds until it is declined', () => {
    const opened = after({ type: 'opened', doc: LINKED, code: LINKED.code, draft: 'mine' }, { type: 'edited', code: 'x' })
    expect([opened.code, opened.offer]).toEqual(['x', { kind: 'draft', code: 'mine' }])
    expect(update(opened, { type: 'declined' }).offer).toBeNull()
    expect(update(opened, { type: 'opened', doc: EMPTY, code: '', draft: null }).offer).toBeNull()
  })

  it('shows the part and selects the node that a link names, when its program made it', () => {
    const opened = after(READY, { type: 'opened', doc: LINKED, code: LINKED.code, draft: null }, asked, started)
    expect([opened.tab, opened.selection.nodes]).toEqual(['graph', []])
    const drawn = { type: 'picture', run: 1, trace: traceWith() } as const
    expect(update(opened, drawn).selection.nodes).toEqual([1])
    expect(update({ ...opened, code: 'another' }, drawn).selection.nodes).toEqual([])
    expect(update(update(opened, { type: 'selected', nodes: [0], by: 'graph' }), drawn).selection.nodes).not.toEqual([1])
    const beyond = { ...LINKED, link: { ...LINKED.link, node: 2 } }
    expect(update({ ...opened, doc: beyond }, drawn).selection.nodes).toEqual([])
  })

  it('forgets the run when another document is opened', () => {
    const state = after(READY, asked, started, done, { type: 'opened', doc: EMPTY, code: 'x', draft: null })
    expect([state.run, state.picture, state.code]).toEqual([null, null, 'x'])
  })

  it('keeps what a stopped run printed', () => {
    const output = { cell: 0, type: 'stdout', text: 'x' } as const
    const state = after(READY, asked, started, { type: 'output', run: 1, output }, { type: 'replaced', run: 1, reason: 'deadline' })
    expect(state.run?.outputs).toEqual([output])
  })

  it('keeps the divider within bounds', () => {
    expect(after({ type: 'split', split: 3 }).split).toBe(20)
    expect(after({ type: 'split', split: 99 }).split).toBe(80)
  })
})

describe('stepping', () => {
  const trace = stored('interleaved')
  const shown: readonly Event[] = [READY, asked, started, { type: 'picture', run: 1, trace }, done]
  const to = (step: number | null): Event => ({ type: 'stepped', step })
  const play = (playing: boolean): Event => ({ type: 'player', change: { playing } })

  it('stands at the end until a step is chosen', () => expect(after(...shown).step).toBeNull())

  it('selects the node of the step', () => {
    const state = after(...shown, to(2))
    expect(state.step).toBe(2)
    expect(state.selection).toEqual({ nodes: [1], by: 'step', open: false })
  })

  it('keeps the inspector open when it is', () => {
    const state = after(...shown, { type: 'selected', nodes: [0], by: 'graph' }, to(2))
    expect(state.selection).toEqual({ nodes: [1], by: 'step', open: true })
  })

  it('stays within the timeline', () => {
    expect(after(...shown, to(99)).step).toBe(4)
    expect(after(...shown, to(-1)).step).toBe(0)
    expect(after(READY, to(3)).step).toBeNull()
  })

  it('goes back to the end', () => {
    const state = after(...shown, to(2), to(null))
    expect([state.step, state.selection.nodes]).toEqual([null, []])
  })

  it('plays from the first step when it stands at the end', () => {
    expect(after(...shown, play(true))).toMatchObject({ step: 0, player: { playing: true } })
    expect(after(...shown, to(4), play(true)).step).toBe(0)
    expect(after(...shown, to(2), play(true)).step).toBe(2)
  })

  it('rests at the last step', () => {
    expect(after(...shown, to(3), play(true), to(4))).toMatchObject({ step: 4, player: { playing: false } })
  })

  it('plays nothing where there are no steps', () => expect(after(READY, play(true)).player.playing).toBe(false))

  it('ends with a new run and with another document', () => {
    for (const event of [{ ...asked, run: 2 }, { type: 'opened', doc: EMPTY, code: '', draft: null }] as const) {
      expect(after(...shown, to(2), play(true), event)).toMatchObject({ step: null, player: { playing: false }, selection: { nodes: [] } })
    }
  })

  it('keeps the step when the reader selects something else', () => {
    const state = after(...shown, to(2), { type: 'selected', nodes: [0], by: 'graph' })
    expect([state.step, state.selection.by]).toEqual([2, 'graph'])
  })
})
