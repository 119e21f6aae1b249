/// The timeline as a slider: a tick for each step, blue forward and orange back; of many steps a band of both colours.

import type { Timeline } from '../trace'
import { h, setAttribute } from './dom'

/// Up to so many steps each have a tick.
const TICKS = 60
/// Pieces of a band, at most.
const PIECES = 240

export interface TrackState {
  readonly timeline: Timeline
  /// null: at the end, nobody steps.
  readonly step: number | null
  readonly text: string
}

export function createTrack(go: (step: number) => void) {
  const marks = h('div', { class: 'track-marks', 'aria-hidden': 'true' })
  const thumb = h('div', { class: 'track-thumb', 'aria-hidden': 'true' })
  const element = h('div', { class: 'track', role: 'slider', tabindex: '0', 'aria-label': 'Step', 'aria-valuemin': '1' }, marks, thumb)
  let shown: Timeline | null = null
  let at: number | null = null

  const stepUnder = (event: PointerEvent): number => {
    const box = element.getBoundingClientRect()
    const steps = shown?.length ?? 0
    return Math.min(steps - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * steps)))
  }
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !shown) return
    event.preventDefault()
    element.setPointerCapture(event.pointerId)
    element.focus()
    go(stepUnder(event))
    const move = (moved: PointerEvent) => {
      const step = stepUnder(moved)
      if (step !== at) go(step)
    }
    element.addEventListener('pointermove', move)
    element.addEventListener('lostpointercapture', () => element.removeEventListener('pointermove', move), { once: true })
  })

  function drawMarks(timeline: Timeline) {
    const many = timeline.length > TICKS
    element.classList.toggle('is-band', many)
    marks.style.background = many ? band(timeline) : ''
    marks.replaceChildren(...(many ? [] : Array.from(timeline.backward, (back) => h('i', { class: back === 1 ? 'tick is-back' : 'tick' })).slice(0, timeline.length)))
  }

  return {
    element,
    update({ timeline, step, text }: TrackState) {
      if (timeline !== shown) drawMarks(timeline)
      shown = timeline
      at = step
      const last = timeline.length - 1
      const now = step ?? last
      ;[...marks.children].forEach((tick, i) => {
        tick.classList.toggle('is-todo', i > now)
        tick.classList.toggle('is-now', i === step)
      })
      element.style.setProperty('--at', `${(100 * (now + 0.5)) / timeline.length}%`)
      element.classList.toggle('is-back', timeline.backward[now] === 1)
      element.classList.toggle('is-resting', step === null)
      setAttribute(element, 'aria-valuemax', String(timeline.length))
      setAttribute(element, 'aria-valuenow', String(now + 1))
      setAttribute(element, 'aria-valuetext', text)
    },
  }
}

/// Hard stops of a gradient; where one piece holds many steps, its middle one speaks for all.
function band({ backward, length }: Timeline): string {
  const pieces = Math.min(PIECES, length)
  const stops: string[] = []
  let from = 0
  const kind = (piece: number): number => backward[Math.floor(((piece + 0.5) * length) / pieces)] ?? 0
  for (let piece = 1; piece <= pieces; piece++) {
    if (piece < pieces && kind(piece) === kind(from)) continue
    const colour = kind(from) === 1 ? 'var(--grad)' : 'var(--value)'
    stops.push(`${colour} ${(100 * from) / pieces}% ${(100 * piece) / pieces}%`)
    from = piece
  }
  return `linear-gradient(to right, ${stops.join(', ')})`
}
