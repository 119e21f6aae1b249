/// KaTeX, fetched when the first formula is met: after the frame that is being made, for a picture never waits for formulas. Until then,
/// and offline, the source of a formula stands in its place.

import { afterFrame } from './after-frame'

type Katex = typeof import('katex')
let katex: Promise<Katex> | null = null

export function loadKatex(): Promise<Katex> {
  katex ??= afterFrame()
    .then(() => Promise.all([import('katex'), import('katex/dist/katex.min.css')]))
    .then(
      ([module]) => module,
      (error: unknown) => {
        // Offline: the next formula tries again.
        katex = null
        throw error
      },
    )
  return katex
}
