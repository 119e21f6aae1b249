/// Signs of a check at the corners of the nodes.

import type { Badge, Scene } from '../graph'
import { SIGNS } from './card'
import { svg } from './dom'
import type { Drawing } from './draw'

export const SIZE = 15

export function drawBadges(drawing: Drawing, scene: Scene, badges: ReadonlyMap<number, Badge>): void {
  for (const node of scene.nodes) {
    const drawn = drawing.nodes.get(node.node)
    if (!drawn) continue
    drawn.group.querySelector('.gv-check')?.remove()
    const badge = badges.get(node.node)
    if (!badge) {
      drawn.button.removeAttribute('aria-description')
      continue
    }
    drawn.button.setAttribute('aria-description', `check: ${badge.word}`)
    const [x, y] = [node.width - SIZE + 5, -6]
    drawn.group.insertBefore(
      svg(
        'g',
        { class: `gv-check is-${badge.tone}`, transform: `translate(${x} ${y})`, 'aria-hidden': 'true' },
        svg('rect', { width: SIZE, height: SIZE, rx: badge.tone === 'ok' ? SIZE / 2 : 3 }),
        svg('text', { x: SIZE / 2, y: SIZE / 2 + 4, 'text-anchor': 'middle' }, SIGNS[badge.tone]),
      ),
      drawn.button,
    )
  }
}
