/// Frames of rolled loops: border and heading behind the picture; above it the button that unrolls the loop, and the curve of
/// the gradient's norm, which is a slider through the turns. Elements stay while a frame stays, so focus and drag do.

import { CURVE, type Scene, type SceneCurve, type SceneFrame } from '../graph'
import { svg } from './dom'

export interface FrameActions {
  /// The reader wants to see a turn of a loop.
  onTurn(frame: string, index: number): void
  onUnroll(loop: string): void
}

interface Drawn {
  frame: SceneFrame
  readonly back: SVGGElement
  readonly front: SVGGElement
  readonly button: SVGGElement
  readonly slider: SVGGElement
}

export interface Frames {
  readonly back: SVGGElement
  readonly front: SVGGElement
  update(scene: Scene | null): void
}

export function createFrames(act: FrameActions): Frames {
  const back = svg('g', { class: 'gv-frames', 'aria-hidden': 'true' })
  const front = svg('g', { class: 'gv-frame-controls' })
  let drawn = new Map<string, Drawn>()

  function make(frame: SceneFrame): Drawn {
    const own: Drawn = {
      frame,
      back: svg('g', { class: 'gv-frame' }),
      front: svg('g', { class: 'gv-frame-control', role: 'group' }),
      button: svg('g', { class: 'gv-unroll', role: 'button', tabindex: 0 }),
      slider: svg('g', { class: 'gv-turns', role: 'slider', tabindex: 0 }),
    }
    own.front.append(own.button, own.slider)
    const unroll = (): void => act.onUnroll(own.frame.loop)
    own.button.addEventListener('click', (event) => {
      event.stopPropagation()
      unroll()
    })
    own.button.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      event.stopPropagation()
      unroll()
    })
    const to = (index: number): void => act.onTurn(own.frame.key, Math.max(0, Math.min(own.frame.count - 1, index)))
    own.slider.addEventListener('keydown', (event) => {
      const { index, count } = own.frame
      const next = turnOfKey(event.key, index, count)
      if (next === null || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      event.stopPropagation()
      to(next)
    })
    // The picture must not be panned by what moves the slider.
    for (const name of ['mousedown', 'touchstart', 'dblclick', 'click']) own.slider.addEventListener(name, (event) => event.stopPropagation())
    own.slider.addEventListener('pointerdown', (event) => {
      event.stopPropagation()
      own.slider.setPointerCapture(event.pointerId)
      to(turnAt(own, event))
    })
    own.slider.addEventListener('pointermove', (event) => {
      if (!own.slider.hasPointerCapture(event.pointerId)) return
      const index = turnAt(own, event)
      if (index !== own.frame.index) to(index)
    })
    return own
  }

  function turnAt({ frame, slider }: Drawn, event: PointerEvent): number {
    const rect = slider.querySelector('.gv-curve-plot')?.getBoundingClientRect()
    if (!rect || rect.width === 0) return frame.index
    return Math.round(((event.clientX - rect.left) / rect.width) * (frame.count - 1))
  }

  function draw(own: Drawn): void {
    const { x, y, width, height, title, times, place, curves, index, count, label } = own.frame
    own.back.replaceChildren(
      svg('rect', { x, y, width, height, rx: 14 }),
      svg('text', { class: 'gv-frame-title', x: x + 14, y: y + 21 }, `⟳ ${title}`, svg('tspan', { class: 'gv-frame-times', dx: 8 }, times), svg('tspan', { class: 'gv-frame-place', dx: 10 }, place)),
      ...curves.flatMap((curve, k) => (k === 0 ? [] : [svg('g', { class: 'gv-turns' }, ...drawCurve(curve))])),
    )
    own.front.setAttribute('aria-label', label)
    own.button.setAttribute('aria-label', `Unroll ${title}`)
    const wide = 62
    own.button.setAttribute('transform', `translate(${x + width - wide - 10} ${y + 7})`)
    own.button.replaceChildren(svg('rect', { width: wide, height: 21, rx: 10.5 }), svg('text', { x: wide / 2, y: 14.5, 'text-anchor': 'middle' }, 'unroll'))
    const [first] = curves
    own.slider.toggleAttribute('hidden', !first)
    own.slider.style.display = first ? '' : 'none'
    if (!first) return
    own.slider.setAttribute('aria-label', `Turn of ${title}`)
    own.slider.setAttribute('aria-valuemin', '1')
    own.slider.setAttribute('aria-valuemax', String(count))
    own.slider.setAttribute('aria-valuenow', String(index + 1))
    own.slider.setAttribute('aria-valuetext', `${place}; gradient of ${first.name} ${first.curve.words}`)
    own.slider.replaceChildren(svg('rect', { class: 'gv-curve-hit', x: first.x - 6, y: first.y - 2, width: CURVE.width + 12, height: CURVE.height + CURVE.caption + CURVE.words + 4, rx: 6 }), ...drawCurve(first))
  }

  return {
    back,
    front,
    update(scene) {
      const frames = scene?.frames ?? []
      const next = new Map<string, Drawn>()
      for (const frame of frames) {
        const own = drawn.get(frame.key) ?? make(frame)
        own.frame = frame
        draw(own)
        next.set(frame.key, own)
      }
      if ([...next.keys()].join('\n') !== [...drawn.keys()].join('\n')) {
        back.replaceChildren(...[...next.values()].map((one) => one.back))
        front.replaceChildren(...[...next.values()].map((one) => one.front))
      }
      drawn = next
    },
  }
}

