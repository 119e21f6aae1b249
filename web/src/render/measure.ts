/// The one size that only a browser knows: how wide a character of the picture's font is. Asked of a canvas: a text in the page would have
/// the whole page laid out for it.

import { DEFAULT_METRICS, type Metrics } from '../graph'
import { html } from './dom'

/// Large, so that no rounding to pixels is seen.
const SIZE = 100

export function measure(surface: SVGSVGElement): Metrics {
  const ctx = html('canvas', { width: 1, height: 1 }).getContext('2d')
  if (!ctx) return DEFAULT_METRICS
  ctx.font = `${SIZE}px ${getComputedStyle(surface).getPropertyValue('--gv-mono').trim() || 'monospace'}`
  const advance = ctx.measureText('0'.repeat(10)).width / 10 / SIZE
  return advance > 0.3 && advance < 1 ? { advance } : DEFAULT_METRICS
}
