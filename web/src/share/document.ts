/// What a link says, its defaults, and its one spelling as JSON: sorted keys, defaults left out.

import { crc32 } from './bytes'
import { LinkError } from './problem'

export interface LinkDocument {
  readonly code: string
  /// Version of the engine that the author had; '' when it is not said.
  readonly engine: string
  /// Of the random numbers.
  readonly seed: number
  /// Position on the timeline (forward operations, then the steps of each backward pass), from 0; -1: none.
  readonly step: number
  /// Selected node of the trace; -1: none.
  readonly node: number
  /// The run that the author saw, in the form of `trace/compact.ts`; null: none. Whoever shows it checks it.
  readonly trace: readonly unknown[] | null
  readonly view: LinkView
}

/// View options that the author chose. What belongs to the reader (theme, width of the panes) is not in a link.
export interface LinkView {
  /// Part that narrow screens show first.
  readonly tab: (typeof TABS)[number]
  /// It runs as soon as it is opened, inside the runner's limits.
  readonly run: boolean
  /// Loops that are many are rolled up, or none is; and which are not as this says, by their places ("for 9:4").
  readonly rolled: boolean
  readonly except: readonly string[]
  /// Pinned nodes, by what they are (`graph/pins.ts`).
  readonly pins: readonly string[]
}

export const TABS = ['code', 'graph', 'output'] as const

export const DEFAULTS: Omit<LinkDocument, 'code'> = { engine: '', seed: 0, step: -1, node: -1, trace: null, view: { tab: 'code', run: false, rolled: true, except: [], pins: [] } }

const ENGINE = /^[0-9A-Za-z.+-]{0,64}$/
const MOST_INDEX = 0x7fffffff
/// Most loops or pins of a link, and characters of one.
export const MOST_NAMES = 64
export const MOST_NAME = 1000

type Fields = Readonly<Record<string, unknown>>

export const isVersion = (text: string): boolean => ENGINE.test(text)

/// Checks what a link holds, which is hostile; keys that this version does not know are passed over.
export function readDocument(value: unknown): LinkDocument {
  const given = fields(value, 'document')
  const { code, engine = DEFAULTS.engine, trace = null, view = {} } = given
  if (typeof code !== 'string') throw new LinkError('bad-content', 'code must be a text')
  if (typeof engine !== 'string' || !isVersion(engine)) throw new LinkError('bad-content', 'engine must be a version like 0.1.0')
  if (trace !== null && !Array.isArray(trace)) throw new LinkError('bad-content', 'trace must be a list')
  return {
    code,
    engine,
    seed: whole(given, 'seed', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    step: whole(given, 'step', -1, MOST_INDEX),
    node: whole(given, 'node', -1, MOST_INDEX),
    trace: trace as readonly unknown[] | null,
    view: readView(fields(view, 'view')),
  }
}

function readView({ tab = DEFAULTS.view.tab, run = DEFAULTS.view.run, rolled = DEFAULTS.view.rolled, except = [], pins = [] }: Fields): LinkView {
  const found = TABS.find((each) => each === tab)
  if (!found) throw new LinkError('bad-content', `view.tab must be one of ${TABS.join(', ')}`)
  if (typeof run !== 'boolean') throw new LinkError('bad-content', 'view.run must be true or false')
  if (typeof rolled !== 'boolean') throw new LinkError('bad-content', 'view.rolled must be true or false')
  return { tab: found, run, rolled, except: names(except, 'except'), pins: names(pins, 'pins') }
}

function names(value: unknown, field: string): readonly string[] {
  const fits = (one: unknown): one is string => typeof one === 'string' && [...one].length <= MOST_NAME
  if (!Array.isArray(value) || value.length > MOST_NAMES || !value.every(fits)) throw new LinkError('bad-content', `view.${field} must be a list of up to ${MOST_NAMES} short texts`)
  return value
}

function fields(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new LinkError('bad-content', `${field} must be an object`)
  return value as Fields
}

function whole(given: Fields, field: 'seed' | 'step' | 'node', least: number, most: number): number {
  const { [field]: value = DEFAULTS[field] } = given
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new LinkError('bad-content', `${field} must be a whole number from ${least} to ${most}`)
  }
  // -0 is 0.
  return value + 0
}

/// The same document is always the same text.
export function canonicalJson({ code, engine, seed, step, node, trace, view }: LinkDocument): string {
  const { except, pins, rolled, run, tab } = view
  const options = differing({ except, pins, rolled, run, tab }, DEFAULTS.view)
  const rest = differing({ engine, node, seed, step, trace }, DEFAULTS)
  return JSON.stringify({ code, ...rest, ...(Object.keys(options).length > 0 ? { view: options } : {}) })
}

/// A name for a document by its content, to keep drafts apart. Not a proof: two documents may have the same.
export function fingerprint(document: LinkDocument): string {
  const json = canonicalJson(document)
  return `${crc32(json)}-${json.length.toString(36)}`
}

/// Entries that are not the defaults, in their order.
function differing(values: Fields, defaults: object): Fields {
  const usual = new Map(Object.entries(defaults))
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => (Array.isArray(value) && key !== 'trace' ? value.length > 0 : value !== usual.get(key))))
}
