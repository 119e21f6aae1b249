/// Moving through the picture by keyboard: along producers and consumers, and sideways.

import { consumers, operandSlots, nodeOfSlot, resultSlots, type Trace } from '../trace'
import type { Scene, SceneNode } from './shapes'

export type Direction = 'up' | 'down' | 'left' | 'right' | 'first' | 'last'

/// The node that a key leads to; null when there is none that way.
/// Up: to the first operand that is shown. Down: to the first consumer. Sideways: to the nearest node at the same height.
export function neighbour(trace: Trace, scene: Scene, node: number, direction: Direction): number | null {
  const shown = new Map(scene.nodes.map((one) => [one.node, one]))
  const here = shown.get(node)
  if (!here) return null
  switch (direction) {
    case 'first':
      return scene.nodes[0]?.node ?? null
    case 'last':
      return scene.nodes.at(-1)?.node ?? null
    case 'up':
      return operandSlots(trace, node).map((slot) => nodeOfSlot(trace, slot)).find((n) => shown.has(n)) ?? null
    case 'down':
      return resultSlots(trace, node).flatMap((slot) => [...consumers(trace, slot)]).find((n) => shown.has(n)) ?? null
    default:
      return beside(scene, here, direction)?.node ?? null
  }
}

function beside(scene: Scene, here: SceneNode, direction: 'left' | 'right'): SceneNode | null {
  const centre = (one: SceneNode): number => one.x + one.width / 2
  const row = scene.nodes.filter((one) => one !== here && one.y < here.y + here.height && here.y < one.y + one.height)
  const side = row.filter((one) => (direction === 'left' ? centre(one) < centre(here) : centre(one) > centre(here)))
  return side.reduce<SceneNode | null>((best, one) => (!best || Math.abs(centre(one) - centre(here)) < Math.abs(centre(best) - centre(here)) ? one : best), null)
}
