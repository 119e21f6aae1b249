/// One line at the bottom that offers to bring a text back, or says why something was not done.

import { h, icon, setAttribute, setText } from './dom'
import { ICONS } from './icons'
import type { Offer, State } from './state'

const WORDS: Readonly<Record<Offer['kind'], { readonly text: string; readonly accept: string; readonly label: string }>> = {
  undo: { text: 'Back to the original text.', accept: 'Undo', label: 'Undo' },
  draft: { text: 'You edited this before.', accept: 'Bring it back', label: 'Earlier draft' },
}

export function createToast(act: { accept(code: string): void; decline(): void }) {
  const text = h('span', {})
  const accept = h('button', { class: 'button small', type: 'button' })
  const decline = h('button', { class: 'button small icon-button', type: 'button', 'aria-label': 'Dismiss' }, icon(ICONS.close))
  const element = h('aside', { class: 'toast', hidden: '' })
  let shown: Offer | string | null = null
  accept.addEventListener('click', () => act.accept(typeof shown === 'string' ? '' : (shown?.code ?? '')))
  decline.addEventListener('click', () => act.decline())
  return {
    element,
    update({ offer, refusal }: State) {
      const key = refusal ?? offer
      if (key === shown) return
      shown = key
      element.hidden = key === null
      if (refusal !== null) {
        setText(text, refusal)
        setAttribute(element, 'aria-label', 'Not done')
        element.replaceChildren(text, decline)
        return
      }
      if (!offer) return
      const words = WORDS[offer.kind]
      setText(text, offer.forgets ? 'Back to the original text, and every exercise is open again.' : words.text)
      setText(accept, words.accept)
      setAttribute(element, 'aria-label', words.label)
      // A reset is undone or forgotten at the next edit; a draft stays on offer until the reader has decided.
      element.replaceChildren(text, accept, ...(offer.kind === 'draft' ? [decline] : []))
    },
  }
}
