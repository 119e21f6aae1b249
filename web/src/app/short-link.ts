/// "Make a short link", where the page's server keeps programs under short addresses. Elsewhere there is nothing of it.

import { h, setAttribute, setText } from './dom'

export interface ShortLink {
  /// Hidden where no server keeps links.
  readonly element: HTMLElement
  /// The link that the page shows now; null while there is none.
  of(link: string | null): void
}

export type Kept = { readonly url: string } | { readonly problem: string }

/// Has a link kept. `fetch` is the browser's; nothing of the answer is believed but what is checked here.
export async function keep(fetch: (url: string, init: RequestInit) => Promise<Response>, at: string, link: string): Promise<Kept> {
  let answer: Response
  try {
    answer = await fetch(at, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ link: link.slice(link.indexOf('#')) }),
      credentials: 'omit',
    })
  } catch {
    return { problem: 'The server does not answer. The long link needs none.' }
  }
  const said: unknown = await answer.json().catch(() => null)
  const url = answer.ok ? textIn(said, 'url') : null
  if (url !== null && /^https?:\/\/[^\s]{1,400}$/.test(url)) return { url }
  if (answer.status === 429) return { problem: 'Too many short links were made from here just now. Wait a minute; the long link works as it is.' }
  const detail = textIn(said, 'detail')
  return { problem: `The server did not keep it: ${detail ?? `it answered ${answer.status}`}. The long link works as it is.` }
}

function textIn(value: unknown, key: string): string | null {
  if (typeof value !== 'object' || value === null) return null
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1]
  return typeof found === 'string' && found.length <= 500 ? found : null
}

/// Whether only the reader's own computer understands an address.
export function isOwnComputer(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/// `at`: where the server takes links, which it told the page; null where none does, and then nothing is ever asked for.
/// `copy` puts the text of a field into the clipboard and says whether it could.
export function createShortLink(at: string | null, host: string, copy: (field: HTMLInputElement) => Promise<boolean>): ShortLink {
  const make = h('button', { class: 'button', type: 'button' }, 'Make a short link')
  const field = h('input', { class: 'share-link', type: 'text', readonly: '', spellcheck: 'false', 'aria-label': 'Short link to this program', 'aria-describedby': 'short-about' })
  const copying = h('button', { class: 'button primary share-copy', type: 'button', 'aria-label': 'Copy the short link' }, 'Copy')
  const row = h('div', { class: 'share-row' }, field, copying)
  const about = h('p', { id: 'short-about', class: 'share-about', role: 'status' })
  const element = h('div', { class: 'short' }, make, row, about)
  const where = isOwnComputer(host) ? 'It opens on this computer only, while this server runs.' : 'Everybody who has the address can read it.'
  let current: string | null = null

  function show(text: string, tone: 'calm' | 'error') {
    setText(about, text)
    setAttribute(about, 'data-tone', tone)
  }

  async function ask(at: string, link: string) {
    make.disabled = true
    const kept = await keep((url, init) => fetch(url, init), at, link)
    make.disabled = false
    // The program was changed meanwhile: this is no longer its link.
    if (link !== current) return
    if ('problem' in kept) {
      show(kept.problem, 'error')
      make.focus()
      return
    }
    field.value = kept.url
    make.hidden = true
    row.hidden = false
    show(`Kept by this server. ${where}`, 'calm')
    copying.focus()
  }

  make.addEventListener('click', () => {
    if (at !== null && current !== null) void ask(at, current)
  })
  field.addEventListener('focus', () => field.select())
  copying.addEventListener('click', () => {
    void copy(field).then((done) => {
      setText(copying, done ? 'Copied' : 'Copy')
      show(done ? `The short link is copied. ${where}` : 'The short link is selected: copy it with your keyboard or menu.', 'calm')
    })
  })

  function of(link: string | null) {
    if (link === current) return
    current = link
    element.hidden = at === null || link === null
    make.hidden = false
    row.hidden = true
    setText(copying, 'Copy')
    show(`Ten characters instead of all these: the program is then kept by ${isOwnComputer(host) ? 'the server on this computer' : host}.`, 'calm')
  }

  element.hidden = true
  return { element, of }
}
