/// The loops of the picture as a list: its title, the turn that it shows with a slider and a player, how its gradient's norm
/// runs, and the switch that unrolls it. The same as on the frames in the picture, for every width and without a pointer.

import { rollable, type SceneFrame } from '../graph'
import { h, icon, setAttribute, setText } from './dom'
import { ICONS } from './icons'
import { toggled } from './rolling'
import type { State } from './state'
import type { RollOptions } from '../graph'

export interface LoopActions {
  turn(frame: string, index: number): void
  roll(options: RollOptions): void
}

/// Turns that are played in a loop of many, at most.
const PLAYED = 200
/// Turns a second at most where the reader wishes little motion.
const CALM = 1

interface Row {
  frame: SceneFrame
  readonly element: HTMLElement
  readonly title: HTMLElement
  readonly times: HTMLElement
  readonly slider: HTMLInputElement
  readonly play: HTMLButtonElement
  readonly place: HTMLElement
  readonly words: HTMLElement
  readonly unroll: HTMLButtonElement
}

export function createLoops(act: LoopActions) {
  const all = h('button', { class: 'button small', type: 'button' })
  const rows = h('ul', { class: 'loop-rows' })
  const element = h('section', { class: 'loops', 'aria-label': 'Loops', hidden: '' }, rows, all)
  const calm = matchMedia('(prefers-reduced-motion: reduce)')
  let state: State | null = null
  let drawn = new Map<string, Row>()
  let playing: string | null = null
  let clock = 0

  all.addEventListener('click', () => {
    if (state) act.roll({ all: all.dataset.rolls === 'yes', except: [] })
  })

  function rest() {
    clearTimeout(clock)
    playing = null
  }

  function playOn(key: string) {
    clearTimeout(clock)
    const row = drawn.get(key)
    if (!row || !state) return rest()
    const { index, count } = row.frame
    const speed = calm.matches ? Math.min(CALM, state.player.speed) : state.player.speed
    clock = window.setTimeout(() => {
      const next = index + Math.max(1, Math.ceil(count / PLAYED))
      if (index >= count - 1) {
        rest()
        return show(row)
      }
      act.turn(key, Math.min(count - 1, next))
      playOn(key)
    }, 1000 / speed)
  }

  function makeRow(frame: SceneFrame): Row {
    const row: Row = {
      frame,
      element: h('li', { class: 'loop-row' }),
      title: h('code', { class: 'loop-title' }),
      times: h('span', { class: 'loop-times' }),
      slider: h('input', { type: 'range', class: 'loop-slider', min: '1', step: '1' }),
      play: h('button', { class: 'button small loop-play', type: 'button' }),
      place: h('output', { class: 'loop-place' }),
      words: h('span', { class: 'loop-words' }),
      unroll: h('button', { class: 'button small', type: 'button' }, 'Unroll'),
    }
    row.element.append(h('span', { class: 'loop-name' }, row.title, ' ', row.times), h('span', { class: 'loop-turn' }, row.play, row.slider, row.place), row.words, row.unroll)
    row.slider.addEventListener('input', () => {
      if (playing === row.frame.key) rest()
      act.turn(row.frame.key, Number(row.slider.value) - 1)
    })
    row.unroll.addEventListener('click', () => {
      if (state) act.roll(toggled(state.rolling.options, row.frame.loop))
    })
    row.play.addEventListener('click', () => {
      const { key, index, count } = row.frame
      if (playing === key) rest()
      else {
        playing = key
        if (index >= count - 1) act.turn(key, 0)
        playOn(key)
      }
      show(row)
    })
    return row
  }

  function show(row: Row) {
    const { frame, slider } = row
    const { title, times, place, index, count, curves } = frame
    setText(row.title, title)
    setText(row.times, times)
    setText(row.place, place)
    const said = (text: (curve: SceneFrame['curves'][number]['curve']) => string): string => [...new Set(curves.map(({ name, curve }) => `‖∂${name}‖ ${text(curve)}`))].join('; ')
    setText(row.words, said(({ words }) => words))
    row.words.title = row.words.textContent
    setAttribute(row.words, 'data-tone', curves.find(({ curve }) => curve.tone !== 'calm')?.curve.tone ?? 'calm')
    setAttribute(slider, 'aria-label', `Turn of ${title}`)
    setAttribute(slider, 'aria-valuetext', place)
    slider.max = String(Math.max(1, count))
    slider.value = String(index + 1)
    slider.disabled = count < 2
    row.play.disabled = count < 2
    const label = `${playing === frame.key ? 'Pause' : 'Play'} the turns of ${title}`
    if (row.play.title !== label) {
      row.play.title = label
      setAttribute(row.play, 'aria-label', label)
      row.play.replaceChildren(icon(playing === frame.key ? ICONS.pause : ICONS.play))
    }
    setAttribute(row.unroll, 'aria-label', `Unroll ${title}`)
    row.element.style.setProperty('--depth', String(frame.key.split(' / ').length - 1))
  }

  return {
    element,
    /// `frames`: those of the picture.
    update(next: State, frames: readonly SceneFrame[]) {
      state = next
      const trace = next.picture?.trace
      const loops = trace ? rollable(trace, next.rolling.options) : []
      const open = loops.filter(({ rolled }) => !rolled)
      element.hidden = loops.length === 0
      // One loop has its own switch.
      all.hidden = loops.length < 2 && open.length === 0
      if (playing !== null && !frames.some(({ key }) => key === playing)) rest()
      const rolls = open.length > 0
      setText(all, rolls ? 'Roll up all loops' : 'Unroll all loops')
      all.dataset.rolls = rolls ? 'yes' : 'no'
      const fresh = new Map(frames.map((frame) => [frame.key, drawn.get(frame.key) ?? makeRow(frame)]))
      if ([...fresh.keys()].join('\n') !== [...drawn.keys()].join('\n')) rows.replaceChildren(...[...fresh.values()].map((row) => row.element))
      drawn = fresh
      for (const frame of frames) {
        const row = drawn.get(frame.key)
        if (!row) continue
        row.frame = frame
        show(row)
      }
    },
  }
}
