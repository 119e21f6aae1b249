/// Which traces can be drawn: a recording of very many operations would hold the page up for seconds.

import type { Trace } from '../trace'

/// Most nodes of one recording that are drawn. Measured on a slow 2-core machine: 1,000 nodes take 0.4 s, 3,000 take
/// 2 s, 10,000 take 5 s, in which the page does not answer.
export const MOST_DRAWN = 2_500
/// Partial traces are drawn during a run for at most one part in this many of the time.
export const PARTIAL_SHARE = 5

/// Nodes of the largest recording.
export function largestRecording({ blocks, nodes }: Trace): number {
  // Without any block everything is one picture.
  if (blocks.length === 0) return nodes.kind.length
  return blocks.reduce((most, block) => Math.max(most, block.last - block.first), 0)
}
