/// Where edges leave and enter boxes, from the middle of the border: a result in its own column, operands left to right in
/// their order.

import { PILL, type Box } from './model'

const OPERAND_GAP = 27

/// Where operand `k` of `count` enters the top border.
export function entryOf(box: Box | undefined, k: number, count: number): number {
  if (box?.ports) return box.ports.enter.get(k) ?? 0
  const gap = count > 1 ? Math.min(OPERAND_GAP, (straight(box) - 16) / (count - 1)) : 0
  return Math.round((k - (count - 1) / 2) * gap)
}

/// Middle of a result's part of the bottom border, and how wide that part is.
export function exitOf(box: Box | undefined, slot: number): { readonly middle: number; readonly room: number } {
  if (box?.ports) return { middle: box.ports.leave.get(slot) ?? 0, room: 0 }
  const result = box && box.results.length > 1 ? box.results.find((one) => one.slot === slot) : undefined
  if (!box || !result) return { middle: 0, room: Math.max(0, straight(box) - 16) }
  return { middle: Math.round(result.x + result.width / 2 - box.width / 2), room: Math.max(0, result.width - 16) }
}

/// Length of the straight part of a box's top and bottom border.
function straight(box: Box | undefined): number {
  if (!box) return 0
  return box.width - 2 * (box.kind === 'leaf' ? Math.min(PILL, box.height / 2) : 8)
}
