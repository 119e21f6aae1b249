/// Formulas in the page. KaTeX is fetched when the first one is shown; until then, and offline, the source stands there.

import { MACROS } from '../explain'
import { setText } from './dom'

type Katex = typeof import('katex')
let katex: Promise<Katex> | null = null

const written = new WeakMap<HTMLElement, string>()

/// Writes a formula into `host`, unless it stands there already.
export function showFormula(host: HTMLElement, latex: string): void {
  if (written.get(host) === latex) return
  written.set(host, latex)
  if (latex === '') return setText(host, '')
  katex ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(([module]) => module)
  katex.then(
    ({ default: { render } }) => {
      // A later formula may have come first.
      if (written.get(host) !== latex) return
      render(latex, host, {
        throwOnError: false,
        strict: 'ignore',
        maxExpand: 400,
        maxSize: 20,
        macros: { ...MACROS },
        // Names come from user code: only our own colour classes are let through.
        trust: ({ command, ...rest }) => command === '\\htmlClass' && 'class' in rest && /^tex-(value|grad)$/.test(String(rest.class)),
      })
    },
    () => {
      katex = null
      setText(host, latex)
    },
  )
}
