/// Paints a scene as SVG: every shape is an element, the camera is one attribute.

import type { Scene } from '../graph'
import { drawBadges } from './badges'
import { drawChanges, drawScene, type Drawing } from './draw'
import type { Painter } from './painter'

export function createSvgPainter(layer: SVGGElement, prefix: string): Painter {
  let scene: Scene | null = null
  let drawing: Drawing | null = null
  let stop = -1
  let marked: ReadonlySet<number> = new Set()

  let lit: ReadonlySet<number> = new Set()

  const toggle = (nodes: ReadonlySet<number>, name: string, on: boolean): void => nodes.forEach((node) => void drawing?.nodes.get(node)?.group.classList.toggle(name, on))

  return {
    show(next) {
      scene = next
      drawing = drawScene(layer, next, prefix)
      toggle(marked, 'is-found', true)
    },
    change(next) {
      if (drawing && scene) drawChanges(drawing, scene, next, prefix)
      scene = next
    },
    // The camera moves the layer.
    look() {},
    mark(found) {
      toggle(marked, 'is-found', false)
      toggle(found, 'is-found', true)
      marked = found
    },
    light(nodes) {
      toggle(lit, 'is-lit', false)
      toggle(nodes, 'is-lit', true)
      lit = nodes
    },
    badge(badges) {
      if (drawing && scene) drawBadges(drawing, scene, badges)
    },
    setStop(node, focus) {
      drawing?.nodes.get(stop)?.button.setAttribute('tabindex', '-1')
      stop = node
      const button = drawing?.nodes.get(stop)?.button
      button?.setAttribute('tabindex', '0')
      if (focus) button?.focus({ preventScroll: true })
    },
    nodeAt(target) {
      const element = target?.closest('[data-node]')
      return element ? Number(element.getAttribute('data-node')) : null
    },
    clear() {
      layer.replaceChildren()
      scene = drawing = null
    },
  }
}
