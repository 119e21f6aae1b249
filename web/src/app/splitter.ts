/// The divider between the panes: dragged with a pointer, moved with the arrow keys, reset with a double click.

import { h } from './dom'
import { SPLIT, type State } from './state'

export function createSplitter(panes: HTMLElement, set: (split: number) => void) {
  const element = h('div', {
    class: 'splitter',
    role: 'separator',
    tabindex: '0',
    'aria-orientation': 'vertical',
    'aria-label': 'Width of the code pane',
    'aria-valuemin': String(SPLIT.least),
    'aria-valuemax': String(SPLIT.most),
  })
  let now: number = SPLIT.usual

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    event.preventDefault()
    element.setPointerCapture(event.pointerId)
    element.focus()
    const box = panes.getBoundingClientRect()
    const move = (at: PointerEvent) => set(((at.clientX - box.left) / box.width) * 100)
    const end = () => element.removeEventListener('pointermove', move)
    element.addEventListener('pointermove', move)
    element.addEventListener('lostpointercapture', end, { once: true })
  })
  element.addEventListener('dblclick', () => set(SPLIT.usual))
  element.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? 10 : 2
    if (event.key === 'ArrowLeft') set(now - step)
    else if (event.key === 'ArrowRight') set(now + step)
    else if (event.key === 'Home') set(SPLIT.least)
    else if (event.key === 'End') set(SPLIT.most)
    else if (event.key === 'Enter') set(SPLIT.usual)
    else return
    event.preventDefault()
  })

  return {
    element,
    update({ split }: State) {
      now = split
      element.setAttribute('aria-valuenow', String(Math.round(split)))
      panes.style.setProperty('--split', `${split}%`)
    },
  }
}
