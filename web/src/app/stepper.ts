/// The bar under the graph: what the step does in words and formulas, the buttons, and the timeline.

import type { Summary } from '../protocol/trace'
import { formulasOf, sentenceOf, valuesOfStep } from '../explain'
import { stepAt, stepOfNode, timelineOf, type Step, type Trace } from '../trace'
import { h, icon, setAttribute, setText } from './dom'
import { ICONS } from './icons'
import { showFormula } from './maths'
import { SPEEDS, canCheck, lastStep, type Player, type State } from './state'
import { createTrack } from './track'

export interface StepperActions {
  go(step: number | null): void
  player(change: Partial<Player>): void
  summaryOf(value: number): Summary | null
  want(values: readonly number[]): void
  check(): void
}

const LINES = [
  ['rule', 'rule', 'what the operation does, in symbols'],
  ['program', 'this program', 'the same with the names in your code'],
  ['numbers', 'numbers', 'the same with the numbers of this run'],
] as const

export function createStepper(act: StepperActions) {
  let state: State | null = null
  const now = (): number | null => state?.step ?? null
  const last = (): number => (state ? lastStep(state) : -1)
  const forward = () => act.go(now() === null ? 0 : (now() ?? 0) + 1)
  const back = () => act.go((now() ?? last() + 1) - 1)
  const play = () => act.player({ playing: !state?.player.playing })

  const button = (label: string, path: string, press: () => void): HTMLButtonElement => {
    const made = h('button', { class: 'button step-button', type: 'button', 'aria-label': label, title: label }, icon(path))
    made.addEventListener('click', press)
    return made
  }
  const toFirst = button('First step', ICONS.first, () => act.go(0))
  const toBack = button('One step back', ICONS.back, back)
  const toPlay = button('Play', ICONS.play, play)
  const toForward = button('One step forward', ICONS.forward, forward)
  const toLast = button('Last step', ICONS.last, () => act.go(last()))
  const toSelected = button('Go to the step of the selected node', ICONS.target, () => {
    const target = state && selectedStep(state)
    if (target !== null && target !== undefined) act.go(target)
  })
  const track = createTrack((step) => act.go(step))
  const place = h('span', { class: 'step-place' })
  const speed = h('select', { class: 'step-speed', 'aria-label': 'Speed' }, ...SPEEDS.map((each) => h('option', { value: String(each) }, `${each}/s`)))
  speed.addEventListener('change', () => act.player({ speed: Number(speed.value) }))
  const maths = h('button', { class: 'button small step-toggle', type: 'button', 'aria-controls': 'step-maths' }, 'Maths')
  maths.addEventListener('click', () => act.player({ maths: !state?.player.maths }))
  const list = h('button', { class: 'button small step-toggle', type: 'button' }, 'Steps')
  list.addEventListener('click', () => act.player({ list: !state?.player.list }))

  const sentence = h('p', { class: 'step-sentence', role: 'status', 'aria-live': 'polite' })
  const formulas = LINES.map(([key, label, rest]) => ({ key, label, rest, host: h('span', { class: 'step-formula', tabindex: '-1' }) }))
  const lines = h(
    'dl',
    { class: 'step-maths', id: 'step-maths' },
    ...formulas.map(({ label, rest, host }) => h('div', {}, h('dt', {}, label), h('dd', {}, host, h('span', { class: 'step-rest' }, rest)))),
  )
  const buttons = h('div', { class: 'step-buttons', role: 'group', 'aria-label': 'Walk through the steps' }, toFirst, toBack, toPlay, toForward, toLast, toSelected)
  const check = h('button', { class: 'button small step-toggle', type: 'button', title: 'Compare every gradient with central differences', 'aria-label': 'Check gradients' }, 'Check', h('span', { class: 'check-what' }, ' gradients'))
  check.addEventListener('click', () => act.check())
  const choices = h('div', { class: 'step-choices' }, speed, maths, list, check)
  const element = h('section', { class: 'stepper', 'aria-label': 'Step by step' }, h('div', { class: 'step-top' }, sentence, choices), lines, h('div', { class: 'step-row' }, buttons, track.element, place))

  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === speed) return
    const onTrack = event.target === track.element
    const keys: Readonly<Record<string, () => void>> = {
      ArrowRight: forward,
      ArrowUp: forward,
      ArrowLeft: back,
      ArrowDown: back,
      Home: () => act.go(0),
      End: () => act.go(last()),
      PageUp: () => act.go((now() ?? last()) + 10),
      PageDown: () => act.go((now() ?? last()) - 10),
      Escape: () => act.go(null),
      ...(onTrack ? { ' ': play } : {}),
    }
    const press = keys[event.key]
    if (!press) return
    event.preventDefault()
    press()
  })

  /// Written again when late numbers have come.
  function refresh() {
    const trace = state?.picture?.trace
    if (!state || !trace) return
    const timeline = timelineOf(trace)
    const step = state.step === null ? null : stepAt(trace, state.step)
    const text = step ? sentenceOf(trace, step, act.summaryOf) : `All ${timeline.length} steps are done. Go back with ◂, or play them from the first.`
    setAttribute(sentence, 'aria-live', state.player.playing ? 'off' : 'polite')
    setText(sentence, text)
    sentence.title = text
    track.update({ timeline, step: state.step, text })
    setText(place, step ? placeText(step, timeline.length) : `${timeline.length} steps`)
    lines.hidden = !state.player.maths
    lines.classList.toggle('is-resting', step === null)
    if (state.player.maths) showFormulas(trace, step)
    if (step) act.want(valuesOfStep(trace, step))
  }

  function showFormulas(trace: Trace, step: Step | null) {
    const found = step && formulasOf(trace, step, act.summaryOf)
    for (const { key, host } of formulas) showFormula(host, found?.[key] ?? '')
  }

  return {
    element,
    refresh,
    update(next: State) {
      const before = state
      state = next
      const steps = lastStep(next) + 1
      element.hidden = steps === 0
      if (steps === 0) return
      const { step, player } = next
      toFirst.disabled = step === 0
      toBack.disabled = step === 0
      toForward.disabled = step === steps - 1
      toLast.disabled = step === steps - 1
      toSelected.disabled = selectedStep(next) === null
      const label = player.playing ? 'Pause' : 'Play'
      if (toPlay.title !== label) {
        setAttribute(toPlay, 'aria-label', label)
        toPlay.title = label
        toPlay.replaceChildren(icon(player.playing ? ICONS.pause : ICONS.play))
      }
      speed.value = String(player.speed)
      setAttribute(maths, 'aria-expanded', String(player.maths))
      setAttribute(list, 'aria-pressed', String(player.list))
      check.hidden = !canCheck(next)
      if (step !== before?.step || next.picture !== before.picture || player !== before.player) refresh()
    },
  }
}

/// "step 16 of 29 · back through line 6".
function placeText({ index, kind, line }: Step, steps: number): string {
  const where = line > 0 ? ` · ${kind === 'backward' ? 'back through ' : ''}line ${line}` : ''
  return `step ${index + 1} of ${steps}${where}`
}

/// Step of what the reader selected in the graph or in the code; null when there is none.
function selectedStep({ picture, selection }: State): number | null {
  if (!picture || selection.by === 'step') return null
  const found = selection.nodes.map((node) => stepOfNode(picture.trace, node)).find((step) => step >= 0)
  return found ?? null
}
