/// On narrow screens the parts are tabs: code, graph, output. On wide ones the tab list is hidden and all are shown.

import { h } from './dom'
import type { State, Tab } from './state'

const NAMES: Readonly<Record<Tab, string>> = { code: 'Code', graph: 'Graph', output: 'Output' }
const ORDER: readonly Tab[] = ['code', 'graph', 'output']

export function createTabs(panels: Readonly<Record<Tab, HTMLElement>>, set: (tab: Tab) => void) {
  const buttons = new Map<Tab, HTMLButtonElement>()
  const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Parts of the page' })
  const element = h('nav', { 'aria-label': 'Parts of the page' }, list)
  for (const tab of ORDER) {
    const button = h('button', { class: 'tab', type: 'button', role: 'tab', id: `tab-${tab}`, 'aria-controls': `panel-${tab}` }, NAMES[tab], h('span', { class: 'tab-mark', 'aria-hidden': 'true' }))
    button.addEventListener('click', () => set(tab))
    panels[tab].id = `panel-${tab}`
    buttons.set(tab, button)
    list.append(button)
  }
  list.addEventListener('keydown', (event) => {
    const at = ORDER.findIndex((tab) => buttons.get(tab) === document.activeElement)
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = ORDER[(at + step + ORDER.length) % ORDER.length]
    if (step === 0 || !next) return
    event.preventDefault()
    set(next)
    buttons.get(next)?.focus()
  })

  return {
    element,
    update(state: State) {
      for (const [tab, button] of buttons) {
        const chosen = tab === state.tab
        button.setAttribute('aria-selected', String(chosen))
        button.tabIndex = chosen ? 0 : -1
        panels[tab].classList.toggle('chosen', chosen)
      }
      buttons.get('output')?.classList.toggle('marked', state.run?.error !== null && state.run !== null)
    },
  }
}
