/// The lesson menu: a button that shows what is open, and a menu of the lessons and the empty program.

import type { Entry } from './documents'
import { h, icon, setAttribute, setText } from './dom'
import { ICONS } from './icons'
import type { State } from './state'

export interface LessonMenu {
  readonly element: HTMLElement
  update(state: State): void
}

export function createLessonMenu(entries: readonly Entry[], act: { open(entry: Entry): void; openFile(): void; reset(): void }): LessonMenu {
  const title = h('span', {})
  const long = h('span', { class: 'menu-long' }, 'Lesson ')
  const label = h('span', { class: 'menu-label' }, long, title)
  const dot = h('span', { class: 'edited-dot', hidden: '', title: 'Edited' }, h('span', { class: 'visually-hidden' }, ', edited'))
  const button = h('button', { class: 'button menu-button', type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' }, label, dot, icon(ICONS.down))
  const items = entries.map((entry) => {
    const number = h('span', { class: 'menu-number', 'aria-hidden': 'true' }, entry.number > 0 ? String(entry.number) : '+')
    const item = h('button', { class: 'menu-item', type: 'button', role: 'menuitemradio', tabindex: '-1' }, number, h('span', {}, entry.title), icon(ICONS.check))
    item.addEventListener('click', () => {
      close(true)
      act.open(entry)
    })
    return { entry, item }
  })
  const reset = h('button', { class: 'menu-item reset', type: 'button', role: 'menuitem', tabindex: '-1' }, h('span', { class: 'menu-number', 'aria-hidden': 'true' }, '↺'), h('span', {}, 'Back to the original text'))
  reset.addEventListener('click', () => {
    close(true)
    act.reset()
  })
  const file = h('button', { class: 'menu-item', type: 'button', role: 'menuitem', tabindex: '-1' }, h('span', { class: 'menu-number', 'aria-hidden': 'true' }, '…'), h('span', {}, 'Open a file'))
  file.addEventListener('click', () => {
    close(true)
    act.openFile()
  })
  const list = h('div', { class: 'menu', role: 'menu', 'aria-label': 'Lessons', hidden: '' }, ...items.map(({ item }) => item), h('div', { class: 'menu-rule', role: 'separator' }), file, reset)
  const element = h('div', { class: 'lesson-menu' }, button, list)

  const isOpen = () => !list.hidden
  const stops = () => [...items.map(({ item }) => item), file, reset].filter((item) => !item.disabled)

  function open(focus: 'current' | 'last' = 'current') {
    list.hidden = false
    button.setAttribute('aria-expanded', 'true')
    const current = items.find(({ item }) => item.getAttribute('aria-checked') === 'true')?.item
    ;(focus === 'last' ? stops().at(-1) : (current ?? stops()[0]))?.focus()
  }

  function close(refocus: boolean) {
    if (!isOpen()) return
    list.hidden = true
    button.setAttribute('aria-expanded', 'false')
    if (refocus) button.focus()
  }

  button.addEventListener('click', () => (isOpen() ? close(true) : open()))
  element.addEventListener('keydown', (event) => {
    const all = stops()
    const at = all.findIndex((item) => item === document.activeElement)
    const go = (index: number) => all[(index + all.length) % all.length]?.focus()
    if (!isOpen()) {
      if (event.key === 'ArrowDown') open()
      else if (event.key === 'ArrowUp') open('last')
      else return
    } else if (event.key === 'Escape') close(true)
    else if (event.key === 'ArrowDown') go(at + 1)
    else if (event.key === 'ArrowUp') go(at - 1)
    else if (event.key === 'Home') go(0)
    else if (event.key === 'End') go(-1)
    else if (event.key === 'Tab') return close(false)
    else if (/^[1-9]$/.test(event.key)) items.find(({ entry }) => entry.number === Number(event.key))?.item.focus()
    else return
    event.preventDefault()
  })
  element.addEventListener('focusout', (event) => {
    if (!(event.relatedTarget instanceof Node) || !element.contains(event.relatedTarget)) close(false)
  })

  return {
    element,
    update({ doc, code }) {
      const edited = code !== doc.code
      long.hidden = doc.number === 0
      setText(title, doc.number > 0 ? `${doc.number} · ${doc.title}` : doc.title)
      dot.hidden = !edited
      for (const each of items) setAttribute(each.item, 'aria-checked', String(each.entry.slug === doc.slug))
      reset.disabled = !edited
    },
  }
}
