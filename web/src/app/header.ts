/// The top of the page: name, lesson menu, Run/Stop, where things stand, Share, theme.

import type { Entry } from './documents'
import { h, icon, setAttribute } from './dom'
import { ICONS } from './icons'
import { createLessonMenu } from './lesson-menu'
import { createRunButton } from './run-button'
import type { State, Theme } from './state'

export interface HeaderActions {
  run(): void
  stop(): void
  open(entry: Entry): void
  openFile(): void
  reset(): void
  share(): void
  theme(theme: Theme): void
}

const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' }
const THEME_NAMES: Readonly<Record<Theme, string>> = { auto: 'as the system', light: 'light', dark: 'dark' }

export function createHeader(state: State, act: HeaderActions) {
  let shown = state
  const menu = createLessonMenu(state.entries, act)

  const runner = createRunButton(state, act)

  const share = h('button', { class: 'button share-button', type: 'button', 'aria-haspopup': 'dialog', 'aria-label': 'Share' }, icon(ICONS.share), h('span', { class: 'share-word' }, 'Share'))
  share.addEventListener('click', () => act.share())

  const themeIcon = h('span', { class: 'theme-icon' })
  const theme = h('button', { class: 'button icon-button', type: 'button' }, themeIcon)
  theme.addEventListener('click', () => act.theme(NEXT[shown.theme]))

  const logo = h('h1', { class: 'logo' }, h('span', { class: 'logo-word' }, 'autograd '), h('b', {}, '∂'), h('span', { class: 'logo-word' }, ' playground'))
  const element = h('header', { class: 'top' }, logo, menu.element, runner.run, runner.status, h('span', { class: 'spring' }), share, theme)

  let drawn: Theme | null = null
  return {
    element,
    update(state: State) {
      shown = state
      menu.update(state)
      runner.update(state)
      share.disabled = state.doc.problem !== undefined
      setAttribute(theme, 'aria-label', `Theme: ${THEME_NAMES[state.theme]}`)
      setAttribute(theme, 'title', `Theme: ${THEME_NAMES[state.theme]}`)
      if (state.theme !== drawn) themeIcon.replaceChildren(icon(ICONS[state.theme]))
      drawn = state.theme
    },
  }
}
