/// Pan and zoom of the drawing by mouse, wheel, touch, and command.

import { select } from 'd3-selection'
import { zoom, zoomIdentity, zoomTransform, type D3ZoomEvent } from 'd3-zoom'
import { ZOOM, type Size, type Transform } from './fit'

export interface Camera {
  readonly now: () => Transform
  readonly window: () => Size
  /// True since the reader last moved it by hand.
  readonly moved: () => boolean
  readonly set: (transform: Transform) => void
  readonly zoomBy: (factor: number) => void
  /// Forgets that the reader moved it.
  readonly release: () => void
  readonly destroy: () => void
}

export function createCamera(surface: SVGSVGElement, layer: SVGGElement, onMoved: () => void): Camera {
  let moved = false
  const window = (): Size => ({ width: surface.clientWidth, height: surface.clientHeight })
  const behaviour = zoom<SVGSVGElement, unknown>()
    .scaleExtent([ZOOM.least, ZOOM.most])
    .extent(() => [[0, 0], [Math.max(1, surface.clientWidth), Math.max(1, surface.clientHeight)]])
    .on('zoom', (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
      if (event.sourceEvent) moved = true
      layer.setAttribute('transform', event.transform.toString())
      surface.classList.toggle('is-far', event.transform.k < 0.32)
      onMoved()
    })
  const root = select(surface)
  root.call(behaviour).on('dblclick.zoom', null)
  return {
    now: () => zoomTransform(surface),
    window,
    moved: () => moved,
    set: ({ k, x, y }) => void root.call(behaviour.transform, zoomIdentity.translate(x, y).scale(k)),
    zoomBy: (factor) => {
      moved = true
      root.call(behaviour.scaleBy, factor)
    },
    release: () => void (moved = false),
    destroy: () => void root.on('.zoom', null),
  }
}
