/// The whole picture in a corner, with a frame around what the window shows. The frame is moved by dragging, by pressing
/// anywhere, and by arrow keys.

import type { Scene } from '../graph'
import { html } from './dom'
import { visibleRect, type Rect, type Size, type Transform } from './fit'

/// Largest size of the overview; a picture of another form is squeezed to no less than `LEAST` on its short side.
const MOST = { width: 132, height: 168 } as const
const LEAST = 34

export interface Overview {
  readonly element: HTMLElement
  show(scene: Scene | null): void
  /// Shapes that a search found.
  mark(found: ReadonlySet<number>): void
  look(camera: Transform, window: Size): void
}

/// How large the overview of a picture is.
export function overviewSize({ width, height }: Size): Size {
  const k = Math.min(MOST.width / Math.max(1, width), MOST.height / Math.max(1, height))
  return { width: Math.max(LEAST, Math.round(k * width)), height: Math.max(LEAST, Math.round(k * height)) }
}

/// Shortest side of the frame.
const FRAME = 8

/// The frame around what a window shows, in the overview, and never too small to be seen.
export function frameOf(sight: Rect, picture: Size, overview: Size): Rect {
  const [kx, ky] = [overview.width / Math.max(1, picture.width), overview.height / Math.max(1, picture.height)]
  const side = (start: number, length: number, room: number): readonly [number, number] => {
    const seen = Math.max(FRAME, Math.min(room, start + length) - Math.max(0, start))
    const middle = start + length / 2
    const from = seen > FRAME ? Math.max(0, start) : middle - FRAME / 2
    return [Math.max(0, Math.min(room - seen, from)), seen]
  }
  const [x, width] = side(kx * sight.x, kx * sight.width, overview.width)
  const [y, height] = side(ky * sight.y, ky * sight.height, overview.height)
  return { x, y, width, height }
}

/// `centre`: brings a point of the picture to the middle of the window.
export function createOverview(centre: (point: { readonly x: number; readonly y: number }) => void): Overview {
  const paper = html('canvas', { 'aria-hidden': 'true' })
  const frame = html('div', { class: 'gv-sight', 'aria-hidden': 'true' })
  const element = html(
    'div',
    { class: 'gv-overview', role: 'slider', tabindex: 0, 'aria-label': 'Overview: arrow keys move what the window shows', 'aria-orientation': 'vertical', 'aria-valuemin': 0, 'aria-valuemax': 100, hidden: true },
    paper,
    frame,
  )
  let scene: Scene | null = null
  let found: ReadonlySet<number> = new Set()
  let size: Size = { width: 0, height: 0 }
  let sight: Rect = { x: 0, y: 0, width: 0, height: 0 }

  function draw(): void {
    if (!scene) return
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1)
    paper.width = Math.round(size.width * ratio)
    paper.height = Math.round(size.height * ratio)
    const ctx = paper.getContext('2d')
    if (!ctx) return
    const [kx, ky] = [paper.width / scene.width, paper.height / scene.height]
    const look = getComputedStyle(element)
    const tones = { usual: look.getPropertyValue('--dim'), strong: look.getPropertyValue('--ink'), found: look.getPropertyValue('--focus') }
    for (const { x, y, width, height, kind, head } of scene.nodes) {
      ctx.fillStyle = kind === 'leaf' || head ? tones.strong : tones.usual
      ctx.globalAlpha = kind === 'constant' || kind === 'cut' ? 0.3 : 0.5
      ctx.fillRect(kx * x, ky * y, Math.max(1, kx * width), Math.max(1, ky * height))
    }
    ctx.globalAlpha = 1
    ctx.fillStyle = tones.found
    for (const { node, x, y, width, height } of scene.nodes) if (found.has(node)) ctx.fillRect(kx * x, ky * y, Math.max(2, kx * width), Math.max(2, ky * height))
  }

  function press(event: PointerEvent): void {
    if (!scene || event.buttons === 0) return
    const { left, top } = element.getBoundingClientRect()
    centre({ x: ((event.clientX - left) / size.width) * scene.width, y: ((event.clientY - top) / size.height) * scene.height })
  }

  element.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    element.focus({ preventScroll: true })
    element.setPointerCapture(event.pointerId)
    press(event)
  })
  element.addEventListener('pointermove', press)
  element.addEventListener('keydown', (event) => {
    if (!scene || event.ctrlKey || event.metaKey || event.altKey) return
    const [cx, cy] = [sight.x + sight.width / 2, sight.y + sight.height / 2]
    const [dx, dy] = [sight.width / 4, sight.height / 4]
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [cx, cy - dy], ArrowDown: [cx, cy + dy], ArrowLeft: [cx - dx, cy], ArrowRight: [cx + dx, cy],
      PageUp: [cx, cy - 4 * dy], PageDown: [cx, cy + 4 * dy], Home: [cx, 0], End: [cx, scene.height],
    }
    const to = moves[event.key]
    if (!to) return
    event.preventDefault()
    event.stopPropagation()
    centre({ x: Math.min(scene.width, Math.max(0, to[0])), y: Math.min(scene.height, Math.max(0, to[1])) })
  })

  return {
    element,
    show(next) {
      scene = next
      if (!next) return void (element.hidden = true)
      size = overviewSize(next)
      element.style.width = `${size.width}px`
      element.style.height = `${size.height}px`
      draw()
    },
    mark(marked) {
      if (marked.size === 0 && found.size === 0) return
      found = marked
      draw()
    },
    look(camera, window) {
      if (!scene) return
      sight = visibleRect(camera, window)
      // Nothing is to be overlooked where the window shows nearly all.
      element.hidden = window.width === 0 || (sight.width >= 0.8 * scene.width && sight.height >= 0.8 * scene.height)
      const { x, y, width, height } = frameOf(sight, scene, size)
      frame.style.transform = `translate(${x}px, ${y}px)`
      frame.style.width = `${width}px`
      frame.style.height = `${height}px`
      const part = (start: number, length: number, whole: number): readonly [number, number] => {
        const percent = (at: number): number => Math.round(100 * Math.min(1, Math.max(0, at / whole)))
        return [percent(start), percent(start + length)]
      }
      const [down, across] = [part(sight.y, sight.height, scene.height), part(sight.x, sight.width, scene.width)]
      element.setAttribute('aria-valuenow', String(down[0]))
      element.setAttribute('aria-valuetext', `from ${down.join(' to ')} percent of the height, ${across.join(' to ')} percent of the width`)
    },
  }
}
