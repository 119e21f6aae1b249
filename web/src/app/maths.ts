/// Formulas in the page.

import { loadKatex } from '../editor'
import { MACROS } from '../explain'
import { setText } from './dom'

const written = new WeakMap<HTMLElement, string>()

/// Writes a formula into `host`, unless it stands there already.
export function showFormula(host: HTMLElement, latex: string): void {
  if (written.get(host) === latex) return
  written.set(host, latex)
  if (latex === '') return setText(host, '')
  loadKatex().then(
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
    () => setText(host, latex),
  )
}
