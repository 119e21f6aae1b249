/// What a reader has tried, in one document: kept in the browser under the document's name, so that loading the page again loses nothing.

import type { Store } from './store'

export interface Tries {
  readonly attempts: number
  /// Hints that were shown.
  readonly hints: number
  /// The solution was shown.
  readonly shown: boolean
  readonly last: Verdict | null
}

export interface Verdict {
  readonly correct: boolean
  readonly text: string
  /// Of the answer that it is about.
  readonly answer: string
}

export interface Guess {
  readonly attempts: number
  readonly end: 'right' | 'shown' | null
  /// What the last try was told.
  readonly text: string
}

/// By key of the exercise, and of the question.
export interface Progress {
  readonly tries: ReadonlyMap<string, Tries>
  readonly guesses: ReadonlyMap<string, Guess>
}

export const NO_PROGRESS: Progress = { tries: new Map(), guesses: new Map() }
export const NO_TRIES: Tries = { attempts: 0, hints: 0, shown: false, last: null }
export const NO_GUESS: Guess = { attempts: 0, end: null, text: '' }

/// Null when there is nothing to keep.
export function writeProgress({ tries, guesses }: Progress): string | null {
  return tries.size + guesses.size === 0 ? null : JSON.stringify({ tries: [...tries], guesses: [...guesses] })
}

/// What cannot be read is left out.
export function readProgress(text: string | null): Progress {
  try {
    const given = fields(JSON.parse(text ?? 'null'))
    return { tries: new Map(entries(given.tries).map(([key, value]) => [key, triesOf(value)])), guesses: new Map(entries(given.guesses).map(([key, value]) => [key, guessOf(value)])) }
  } catch {
    return NO_PROGRESS
  }
}

function triesOf(given: Given): Tries {
  const last = fields(given.last)
  return {
    attempts: count(given.attempts),
    hints: count(given.hints),
    shown: given.shown === true,
    last: given.last ? { correct: last.correct === true, text: String(last.text ?? ''), answer: String(last.answer ?? '') } : null,
  }
}

function guessOf({ attempts, end, text }: Given): Guess {
  return { attempts: count(attempts), end: end === 'right' || end === 'shown' ? end : null, text: typeof text === 'string' ? text : '' }
}

type Given = Readonly<Record<string, unknown>>

const fields = (value: unknown): Given => (typeof value === 'object' && value !== null ? (value as Given) : {})
const count = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0)

function entries(value: unknown): readonly (readonly [string, Given])[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((pair: unknown) => (Array.isArray(pair) && typeof pair[0] === 'string' ? [[pair[0], fields(pair[1])] as const] : []))
}

/// The progress of the open document.
export interface ProgressBook {
  now(): Progress
  open(slug: string): void
  tried(key: string, change: Partial<Tries> | null): void
  guessed(key: string, change: Partial<Guess> | null): void
  /// All of it at once: `NO_PROGRESS` forgets.
  replace(progress: Progress): void
}

/// null forgets. Storage is read when the first exercise or question asks for it: a browser may take 40 ms to open it.
export function createProgressBook(store: Store, slug: string): ProgressBook {
  let key = `progress:${slug}`
  let read: Progress | null = null
  const now = () => (read ??= readProgress(store.get(key)))
  const keep = (next: Progress) => {
    read = next
    store.set(key, writeProgress(next))
  }
  return {
    now,
    open(next) {
      key = `progress:${next}`
      read = null
    },
    replace: keep,
    tried: (name, change) => keep({ ...now(), tries: changed(now().tries, name, NO_TRIES, change) }),
    guessed: (name, change) => keep({ ...now(), guesses: changed(now().guesses, name, NO_GUESS, change) }),
  }
}

function changed<T extends object>(all: ReadonlyMap<string, T>, key: string, none: T, change: Partial<T> | null): ReadonlyMap<string, T> {
  const next = new Map(all)
  if (change) next.set(key, { ...(all.get(key) ?? none), ...change })
  else next.delete(key)
  return next
}
