/// A quiet note after a heavy run in the browser: how much it computed, and that a server is at hand.

import type { Effort } from '../../protocol/messages'
import { h, icon, setText } from '../dom'
import { ICONS } from '../icons'
import { duration } from '../words'

/// Operations on numbers for each call from which on a call is quicker on the server than here. Measured with NumPy as the
/// device, on the same two cores that the browser ran on, forward and backward: products of 64 x 64 (0.5 million) were 3 times as fast
/// here, of 128 x 128 (4 million) twice as fast there, and element by element the same between 65,000 and 150,000 elements.
/// A GPU or a machine with more cores is worth it earlier; the way to one that is far away, later.
export const WORTH = 1e6

/// What is said of a run; null where the server would not help.
export function hintText({ work, calls }: Effort, milliseconds: number, device: string): string | null {
  if (calls === 0 || work / calls < WORTH) return null
  return `This run computed ${amount(work)} in ${duration(milliseconds)}. Operations as large as these (${amount(work / calls)} on average) are usually faster on the server: ${device}.`
}

/// "4.1 GFLOP": operations on numbers.
export function amount(work: number): string {
  const units = ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP']
  let value = work
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

export function createHint(act: { use(): void; never(): void }) {
  const text = h('span', {})
  const use = h('button', { class: 'button small', type: 'button' }, 'Use the server')
  const close = h('button', { class: 'button small icon-button', type: 'button', 'aria-label': 'Do not suggest the server again' }, icon(ICONS.close))
  const element = h('aside', { class: 'toast device-hint', 'aria-label': 'Suggestion', hidden: '' }, h('p', { role: 'status' }, text), use, close)
  use.addEventListener('click', () => act.use())
  close.addEventListener('click', () => act.never())
  return {
    element,
    show(said: string | null) {
      element.hidden = said === null
      setText(text, said ?? '')
    },
  }
}
