/// The Share popover: the program as it stands, as a link or in another form; how long that is, and whether it will arrive.

import { LINK_WORDS, LinkError, adviceOf, formOf, FORMS, type Form, type Shared } from '../share'
import { h, icon, setAttribute, setText } from './dom'
import { ICONS } from './icons'

/// What the link says besides the program.
export interface Wish {
  /// The run that is shown, so that the picture is there at once.
  readonly picture: boolean
  /// The step at which everything stands, and the selected node.
  readonly place: boolean
  readonly run: boolean
}

export interface ShareActions {
  /// Which wishes can be had now.
  can(): { readonly picture: boolean; readonly place: string | null }
  make(wish: Wish): Promise<Shared>
}

export interface ShareDialog {
  readonly element: HTMLElement
  open(): void
  close(): void
}

const NAMES: Readonly<Record<Form | 'qr', string>> = { link: 'Link', markdown: 'Markdown', iframe: 'iframe', element: 'Element', sphinx: 'Sphinx', qr: 'QR' }
const ABOUT: Readonly<Record<Form | 'qr', string>> = {
  link: 'The whole program is inside the link, as it stands now. It is sent to no server and never expires.',
  markdown: 'For READMEs, forums and course pages written in Markdown.',
  iframe: 'For any web page or learning platform: the program and its picture inside the page.',
  element: 'For web pages: fits its height, shows the program without JavaScript and in print, and many on a page share one Python.',
  sphinx: 'For course pages made with Sphinx or MyST: the program stands in the page’s own source.',
  qr: 'For slides: a phone’s camera opens the program.',
}
/// Longest address that a QR code holds.
const MOST_QR = 2_900

