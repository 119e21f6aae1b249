/// The device's switch: a button beside Run that says where arrays live, and a panel under it that says what that means.

import type { Counters } from '../../protocol/messages'
import { h, setAttribute, setText } from '../dom'
import { duration } from '../words'
import type { Facts, Offer } from './offer'
import { counterRows, counterText, deviceText, limitsText } from './words'

export type Choice = 'browser' | 'server'

export interface Shown {
  readonly choice: Choice
  readonly facts: Facts | null
  /// Why the server cannot be used now.
  readonly trouble: string | null
  /// The newest run's, when it had a session.
  readonly counters: Counters | null
  /// For how long the server has been working on what was sent last, in milliseconds.
  readonly atWork: number
  /// The reader has to give a token.
  readonly wantsToken: boolean
}

export interface SwitchActions {
  choose(choice: Choice): void
  token(text: string): void
}

export function createSwitch(offer: Offer, act: SwitchActions) {
  const label = h('span', { class: 'device-label' })
  const counted = h('span', { class: 'device-counted' })
  const button = h('button', { class: 'button device-button', type: 'button', 'aria-expanded': 'false', 'aria-controls': 'device-panel' }, h('span', { class: 'device-sign', 'aria-hidden': 'true' }), h('span', { class: 'visually-hidden' }, 'Device: '), label, ' ', counted)

  const radio = (value: Choice) => h('input', { type: 'radio', name: 'device', value, id: `device-${value}`, 'aria-describedby': `device-${value}-about` })
  const inputs: Readonly<Record<Choice, HTMLInputElement>> = { browser: radio('browser'), server: radio('server') }
  const device = h('span', {})
  const choices = h(
    'fieldset',
    { class: 'device-choices' },
    h('legend', {}, 'New arrays live'),
    h('div', { class: 'device-choice' }, inputs.browser, h('label', { for: 'device-browser' }, 'in the browser'), h('p', { id: 'device-browser-about' }, 'NumPy in this page. Nothing is sent anywhere.')),
    h('div', { class: 'device-choice' }, inputs.server, h('label', { for: 'device-server' }, 'on the server'), h('p', { id: 'device-server-about' }, device)),
  )
  const trouble = h('p', { class: 'device-trouble', role: 'status' })
  const token = h('input', { class: 'device-token', type: 'password', id: 'device-token', autocomplete: 'off', spellcheck: 'false', maxlength: '200' })
  const tokenForm = h('form', { class: 'device-token-row' }, h('label', { for: 'device-token' }, 'Token of the server'), token, h('button', { class: 'button small', type: 'submit' }, 'Use'))
  const limits = h('p', { class: 'device-about' })
  const rows = h('dl', { class: 'device-counters' })
  const none = h('p', { class: 'device-about' }, 'The newest run did not use the server.')
  const panel = h(
    'section',
    { class: 'device-panel', id: 'device-panel', 'aria-label': 'Device', hidden: '' },
    choices,
    trouble,
    tokenForm,
    h('p', { class: 'device-about' }, 'The program itself always runs in this page; to the server go operations and numbers, never its text. ', h('code', {}, 'mx.gpu(0)'), ' in a program means the server, whatever is chosen here.'),
    limits,
    h('h2', {}, 'Newest run'),
    rows,
    none,
  )
  const element = h('div', { class: 'device' }, button, panel)

  const isOpen = () => !panel.hidden
  function open() {
    panel.hidden = false
    button.setAttribute('aria-expanded', 'true')
    ;(inputs.browser.checked ? inputs.browser : inputs.server).focus()
  }
  function close(refocus: boolean) {
    panel.hidden = true
    button.setAttribute('aria-expanded', 'false')
    if (refocus) button.focus()
  }
  button.addEventListener('click', () => (isOpen() ? close(false) : open()))
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !isOpen()) return
    event.preventDefault()
    event.stopPropagation()
    close(true)
  })
  // It stays open while the reader runs the program and watches the counters; a press anywhere else closes it.
  document.addEventListener('pointerdown', ({ target }) => {
    const kept = target instanceof Element && (element.contains(target) || target.closest('.run') !== null)
    if (isOpen() && !kept) close(false)
  })
  for (const choice of ['browser', 'server'] as const) inputs[choice].addEventListener('change', () => act.choose(choice))
  tokenForm.addEventListener('submit', (event) => {
    event.preventDefault()
    act.token(token.value.trim())
    token.value = ''
  })

  return {
    element,
    focus: () => button.focus(),
    update(shown: Shown) {
      const { choice, facts, counters } = shown
      const words = choice === 'server' ? 'Server' : 'Browser'
      setText(label, words)
      const going = shown.atWork > 0 ? ` · at work for ${duration(shown.atWork)}` : ''
      setText(counted, counters ? (choice === 'server' ? '' : 'server: ') + counterText(counters) + going : '')
      setAttribute(button, 'data-device', choice)
      setAttribute(button, 'data-tone', shown.trouble ? 'error' : null)
      setAttribute(button, 'title', `New arrays live ${choice === 'server' ? `on the server: ${deviceText(offer, facts)}` : 'in the browser'}`)
      inputs[choice].checked = true
      setText(device, deviceText(offer, facts))
      setText(trouble, shown.trouble ?? '')
      trouble.hidden = shown.trouble === null
      tokenForm.hidden = !shown.wantsToken
      setText(limits, limitsText(facts))
      none.hidden = counters !== null
      rows.hidden = counters === null
      if (counters) writeRows(rows, counterRows(counters))
    },
  }
}

function writeRows(list: HTMLElement, rows: readonly (readonly [string, string])[]) {
  if (list.children.length === 0) list.append(...rows.map(([what]) => h('div', {}, h('dt', {}, what), h('dd', {}))))
  rows.forEach(([, value], i) => {
    const cell = list.children[i]?.lastElementChild
    if (cell) setText(cell, value)
  })
}
