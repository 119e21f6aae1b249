/// Pan and zoom by mouse, wheel, touch, and command.

import { select } from 'd3-selection'
import { zoom, zoomIdentity, zoomTransform, type D3ZoomEvent, type ZoomTransform } from 'd3-zoom'
import { ZOOM, fitScale, keptInSight, type Size, type Transform } from './fit'

export interface Camera {
  readonly now: () => Transform
  readonly window: () => Size
  /// True since the reader last moved it by hand.
  readonly moved: () => boolean
  readonly set: (transform: Transform) => void
  readonly zoomBy: (factor: number) => void
  /// Brings a point of the picture to the middle of the window, as the reader's own move.
  readonly centre: (point: { readonly x: number; readonly y: number }) => void
  /// What it looks at was the reader's choice.
  readonly hold: () => void
  /// Forgets that the reader moved it.
  readonly release: () => void
  /// How far away it may go: far enough to see all of a picture.
  readonly bound: (picture: Size) => void
  /// Does something during which the window keeps its size: that is asked once, for each answer would have the page laid out anew.
  readonly still: (act: () => void) => void
  readonly destroy: () => void
}

export function createCamera(surface: SVGSVGElement, onMoved: () => void): Camera {
  let moved = false
  let picture: Size = { width: 0, height: 0 }
  let known: Size | null = null
  const window = (): Size => known ?? { width: surface.clientWidth, height: surface.clientHeight }
  const behaviour = zoom<SVGSVGElement, unknown>()
    .scaleExtent([ZOOM.least, ZOOM.most])
    .extent(() => {
      const { width, height } = window()
      return [[0, 0], [Math.max(1, width), Math.max(1, height)]]
    })
    .constrain((transform) => inSight(transform, window(), picture))
    .on('zoom', (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
      if (event.sourceEvent) moved = true
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
    centre: ({ x, y }) => {
      moved = true
      root.call(behaviour.translateTo, x, y)
    },
    hold: () => void (moved = true),
    release: () => void (moved = false),
    bound: (size) => {
      picture = size
      behaviour.scaleExtent([Math.min(ZOOM.least, fitScale(window(), picture)), ZOOM.most])
    },
    still: (act) => {
      known = window()
      try {
        act()
      } finally {
        known = null
      }
    },
    destroy: () => void root.on('.zoom', null),
  }
}

/// A picture cannot be lost: a part of it stays in the window.
function inSight(transform: ZoomTransform, window: Size, picture: Size): ZoomTransform {
  const { k, x, y } = keptInSight(transform, window, picture)
  return x === transform.x && y === transform.y ? transform : zoomIdentity.translate(x, y).scale(k)
}