/// Where a key leads from a turn; null when it leads nowhere.
export function turnOfKey(key: string, index: number, count: number): number | null {
  const far = Math.max(1, Math.round(count / 10))
  const to: Readonly<Record<string, number>> = {
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    PageUp: index + far,
    PageDown: index - far,
    Home: 0,
    End: count - 1,
  }
  const found = to[key]
  return found === undefined ? null : Math.max(0, Math.min(count - 1, found))
}

/// Caption, line, marks of what is not finite, the turn that is looked at, and words.
function drawCurve({ x, y, name, curve }: SceneCurve): readonly SVGElement[] {
  const top = y + CURVE.caption
  const at = (px: number, py: number): string => `${round(x + px * CURVE.width)} ${round(top + (1 - py) * CURVE.height)}`
  const lines = curve.pieces.map((piece) => {
    const [first] = piece
    const path = piece.map((point, i) => `${i === 0 ? 'M' : 'L'}${at(point.x, point.y)}`).join('')
    return svg('path', { class: 'gv-curve-line', d: piece.length === 1 && first ? `${path}h0.1` : path })
  })
  const odd = curve.odd.map((one) => svg('path', { class: 'gv-curve-odd', d: `M${at(one.x, 1)}m-3 0l6 6m0 -6l-6 6` }))
  const here = svg('path', { class: 'gv-curve-here', d: `M${at(curve.here.x, 0)}V${round(top)}` })
  const dot = curve.here.y === null ? [] : [svg('circle', { class: 'gv-curve-dot', cx: round(x + curve.here.x * CURVE.width), cy: round(top + (1 - curve.here.y) * CURVE.height), r: 4.5 })]
  return [
    svg('text', { class: 'gv-curve-name', x, y: y + 10 }, `‖∂${name}‖${curve.log ? ' log' : ''}`),
    ...(curve.tone === 'calm' ? [] : [svg('text', { class: 'gv-curve-words is-odd', x: x + CURVE.width, y: y + 10, 'text-anchor': 'end' }, TONES[curve.tone])]),
    svg('rect', { class: 'gv-curve-plot', x, y: top, width: CURVE.width, height: CURVE.height, rx: 3 }),
    ...lines,
    ...odd,
    here,
    ...dot,
    svg('text', { class: 'gv-curve-words', x, y: top + CURVE.height + 12 }, curve.short),
  ]
}

const TONES = { vanishing: 'vanishes', exploding: 'explodes', broken: 'broken' } as const

function round(value: number): number {
  return Math.round(value * 10) / 10
}
