/// Run, which becomes Stop while something runs that takes long; and beside it where things stand.

import { h, icon, setAttribute, setText } from './dom'
import { ICONS } from './icons'
import { isGoing, type State } from './state'
import { statusOf } from './words'

export function createRunButton(state: State, act: { run(): void; stop(): void }) {
  let shown = state
  const label = h('span', { class: 'run-label' })
  const sign = h('span', { class: 'run-icon' })
  const keys = h('kbd', { 'aria-hidden': 'true' }, isApple() ? '⌘ ↵' : 'Ctrl ↵')
  const run = h('button', { class: 'button run', type: 'button', 'aria-keyshortcuts': 'Control+Enter Meta+Enter' }, sign, label, keys)
  run.addEventListener('click', () => (offersStop(shown) ? act.stop() : act.run()))

  const text = h('span', { class: 'status-text' })
  const bar = h('span', { class: 'status-bar' })
  const status = h('div', { class: 'status' }, h('span', { class: 'status-dot' }), text, bar)

  let drawn: boolean | null = null
  return {
    run,
    status,
    update(state: State) {
      shown = state
      const stop = offersStop(state)
      setText(label, stop ? (state.run?.status === 'stopping' ? 'Stopping' : 'Stop') : 'Run')
      run.classList.toggle('stopping', stop)
      keys.hidden = stop
      run.disabled = state.doc.problem !== undefined
      setAttribute(run, 'aria-disabled', state.run?.status === 'stopping' ? 'true' : null)
      const now = statusOf(state)
      setText(text, now.text)
      setAttribute(status, 'data-tone', now.tone)
      setAttribute(status, 'title', state.engine.versions || null)
      bar.hidden = now.fraction === null
      bar.style.setProperty('--fraction', String(now.fraction ?? 0))
      if (stop !== drawn) sign.replaceChildren(icon(stop ? ICONS.stop : ICONS.run))
      drawn = stop
    },
  }
}

const offersStop = ({ run }: State) => isGoing(run) && (run.slow || run.status === 'stopping')

const isApple = () => /Mac|iPhone|iPad/.test(navigator.platform)
