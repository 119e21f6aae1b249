/// Sessions: opened with the token, told on without it, ended once.

import { describe, expect, it } from 'vitest'
import { readFacts, type Offer } from '../../../web/src/app/device/offer'
import { createSessions } from '../../../web/src/app/device/session'
import { bytes, counterText } from '../../../web/src/app/device/words'

const OFFER: Offer = { api: 'http://x/api/v1', base: 'http://x', name: 'cpu', runner: 'r.html', token: 'secret-secret-secret' }
const MADE = { sid: 'cpu.0123456789', opset: 'abc', limits: { calls: 5, odd: 'no' } }

function setUp(answers: readonly (Response | Error | Promise<Response>)[], token: string | null = OFFER.token, anew: () => Promise<string | null> = async () => null) {
  const asked: string[] = []
  const waiting = [...answers]
  const ask = (async (url: string, { method, headers }: RequestInit) => {
    const known = new Headers(headers).get('authorization')
    asked.push(`${method} ${url}${known ? ` ${known}` : ''}`)
    const next = waiting.shift() ?? new Response(null, { status: 204 })
    if (next instanceof Error) throw next
    return next
  }) as typeof fetch
  return { sessions: createSessions(OFFER, ask, () => token, anew), asked }
}

const made = (sid = MADE.sid) => new Response(JSON.stringify({ ...MADE, sid }), { status: 201 })
const problem = (status: number, detail: string) => new Response(JSON.stringify({ detail }), { status })

describe('sessions', () => {
  it('are opened with the token, which is not told on', async () => {
    const { sessions, asked } = setUp([made()])
    expect(await sessions.open(true)).toEqual({ base: 'http://x', sid: MADE.sid, opset: 'abc', limits: { calls: 5 }, everywhere: true })
    expect(asked).toEqual(['POST http://x/api/v1/sessions Bearer secret-secret-secret'])
  })

  it('end when the next one is opened, and when told so, once', async () => {
    const { sessions, asked } = setUp([made('cpu.aaaaaaaa'), new Response(null, { status: 204 }), made('cpu.bbbbbbbb')])
    await sessions.open(false)
    await sessions.open(false)
    sessions.cancel()
    sessions.end()
    sessions.end()
    sessions.cancel()
    expect(asked.slice(1)).toEqual([
      'DELETE http://x/api/v1/sessions/cpu.aaaaaaaa',
      'POST http://x/api/v1/sessions Bearer secret-secret-secret',
      'POST http://x/api/v1/sessions/cpu.bbbbbbbb/cancel',
      'DELETE http://x/api/v1/sessions/cpu.bbbbbbbb',
    ])
  })

  it('that come when nobody waits for them any more are ended', async () => {
    let answer: (response: Response) => void = () => {}
    const { sessions, asked } = setUp([new Promise<Response>((resolve) => (answer = resolve))])
    const opening = sessions.open(false)
    sessions.end()
    answer(made())
    expect(await opening).toHaveProperty('problem')
    expect(asked.at(-1)).toBe(`DELETE http://x/api/v1/sessions/${MADE.sid}`)
  })

  it.each([
    [new TypeError('failed'), /does not answer.*choose Browser/],
    [problem(429, 'too many sessions are open'), /busy \(too many sessions are open\)\. Press Run to try again/],
    [problem(401, 'wants its token'), /does not take this token.*Load the page again/],
    [new Response('<html>', { status: 502 }), /it answered 502/],
    [new Response(JSON.stringify({ sid: '../other', opset: 'a' }), { status: 201 }), /opened no session/],
  ])('that cannot be had say why: %s', async (answer, why) => {
    const { sessions } = setUp([answer])
    expect(await sessions.open(true)).toEqual({ problem: expect.stringMatching(why), everywhere: true })
  })

  it('get another token when the server was started anew', async () => {
    const { sessions, asked } = setUp([problem(401, 'wants its token'), made()], OFFER.token, async () => 'the-new-one-the-new-one')
    expect(await sessions.open(false)).toHaveProperty('sid', MADE.sid)
    expect(asked.at(-1)).toBe('POST http://x/api/v1/sessions Bearer the-new-one-the-new-one')
  })

  it('ask for nothing without a token', async () => {
    const { sessions, asked } = setUp([], null)
    expect(await sessions.open(true)).toEqual({ problem: expect.stringMatching(/wants its token/), everywhere: true })
    expect(asked).toEqual([])
  })
})

describe('what the server says', () => {
  it('is taken as far as it makes sense', () => {
    const said = { devices: [{ about: 'CuPy 14 on NVIDIA X', memory: 2e9 }], limits: { session_bytes: 5, frame_seconds: 'long' } }
    expect(readFacts(said)).toEqual({ about: 'CuPy 14 on NVIDIA X', memory: 2e9, sessionBytes: 5, frameSeconds: null })
    for (const odd of [null, 'x', [], { devices: {} }]) expect(readFacts(odd)).toEqual({ about: null, memory: null, sessionBytes: null, frameSeconds: null })
  })

  it('is shown in few characters', () => {
    expect([0, 999, 1000, 9_949, 9_960, 268_435_456, 999_600, 4e12].map(bytes)).toEqual(['0 B', '999 B', '1.0 kB', '9.9 kB', '10 kB', '268 MB', '1.0 MB', '4.0 TB'])
    expect(counterText({ recorded: 9, sent: 1204, roundTrips: 1, bytesUp: 0, bytesDown: 0, held: 0, device: 0, waited: 0, busy: false })).toBe('1,204 ops · 1 trip')
  })
})
