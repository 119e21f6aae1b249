/// Between an embed and the page around it: its commands in, what happens out. Commands are taken from the parent window alone; what
/// is answered goes to the origin that said hello first, and to nobody else.

import { docOfCode } from '../app/documents'
import type { Controls } from '../app/main'
import type { State } from '../app/state'
import { at, expressionOf, lineOfNode, nameOfSlot, resultSlots, timelineOf } from '../trace'
import { enveloped, readToEmbed, type FromEmbed, type ToEmbed } from './messages'

/// What arrives before the embed can obey (its `hello` comes as soon as the frame is loaded) waits here.
export interface Inbox {
  /// Hands over what waited, and everything from then on.
  empty(into: (event: MessageEvent) => void): void
}

/// More is no page that waits for an answer.
const MOST_WAITING = 50

export function openInbox(): Inbox {
  const waiting: MessageEvent[] = []
  let take = (event: MessageEvent): void => {
    if (waiting.length < MOST_WAITING) waiting.push(event)
  }
  addEventListener('message', (event) => take(event))
  return {
    empty(into) {
      take = into
      for (const event of waiting.splice(0)) into(event)
    },
  }
}

export function listenToHost(controls: Controls, root: HTMLElement, inbox: Inbox): (message: FromEmbed) => void {
  let host: string | null = null
  let height = 0

  function say(message: FromEmbed) {
    // "null" is an opaque origin: it has no name to be addressed by.
    if (host !== null) parent.postMessage(enveloped(message), host === 'null' ? '*' : host)
  }

  inbox.empty(({ source, origin, data }) => {
    if (source !== parent || parent === window) return
    const message = readToEmbed(data)
    if (!message) return
    if (message.type === 'hello') {
      host ??= origin
      height = 0
      say({ type: 'ready', version: 1 })
      return tellHeight()
    }
    if (origin === host) void obey(controls, message)
  })

  function tellHeight() {
    const now = Math.ceil(root.getBoundingClientRect().height)
    if (now === height || now === 0) return
    height = now
    say({ type: 'height', height })
  }

  new ResizeObserver(tellHeight).observe(root)
  controls.watch((state, before) => {
    for (const message of newsOf(state, before)) say(message)
  })
  return say
}

async function obey(controls: Controls, message: ToEmbed) {
  switch (message.type) {
    case 'open':
      return controls.open(message.fragment !== undefined ? await controls.docOf(message.fragment) : docOfCode(message.code ?? '', message.seed ?? 0))
    case 'run':
      return controls.run()
    case 'stop':
      return controls.stop()
    case 'go':
      return controls.go(message.step)
    case 'theme':
      return controls.theme(message.theme)
    case 'hello':
  }
}

/// What the page around is told when the state has changed.
export function newsOf(state: State, before: State): readonly FromEmbed[] {
  const news: FromEmbed[] = []
  const { run, picture, step, selection } = state
  if (run?.status === 'ended' && (before.run?.id !== run.id || before.run.status !== 'ended')) {
    const outputs = run.outputs.flatMap((output) => (output.type === 'error' || output.type === 'verdict' ? [] : [output.text]))
    const error = run.error ? `${run.error.name}: ${run.error.message}` : null
    news.push({ type: 'result', ok: run.ending?.kind === 'ok', operations: run.ops, outputs, error })
  }
  if (step !== before.step && picture) news.push({ type: 'step', step, steps: timelineOf(picture.trace).length })
  const [node] = selection.nodes
  if (selection !== before.selection && selection.by !== 'step' && node !== undefined && picture) {
    const { trace } = picture
    const slot = resultSlots(trace, node)[0] ?? -1
    const known = at(trace.nodes.kind, node) >= 0
    if (known) news.push({ type: 'selection', line: lineOfNode(trace, node), expression: expressionOf(trace, node), name: nameOfSlot(trace, slot) })
  }
  return news
}

