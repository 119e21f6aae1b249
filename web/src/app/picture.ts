/// Which traces can be drawn: a recording of very many operations would hold the page up for seconds.

import { picturesOf, rollOf, type RollOptions } from '../graph'
import type { Trace } from '../trace'

/// Most nodes of one recording that are drawn. Measured on a slow 2-core machine: 1,000 nodes take 0.4 s, 3,000 take
/// 2 s, 10,000 take 5 s, in which the page does not answer.
export const MOST_DRAWN = 2_500
/// Partial traces are drawn during a run for at most one part in this many of the time.
export const PARTIAL_SHARE = 5

/// Nodes of the largest picture, loops rolled up.
export function largestPicture(trace: Trace, options: RollOptions): number {
  const { blocks, nodes } = trace
  // Without any block everything is one picture.
  const most = blocks.length === 0 ? nodes.kind.length : blocks.reduce((size, { first, last }) => Math.max(size, last - first), 0)
  if (most <= MOST_DRAWN) return most
  return picturesOf(trace, options).reduce((size, view) => Math.max(size, rollOf(trace, view, options).bodies.length), 0)
}
