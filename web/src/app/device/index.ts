/// The server's device in the page: the switch in the header, and a runner that gets sessions. It wraps the page's setting, so
/// that a page without a server has nothing of it.

import './device.css'
import type { Counters } from '../../protocol/messages'
import type { Program, RunnerEvent } from '../../runner'
import type { Setting } from '../main'
import { openRunner } from '../open-runner'
import type { State } from '../state'
import { asksForDevice } from './asks'
import { createHint, hintText } from './hint'
import { createHousing, type HousedRunner } from './housing'
import { readFacts, readOffer, type Offer } from './offer'
import { createSessions } from './session'
import { createSwitch, type Choice, type Shown } from './switch'
import { deviceText } from './words'

/// Between an edit and getting ready for what it needs (milliseconds).
const REST = 800
/// How often it is shown how long the server has been at work.
const TICK = 500

const UNASKED = 'A link started this run: press Run to let it use the server.'

export function withDevice(setting: Setting): Setting {
  const offer = readOffer(document)
  return offer ? offered(setting, offer) : setting
}

function offered(setting: Setting, offer: Offer): Setting {
  const { store } = setting

  let token = offer.token ?? store.get('device-token')
  const sessions = createSessions(offer, (url, init) => fetch(url, init), () => token, tokenAnew)
  let shown: Shown = { choice: store.get('device') === 'server' ? 'server' : 'browser', facts: null, trouble: null, counters: null, atWork: 0, wantsToken: token === null }
  let runner: HousedRunner | null = null
  let slug = ''
  let code = ''

  const panel = createSwitch(offer, {
    choose,
    token(text) {
      token = text || null
      store.set('device-token', token)
      show({ wantsToken: token === null, trouble: null })
    },
  })

  const hint = createHint({
    use() {
      choose('server')
      panel.focus()
    },
    never() {
      store.set('device-hint', 'off')
      hint.show(null)
      panel.focus()
    },
  })

  function choose(choice: Choice) {
    store.set('device', choice === 'server' ? 'server' : null)
    hint.show(null)
    show({ choice })
    expectNext()
  }

  function show(change: Partial<Shown>) {
    shown = { ...shown, ...change }
    panel.update(shown)
  }

  /// What the page itself would be told if it were loaded now.
  async function tokenAnew(): Promise<string | null> {
    if (offer.token === null) return null
    try {
      const page = new DOMParser().parseFromString(await (await fetch(offer.base + '/', { credentials: 'omit' })).text(), 'text/html')
      token = page.querySelector<HTMLMetaElement>('meta[name="playground-compute-token"]')?.content ?? token
      return token
    } catch {
      return null
    }
  }

  const wants = (text: string) => shown.choice === 'server' || asksForDevice(text)
  const expectNext = () => runner?.expect(wants(code) ? 'device' : 'plain')

  void fetch(`${offer.api}/hello`, { credentials: 'omit' })
    .then((answer) => answer.json())
    .then((said) => show({ facts: readFacts(said) }))
    .catch(() => show({ trouble: 'The server does not answer.' }))

  // While the server works, nothing else is heard of the run: how long it takes is counted here.
  let ticking = 0
  function count(counters: Counters | null) {
    clearInterval(ticking)
    show({ counters, atWork: 0 })
    if (!counters?.busy) return
    const began = performance.now()
    ticking = window.setInterval(() => show({ atWork: performance.now() - began }), TICK)
  }

  // A page that is put aside and taken out again opens another session with its next run.
  addEventListener('pagehide', () => sessions.end())

  function needs(program: Program) {
    const { unasked = false } = program
    if (unasked) return asksForDevice(program.code) && { problem: UNASKED, everywhere: false }
    return wants(program.code)
  }

  function openHoused(host: HTMLElement, listen: (event: RunnerEvent) => void): HousedRunner {
    host.append(hint.element)
    runner = createHousing(
      {
        open: (house, hear) => openRunner(host, hear, house === 'device' ? offer.runner : undefined),
        needs,
        async session() {
          const device = await sessions.open(shown.choice === 'server')
          const trouble = 'problem' in device ? device.problem : null
          show({ trouble, wantsToken: token === null })
          return device
        },
        cancel: () => sessions.cancel(),
        end: () => sessions.end(),
        after: (milliseconds, act) => {
          const timer = setTimeout(act, milliseconds)
          return () => clearTimeout(timer)
        },
      },
      (event) => {
        if (event.type === 'device') return count(event.counters)
        if (event.type === 'started' || event.type === 'queued') {
          count(null)
          hint.show(null)
        }
        if (event.type === 'done' && event.effort && shown.choice === 'browser' && store.get('device-hint') !== 'off') {
          hint.show(hintText(event.effort, event.milliseconds, deviceText(offer, shown.facts)))
        }
        if (event.type === 'done' || event.type === 'replaced') count(shown.counters && { ...shown.counters, busy: false })
        listen(event)
      },
    )
    return runner
  }

  let rest = 0
  function follow(state: State) {
    if (state.doc.slug !== slug) {
      // Another program: what the last one left on the server goes.
      if (slug) sessions.end()
      slug = state.doc.slug
      count(null)
      hint.show(null)
    }
    if (state.code === code) return
    const first = code === ''
    code = state.code
    clearTimeout(rest)
    if (first) expectNext()
    else rest = window.setTimeout(expectNext, REST)
  }

  return {
    ...setting,
    openRunner: openHoused,
    createHeader(state, act) {
      const header = setting.createHeader(state, act)
      header.element.querySelector('.status')?.after(panel.element)
      panel.update(shown)
      return {
        element: header.element,
        update(next) {
          header.update(next)
          follow(next)
        },
      }
    },
  }
}
