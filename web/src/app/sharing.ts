/// The program as it stands, made into what is shared.

import type { Summary } from '../protocol/trace'
import { MOST_NAME, MOST_NAMES, encodeLink, isVersion, type Shared } from '../share'
import { compactOf, wholeOf, type Trace } from '../trace'
import { titleOfCode } from './documents'
import type { Wish } from './share-dialog'
import type { State } from './state'

/// Draws of random numbers are the same in every run; a link may say another.
export const SEED = 0

/// Whether the picture is of the program as it stands now.
export function isCurrent({ picture, run, code }: State): boolean {
  return picture !== null && picture.run === run?.id && run.status === 'ended' && picture.trace.code === code
}

/// Where the reader stands, in words; null when that is nowhere.
export function placeOf(state: State): string | null {
  if (!isCurrent(state)) return null
  if (state.step !== null) return `At step ${state.step + 1}`
  return state.selection.nodes.length > 0 ? 'With this node selected' : null
}

/// As the author wishes. `site` is the folder of the page's address; `summaries` gives what the trace itself left out.
export async function sharedOf(state: State, { picture, place, run }: Wish, site: string, summaries: (trace: Trace) => Promise<(value: number) => Summary | null>): Promise<Shared> {
  const { code, doc, engine, step, selection, rolling, pins } = state
  const seed = doc.link?.seed ?? SEED
  const trace = picture && state.picture ? compactOf(wholeOf(state.picture.trace), await summaries(wholeOf(state.picture.trace))) : null
  const fragment = await encodeLink({
    code,
    engine: isVersion(engine.version) ? engine.version : '',
    seed,
    step: place ? (step ?? -1) : -1,
    node: place && step === null ? (selection.nodes[0] ?? -1) : -1,
    trace,
    view: { tab: 'code', run, rolled: rolling.options.all, except: rolling.options.except.slice(0, MOST_NAMES), pins: pins.filter((pin) => pin.length <= MOST_NAME).slice(0, MOST_NAMES) },
  })
  return { site, fragment, title: titleOfCode(code) ?? doc.title, code, seed }
}
