/// The top of the page: name, lesson menu, Run/Stop, where things stand, Share, theme.

import type { Doc } from './documents'
import { h, icon, setAttribute, setText } from './dom'
import { ICONS } from './icons'
import { createLessonMenu } from './lesson-menu'
import { isGoing, type State, type Theme } from './state'
import { statusOf } from './words'

export interface HeaderActions {
  run(): void
  stop(): void
  open(doc: Doc): void
  openFile(): void
  reset(): void
  share(): void
  theme(theme: Theme): void
}

const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' }
const THEME_NAMES: Readonly<Record<Theme, string>> = { auto: 'as the system', light: 'light', dark: 'dark' }

export function createHeader(state: State, act: HeaderActions) {
  let shown = state
  const menu = createLessonMenu(state.docs, act)

  const runLabel = h('span', { class: 'run-label' })
  const runIcon = h('span', { class: 'run-icon' })
  const keys = h('kbd', { 'aria-hidden': 'true' }, isApple() ? '⌘ ↵' : 'Ctrl ↵')
  const run = h('button', { class: 'button run', type: 'button', 'aria-keyshortcuts': 'Control+Enter Meta+Enter' }, runIcon, runLabel, keys)
  run.addEventListener('click', () => (offersStop(shown) ? act.stop() : act.run()))

  const text = h('span', { class: 'status-text' })
  const bar = h('span', { class: 'status-bar' })
  const status = h('div', { class: 'status' }, h('span', { class: 'status-dot' }), text, bar)

  const share = h('button', { class: 'button share-button', type: 'button', 'aria-haspopup': 'dialog', 'aria-label': 'Share' }, icon(ICONS.share), h('span', { class: 'share-word' }, 'Share'))
  share.addEventListener('click', () => act.share())

  const themeIcon = h('span', { class: 'theme-icon' })
  const theme = h('button', { class: 'button icon-button', type: 'button' }, themeIcon)
  theme.addEventListener('click', () => act.theme(NEXT[shown.theme]))

  const logo = h('h1', { class: 'logo' }, h('span', { class: 'logo-word' }, 'autograd '), h('b', {}, '∂'), h('span', { class: 'logo-word' }, ' playground'))
  const element = h('header', { class: 'top' }, logo, menu.element, run, status, h('span', { class: 'spring' }), share, theme)

  let icons = ''
  return {
    element,
    update(state: State) {
      shown = state
      menu.update(state)
      const stop = offersStop(state)
      setText(runLabel, stop ? (state.run?.status === 'stopping' ? 'Stopping' : 'Stop') : 'Run')
      run.classList.toggle('stopping', stop)
      keys.hidden = stop
      run.disabled = share.disabled = state.doc.problem !== undefined
      setAttribute(run, 'aria-disabled', state.run?.status === 'stopping' ? 'true' : null)
      const now = statusOf(state)
      setText(text, now.text)
      setAttribute(status, 'data-tone', now.tone)
      setAttribute(status, 'title', state.engine.versions || null)
      bar.hidden = now.fraction === null
      bar.style.setProperty('--fraction', String(now.fraction ?? 0))
      setAttribute(theme, 'aria-label', `Theme: ${THEME_NAMES[state.theme]}`)
      setAttribute(theme, 'title', `Theme: ${THEME_NAMES[state.theme]}`)
      const wanted = `${stop} ${state.theme}`
      if (wanted !== icons) {
        icons = wanted
        runIcon.replaceChildren(icon(stop ? ICONS.stop : ICONS.run))
        themeIcon.replaceChildren(icon(ICONS[state.theme]))
      }
    },
  }
}

const offersStop = ({ run }: State) => isGoing(run) && (run.slow || run.status === 'stopping')

const isApple = () => /Mac|iPhone|iPad/.test(navigator.platform)
