/// Sessions on the server: the page opens one for each run that needs it, and ends it. The token stays in here; the runner
/// gets the session's name.

import type { Device } from '../../protocol/messages'
import { at, type Offer } from './offer'

export interface Sessions {
  /// A new session; the one before ends. What goes wrong is told in words.
  open(everywhere: boolean): Promise<Device>
  /// The program that runs on the server is stopped: what did not run yet does not.
  cancel(): void
  /// Arrays on the server go.
  end(): void
}

/// A server that says nothing for so long is not there (milliseconds).
const PATIENCE = 8_000

const SID = /^[\w.-]{8,200}$/

/// `ask` is the browser's `fetch`; `token` gives what the reader or the page knows; `anew`, what the server tells its pages
/// now, as one that was started again has another token.
export function createSessions(offer: Offer, ask: typeof fetch, token: () => string | null, anew: () => Promise<string | null>): Sessions {
  const sessions = `${offer.api}/sessions`
  let current: string | null = null
  let asked = 0

  function send(method: string, path: string) {
    // `keepalive`: the page may be closing.
    void ask(`${sessions}/${path}`, { method, keepalive: true, credentials: 'omit' }).catch(() => {})
  }

  function end() {
    asked++
    if (current !== null) send('DELETE', current)
    current = null
  }

  async function open(everywhere: boolean): Promise<Device> {
    end()
    const mine = asked
    let made = await openOne(ask, sessions, token())
    const other = 'problem' in made && made.stale ? await anew() : null
    if (other !== null) made = await openOne(ask, sessions, other)
    if ('problem' in made) return { problem: made.problem, everywhere }
    if (mine !== asked) {
      send('DELETE', made.sid)
      return { problem: 'Another run has begun.', everywhere }
    }
    current = made.sid
    return { base: offer.base, ...made, everywhere }
  }

  return {
    open,
    end,
    cancel() {
      if (current !== null) send('POST', `${current}/cancel`)
    },
  }
}

type Made = { readonly sid: string; readonly opset: string; readonly limits: Readonly<Record<string, number>> } | { readonly problem: string; readonly stale?: boolean }

async function openOne(ask: typeof fetch, address: string, token: string | null): Promise<Made> {
  if (token === null) return { problem: 'The server wants its token: enter it where the device is chosen (the button beside Run).' }
  let answer: Response
  try {
    answer = await ask(address, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE),
    })
  } catch {
    return { problem: `The server does not answer. Start it again and press Run; ${ELSE}` }
  }
  const said: unknown = await answer.json().catch(() => null)
  const sid = at(said, 'sid')
  const opset = at(said, 'opset')
  if (answer.ok && typeof sid === 'string' && SID.test(sid) && typeof opset === 'string') return { sid, opset, limits: numbersIn(at(said, 'limits')) }
  const told = at(said, 'detail')
  const detail = typeof told === 'string' ? told.slice(0, 300) : `it answered ${answer.status}`
  const stale = answer.status === 401
  return { stale, problem: `${REASONS[answer.status] ?? 'The server opened no session'} (${detail}). ${stale ? 'Load the page again' : 'Press Run to try again'}; ${ELSE}` }
}

const ELSE = 'or choose Browser as the device.'

const REASONS: Readonly<Record<number, string>> = {
  401: 'The server does not take this token',
  403: 'The server takes no sessions from this page',
  429: 'The server is busy',
}

function numbersIn(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}
