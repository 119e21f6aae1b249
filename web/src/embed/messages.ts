/// What an embed and the page around it say to each other by `postMessage`. This is the documented interface for course
/// pages (web/src/embed/README.md): entries are only ever added. Both sides check what arrives; anybody can send anything.

/// Every message carries it, so that it is told from those of others.
export const CHANNEL = 'autograd-playground'

/// Page to embed. `hello` comes first: its origin is where the embed's own messages go from then on.
export type ToEmbed =
  | { readonly type: 'hello' }
  /// Shows another program; `fragment` (a link's, or `#lesson=slug`) or `code`.
  | { readonly type: 'open'; readonly fragment?: string; readonly code?: string; readonly seed?: number }
  | { readonly type: 'run' }
  | { readonly type: 'stop' }
  /// To a step, counted from 0; null: to the end.
  | { readonly type: 'go'; readonly step: number | null }
  | { readonly type: 'theme'; readonly theme: 'auto' | 'light' | 'dark' }

/// Embed to page.
export type FromEmbed =
  | { readonly type: 'ready'; readonly version: 1 }
  /// Pixels that all of it takes.
  | { readonly type: 'height'; readonly height: number }
  | { readonly type: 'result'; readonly ok: boolean; readonly operations: number; readonly outputs: readonly string[]; readonly error: string | null }
  | { readonly type: 'step'; readonly step: number | null; readonly steps: number }
  | { readonly type: 'selection'; readonly line: number; readonly expression: string; readonly name: string | null }
  /// An exercise was answered, or a value predicted (`predict x.grad`); `shown`: the solution had been shown before.
  | { readonly type: 'exercise'; readonly exercise: string; readonly correct: boolean; readonly attempts: number; readonly shown: boolean }

export type Envelope<T> = T & { readonly channel: typeof CHANNEL }

export function enveloped<T extends FromEmbed | ToEmbed>(message: T): Envelope<T> {
  return { ...message, channel: CHANNEL }
}

/// Longest program that a page may hand over.
export const MOST_CODE = 262_144

/// A message for the embed, or null for anything else.
export function readToEmbed(data: unknown): ToEmbed | null {
  const given = fieldsOf(data)
  switch (given?.type) {
    case 'hello':
    case 'run':
    case 'stop':
      return { type: given.type }
    case 'go':
      return given.step === null || isWhole(given.step) ? { type: 'go', step: given.step } : null
    case 'theme':
      return given.theme === 'auto' || given.theme === 'light' || given.theme === 'dark' ? { type: 'theme', theme: given.theme } : null
    case 'open': {
      const { fragment, code, seed } = given
      if (typeof fragment === 'string' && fragment.length <= MOST_CODE) return { type: 'open', fragment }
      if (typeof code === 'string' && code.length <= MOST_CODE) return { type: 'open', code, ...(Number.isSafeInteger(seed) ? { seed: seed as number } : {}) }
      return null
    }
    default:
      return null
  }
}

/// A message of an embed, or null for anything else. Only what a page acts on by itself is looked into: the rest is passed on
/// as it came, from a window that the page made.
export function readFromEmbed(data: unknown): FromEmbed | null {
  const given = fieldsOf(data)
  if (given?.type === 'height') return isWhole(given.height) ? { type: 'height', height: given.height } : null
  const known = ['ready', 'result', 'step', 'selection', 'exercise'].includes(String(given?.type))
  if (!known || !given) return null
  const { channel: _channel, ...message } = given
  return message as unknown as FromEmbed
}

function fieldsOf(data: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof data !== 'object' || data === null) return null
  const given = data as Readonly<Record<string, unknown>>
  return given.channel === CHANNEL ? given : null
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
