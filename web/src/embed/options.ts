/// What the author of a page chose for an embed: the query of its address. What is not understood is passed over.

import type { Theme } from '../app/state'

export interface EmbedOptions {
  /// Which parts are there.
  readonly show: 'both' | 'code' | 'graph' | 'steps'
  readonly theme: Theme
  readonly readonly: boolean
  /// Lines that cannot be edited, counted from 1.
  readonly lock: readonly (readonly [first: number, last: number])[]
  readonly autorun: boolean
  /// Step at which it is shown, counted from 1; 0: the end.
  readonly step: number
}

const SHOWS = ['both', 'code', 'graph', 'steps'] as const
const THEMES = ['auto', 'light', 'dark'] as const

export function readOptions(search: string): EmbedOptions {
  const query = new URLSearchParams(search)
  const given = (name: string): string => (query.get(name) ?? '').trim().toLowerCase()
  return {
    show: SHOWS.find((one) => one === given('show')) ?? 'both',
    theme: THEMES.find((one) => one === given('theme')) ?? 'auto',
    readonly: isOn(query, 'readonly'),
    lock: rangesOf(given('lock')),
    autorun: isOn(query, 'autorun'),
    step: /^\d{1,9}$/.test(given('step')) ? Number(given('step')) : 0,
  }
}

/// As attributes of HTML: there, unless it says no.
function isOn(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && !['0', 'false', 'no', 'off'].includes(value.toLowerCase())
}

/// "1-3,7" as ranges.
function rangesOf(text: string): readonly (readonly [number, number])[] {
  return text.split(',').flatMap((part): readonly (readonly [number, number])[] => {
    const [, first, last] = /^\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?$/.exec(part) ?? []
    if (first === undefined) return []
    const [a, b] = [Number(first), Number(last ?? first)]
    return a >= 1 && b >= a ? [[a, b]] : []
  })
}
