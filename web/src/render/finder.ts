/// The field that finds nodes: what it found is marked, Enter and Shift+Enter go from one to the next.

import { html } from './dom'

export interface FinderActions {
  /// Nodes that a text finds, in the order in which the reader walks through them.
  readonly find: (text: string) => readonly number[]
  /// What is marked: all that was found, and the one to show (null: none).
  readonly show: (found: readonly number[], node: number | null) => void
  /// The keyboard goes back to the picture.
  readonly leave: () => void
}

export interface Finder {
  readonly element: HTMLElement
  readonly button: HTMLButtonElement
  open(): void
  close(): void
  readonly isOpen: () => boolean
  /// The same search in another picture.
  again(): void
}

export function createFinder(act: FinderActions): Finder {
  const field = html('input', { type: 'search', class: 'gv-find-field', 'aria-label': 'Find in the graph', placeholder: 'name, operation, line 12, (2, 3)', spellcheck: 'false', autocomplete: 'off' })
  const status = html('span', { class: 'gv-find-count', role: 'status' })
  const icon = (label: string, sign: string, run: () => void): HTMLButtonElement => {
    const made = html('button', { type: 'button', class: 'gv-icon', 'aria-label': label, title: label }, sign)
    made.addEventListener('click', run)
    return made
  }
  const [back, on] = [icon('Previous match', '‹', () => step(-1)), icon('Next match', '›', () => step(1))]
  const element = html('search', { class: 'gv-find', 'aria-label': 'Graph', hidden: true }, field, status, back, on, icon('Close the search', '×', () => close()))
  const button = html('button', { type: 'button', class: 'gv-find-open', 'aria-label': 'Find in the graph', title: 'Find in the graph ( / )', 'aria-keyshortcuts': '/', 'aria-expanded': 'false' }, 'find')
  button.addEventListener('click', () => (element.hidden ? open() : close()))

  let found: readonly number[] = []
  /// Position in `found`; -1 while nothing of it was gone to.
  let here = -1

  function say(): void {
    const blank = field.value.trim() === ''
    status.textContent = blank ? '' : found.length === 0 ? 'nothing found' : here < 0 ? `${found.length} found` : `${here + 1} of ${found.length}`
    back.disabled = on.disabled = found.length === 0
  }

  function search(): void {
    found = act.find(field.value)
    here = -1
    act.show(found, null)
    say()
  }

  function step(by: number): void {
    if (found.length === 0) return
    here = here < 0 ? (by > 0 ? 0 : found.length - 1) : (here + by + found.length) % found.length
    say()
    act.show(found, found[here] ?? null)
  }

  function open(): void {
    element.hidden = false
    button.setAttribute('aria-expanded', 'true')
    if (field.value !== '') search()
    say()
    field.focus()
    field.select()
  }

  function close(): void {
    if (element.hidden) return
    const inside = element.contains(document.activeElement)
    element.hidden = true
    button.setAttribute('aria-expanded', 'false')
    found = []
    act.show([], null)
    if (inside) act.leave()
  }

  field.addEventListener('input', search)
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault()
      step(event.shiftKey ? -1 : 1)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      close()
    }
  })
  return {
    element,
    button,
    open,
    close,
    isOpen: () => !element.hidden,
    again() {
      if (element.hidden) return
      found = act.find(field.value)
      here = Math.min(here, found.length - 1)
      act.show(found, null)
      say()
    },
  }
}