/// `extra`: further parts, below the link.
export function createShareDialog(act: ShareActions, ...extra: readonly HTMLElement[]): ShareDialog {
  const close = h('button', { class: 'button icon-button', type: 'button', 'aria-label': 'Close' }, icon(ICONS.close))
  const intro = h('p', { class: 'share-intro' })
  const kinds = [...FORMS, 'qr' as const].map((form) => {
    const input = h('input', { type: 'radio', name: 'share-form', value: form })
    return { form, input, label: h('label', { class: 'share-kind' }, input, h('span', {}, NAMES[form])) }
  })
  const forms = h('fieldset', { class: 'share-kinds' }, h('legend', { class: 'visually-hidden' }, 'Form'), ...kinds.map(({ label }) => label))
  const picture = check('With its picture', 'opens at once, without Python')
  const place = check('At this step', '')
  const run = check('Runs when it is opened', '')
  const wishes = [picture, place, run]
  const field = h('textarea', { class: 'share-link', readonly: '', spellcheck: 'false', rows: '1', 'aria-label': 'Link to this program', 'aria-describedby': 'share-about' })
  const copy = h('button', { class: 'button primary share-copy', type: 'button' })
  const row = h('div', { class: 'share-row' }, field, copy)
  const code = h('div', { class: 'share-qr', role: 'img', 'aria-label': 'QR code of the link' })
  const length = h('span', { class: 'share-length' })
  const advice = h('span', { class: 'share-advice' })
  const about = h('p', { id: 'share-about', class: 'share-about' }, length, ' ', advice)
  const said = h('p', { class: 'visually-hidden', role: 'status' })
  const body = h(
    'div',
    { class: 'share-body' },
    h('div', { class: 'share-head' }, h('h2', { id: 'share-title' }, 'Share this program'), close),
    forms,
    intro,
    row,
    code,
    about,
    h('div', { class: 'share-wishes' }, ...wishes.map(({ label }) => label)),
    said,
    ...extra,
  )
  const element = h('dialog', { class: 'share', 'aria-labelledby': 'share-title' }, body)
  let form: Form | 'qr' = 'link'
  /// Counts what was asked for: an answer that comes late is not shown.
  let asked = 0

  async function refresh() {
    const mine = ++asked
    setText(copy, 'Copy')
    setText(said, '')
    for (const kind of kinds) kind.input.checked = kind.form === form
    setText(intro, ABOUT[form])
    // A directive holds the program, not the link.
    for (const { label } of wishes) label.hidden = form === 'sphinx'
    try {
      const shared = await act.make({ picture: picture.wanted(), place: place.wanted(), run: run.wanted() })
      if (mine === asked) await show(shared, mine)
    } catch (error) {
      if (mine === asked) refuse(error)
    }
  }

  async function show(shared: Shared, mine: number) {
    const text = formOf(form === 'qr' ? 'link' : form, shared)
    const address = formOf('link', shared)
    const counted = form === 'qr' || form === 'link' ? text.length : address.length
    const found = form === 'sphinx' ? { tone: 'calm' as const, text: '' } : adviceOf(counted)
    const tooLong = form === 'qr' && text.length > MOST_QR
    field.value = text
    field.rows = form === 'link' || form === 'markdown' ? 1 : 4
    row.hidden = form === 'qr'
    code.hidden = form !== 'qr' || tooLong
    setText(length, form === 'sphinx' ? '' : `${form === 'link' || form === 'qr' ? '' : 'The address in it has '}${counted.toLocaleString('en')} characters.`)
    setText(advice, tooLong ? `A QR code holds at most ${MOST_QR.toLocaleString('en')}: ${picture.wanted() ? 'leave out the picture.' : 'the program is too long for one.'}` : form === 'qr' && found.tone !== 'error' ? '' : found.text)
    setAttribute(about, 'data-tone', tooLong ? 'error' : found.tone)
    if (form === 'qr' && !tooLong) {
      const { renderSVG } = await import('uqr')
      // Only squares of our own making are in it: the text became black and white.
      if (mine === asked) code.innerHTML = renderSVG(text, { ecc: text.length > 1_200 ? 'L' : 'M', border: 2 })
    }
  }

  function refuse(error: unknown) {
    const { title, text } = LINK_WORDS[error instanceof LinkError ? error.code : 'bad-content']
    row.hidden = code.hidden = true
    setText(length, `${title}.`)
    setText(advice, picture.wanted() ? `${text} It may be short enough without the picture.` : text)
    setAttribute(about, 'data-tone', 'error')
  }

  async function copyText() {
    const done = await writeClipboard(field)
    setText(copy, done ? 'Copied' : 'Copy')
    setText(said, done ? `The ${form === 'link' ? 'link' : 'text'} is copied.` : 'The text is selected: copy it with your keyboard or menu.')
  }

  for (const kind of kinds) {
    kind.input.addEventListener('change', () => {
      form = kind.form
      void refresh()
    })
  }
  for (const { input } of wishes) input.addEventListener('change', () => void refresh())
  copy.addEventListener('click', () => void copyText())
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
    const stops = [...body.querySelectorAll<HTMLElement>('button:not(:disabled), input:not(:disabled), textarea')].filter(
      (each) => each.offsetParent !== null && !(each instanceof HTMLInputElement && each.type === 'radio' && !each.checked),
    )
    const edge = event.shiftKey ? stops[0] : stops.at(-1)
    if (document.activeElement !== edge) return
    event.preventDefault()
    ;(event.shiftKey ? stops.at(-1) : stops[0])?.focus()
  }

  return {
    element,
    open() {
      const can = act.can()
      form = 'link'
      picture.offer(can.picture, false)
      place.offer(can.place !== null, false, can.place ?? 'At this step')
      run.offer(true, false)
      row.hidden = code.hidden = true
      setText(length, '')
      setText(advice, '')
      element.showModal()
      void refresh().then(() => (row.hidden ? close : copy).focus())
    },
    close() {
      if (element.open) element.close()
    },
  }
}

/// A box to tick, with a word on what it does.
function check(name: string, what: string) {
  const input = h('input', { type: 'checkbox' })
  const title = h('span', {}, name)
  const label = h('label', { class: 'share-wish' }, input, title, what === '' ? null : h('span', { class: 'dim' }, what))
  return {
    input,
    label,
    wanted: () => input.checked && !input.disabled,
    offer(possible: boolean, wanted: boolean, text = name) {
      input.disabled = !possible
      input.checked = possible && wanted
      setText(title, text)
    },
  }
}

/// Through the clipboard's own interface where the page may (https, localhost), else by the selection.
export async function writeClipboard(field: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field.value)
    return true
  } catch {
    field.focus()
    field.select()
    return document.execCommand('copy')
  }
}
