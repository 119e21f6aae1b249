/// The Share popover: the link to the program as it stands, its length, and whether it will arrive.

import { LINK_WORDS, LinkError, adviceOf } from '../share'
import { h, icon, setAttribute, setText } from './dom'
import { ICONS } from './icons'

export interface ShareDialog {
  readonly element: HTMLElement
  /// Shows the link as soon as it is made.
  open(link: Promise<string>): void
  close(): void
}

/// `files`: the part that saves files.
export function createShareDialog(files: HTMLElement): ShareDialog {
  const close = h('button', { class: 'button icon-button', type: 'button', 'aria-label': 'Close' }, icon(ICONS.close))
  const field = h('input', { class: 'share-link', type: 'text', readonly: '', spellcheck: 'false', 'aria-label': 'Link to this program', 'aria-describedby': 'share-about' })
  const copy = h('button', { class: 'button primary share-copy', type: 'button' })
  const row = h('div', { class: 'share-row' }, field, copy)
  const length = h('span', { class: 'share-length' })
  const advice = h('span', { class: 'share-advice' })
  const about = h('p', { id: 'share-about', class: 'share-about' }, length, ' ', advice)
  const said = h('p', { class: 'visually-hidden', role: 'status' })
  const body = h(
    'div',
    { class: 'share-body' },
    h('div', { class: 'share-head' }, h('h2', { id: 'share-title' }, 'Share this program'), close),
    h('p', { class: 'share-intro' }, 'The whole program is inside the link, as it stands now. It is sent to no server and never expires.'),
    row,
    about,
    said,
    files,
  )
  const element = h('dialog', { class: 'share', 'aria-labelledby': 'share-title' }, body)

  const reset = () => {
    setText(copy, 'Copy')
    setText(said, '')
  }

  function show(link: string) {
    field.value = link
    const { tone, text } = adviceOf(link.length)
    setText(length, `${link.length.toLocaleString('en')} characters.`)
    setText(advice, text)
    setAttribute(about, 'data-tone', tone)
    row.hidden = false
    copy.focus()
  }

  function refuse(error: unknown) {
    const { title, text } = LINK_WORDS[error instanceof LinkError ? error.code : 'bad-content']
    setText(length, `${title}.`)
    setText(advice, text)
    setAttribute(about, 'data-tone', 'error')
    close.focus()
  }

  async function copyLink() {
    const done = await writeClipboard(field)
    setText(copy, done ? 'Copied' : 'Copy')
    setText(said, done ? 'The link is copied.' : 'The link is selected: copy it with your keyboard or menu.')
  }

  copy.addEventListener('click', () => void copyLink())
  field.addEventListener('focus', () => field.select())
  close.addEventListener('click', () => element.close())
  // What lies outside of the body is the backdrop.
  element.addEventListener('click', (event) => {
    if (event.target === element) element.close()
  })
  element.addEventListener('keydown', (event) => {
    // Keys of the page (Run) are not for a reader who is in here.
    event.stopPropagation()
    if (event.key === 'Tab') turn(event)
  })

  /// The browser keeps the rest of the page out of reach; this keeps Tab from leaving for the browser's own controls.
  function turn(event: KeyboardEvent) {
    const stops = [...body.querySelectorAll<HTMLElement>('button:not(:disabled), input')].filter((each) => each.offsetParent !== null)
    const edge = event.shiftKey ? stops[0] : stops.at(-1)
    if (document.activeElement !== edge) return
    event.preventDefault()
    ;(event.shiftKey ? stops.at(-1) : stops[0])?.focus()
  }

  return {
    element,
    open(link) {
      reset()
      row.hidden = true
      setText(length, '')
      setText(advice, '')
      element.showModal()
      link.then(show, refuse)
    },
    close() {
      if (element.open) element.close()
    },
  }
}

/// Through the clipboard's own interface where the page may (https, localhost), else by the selection.
async function writeClipboard(field: HTMLInputElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field.value)
    return true
  } catch {
    field.focus()
    field.select()
    return document.execCommand('copy')
  }
}
