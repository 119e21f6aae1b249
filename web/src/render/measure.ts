/// The one size that only a browser knows: how wide a character of the picture's font is.

import { DEFAULT_METRICS, SMALL, type Metrics } from '../graph'
import { svg } from './dom'

export function measure(surface: SVGSVGElement): Metrics {
  const sample = svg('text', { class: 'gv-value', visibility: 'hidden' }, '0'.repeat(100))
  surface.append(sample)
  const advance = sample.getComputedTextLength() / 100 / SMALL.size
  sample.remove()
  return advance > 0.3 && advance < 1 ? { advance } : DEFAULT_METRICS
}
