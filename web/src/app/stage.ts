/// The right pane around the graph: what is said while there is none, and why a run did not reach its end.

import { h, setAttribute, setText } from './dom'
import { isGoing, type State } from './state'
import { noticeOf } from './words'

export interface StageActions {
  retry(): void
  runFor(deadline: number): void
  goToLine(line: number): void
}

/// `list`: what may take the graph's place; `loops`: what stands under it.
export function createStage(act: StageActions, list: HTMLElement, loops: HTMLElement) {
  const graph = h('div', { class: 'graph-host' })

  const title = h('h2', {})
  const text = h('p', {})
  const bar = h('progress', { max: '1', 'aria-label': 'Start of Python' })
  const label = h('p', { class: 'card-label' })
  const retry = h('button', { class: 'button primary', type: 'button' }, 'Retry')
  retry.addEventListener('click', () => act.retry())
  const card = h('section', { class: 'card' }, title, text, bar, label, retry)

  const noticeTitle = h('strong', {})
  const noticeText = h('span', {})
  const noticeLine = h('button', { class: 'button small', type: 'button' }, 'Show the line')
  const noticeAction = h('button', { class: 'button small', type: 'button' })
  const notice = h('section', { class: 'notice', 'aria-label': 'How the run ended' }, h('p', {}, noticeTitle, ' ', noticeText), noticeLine, noticeAction)
  let line = -1
  let deadline = 0
  noticeLine.addEventListener('click', () => act.goToLine(line))
  noticeAction.addEventListener('click', () => act.runFor(deadline))

  const element = h('section', { class: 'stage', 'aria-label': 'Graph' }, graph, card, list, loops, notice)

  return {
    element,
    graph,
    update(state: State) {
      const said = cardOf(state)
      card.hidden = !said
      element.classList.toggle('has-card', said !== null)
      if (said) {
        setText(title, said.title)
        setText(text, said.text)
        setText(label, said.label)
        setAttribute(card, 'data-tone', said.tone)
        bar.hidden = said.fraction === null
        if (said.fraction !== null) bar.value = said.fraction
        retry.hidden = said.tone !== 'error'
      }
      const ended = noticeOf(state.run)
      notice.hidden = !ended
      if (ended) {
        setText(noticeTitle, ended.title)
        setText(noticeText, ended.text)
        setAttribute(notice, 'data-tone', ended.tone)
        line = ended.line
        noticeLine.hidden = line < 1
        deadline = ended.action?.deadline ?? 0
        noticeAction.hidden = !ended.action
        setText(noticeAction, ended.action?.label ?? '')
      }
    },
  }
}

interface Card {
  readonly tone: 'calm' | 'error'
  readonly title: string
  readonly text: string
  readonly label: string
  readonly fraction: number | null
}

/// What stands in the middle of the pane; null when a graph is to be seen there.
function cardOf({ engine, run, picture }: State): Card | null {
  if (engine.phase === 'failed') {
    return {
      tone: 'error',
      title: 'Python could not start',
      text: engine.label,
      label: 'Your code is kept in this browser: loading the page again loses nothing.',
      fraction: null,
    }
  }
  const queued = run?.status === 'queued'
  if (engine.phase === 'starting' && (queued || (!picture && !isGoing(run)))) {
    return {
      tone: 'calm',
      title: queued ? 'Your program runs in a moment' : 'Starting Python in your browser',
      text: 'Nothing is sent anywhere: Python, NumPy and the autograd engine run on this page. You can read and edit meanwhile.',
      label: engine.label,
      fraction: engine.fraction,
    }
  }
  if (!picture && !isGoing(run)) {
    return {
      tone: 'calm',
      title: run ? 'No graph' : 'Run the program to see its graph',
      text: run
        ? 'The run ended before it recorded anything.'
        : 'Every operation becomes a node: values flow forward in blue, gradients come back in orange.',
      label: '',
      fraction: null,
    }
  }
  return null
}
