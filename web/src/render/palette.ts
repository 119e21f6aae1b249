/// Colours and strokes of the canvas, read from the stylesheet of the SVG: both painters look alike in every theme.

import type { BadgeTone, SceneEdge, SceneNode, TextRole } from '../graph'
import { edgeClass, nodeClass } from './draw'
import { svg } from './dom'

export interface Stroke {
  readonly fill: string
  readonly stroke: string
  readonly width: number
  readonly dash: readonly number[]
  readonly opacity: number
}

export interface NodeLook {
  readonly box: Stroke
  readonly ring: Stroke
  readonly texts: Readonly<Record<TextRole, { readonly fill: string; readonly font: string }>>
}

export interface EdgeLook {
  readonly line: Stroke
  readonly head: string
  readonly plate: Stroke
  readonly plateText: { readonly fill: string; readonly font: string }
}

export interface Palette {
  /// `extra`: more class names, each with a space before it.
  readonly node: (node: SceneNode, extra: string) => NodeLook
  readonly edge: (edge: SceneEdge) => EdgeLook
  readonly badge: (tone: BadgeTone) => EdgeLook['plateText'] & { readonly plate: Stroke }
  readonly background: () => string
  readonly ink: () => string
  /// Another theme: everything is read anew.
  readonly forget: () => void
}

const ROLES: readonly TextRole[] = ['title', 'name', 'detail', 'tag', 'value', 'grad']

/// Samples are drawn into `host`, an SVG of the graph that nobody sees.
export function createPalette(host: SVGGElement): Palette {
  const nodes = new Map<string, NodeLook>()
  const edges = new Map<string, EdgeLook>()
  const badges = new Map<BadgeTone, ReturnType<Palette['badge']>>()
  const properties = new Map<string, string>()

  const sampled = <T>(sample: SVGElement, read: () => T): T => {
    host.append(sample)
    const look = read()
    sample.remove()
    return look
  }

  const property = (name: string): string => {
    const value = properties.get(name) ?? getComputedStyle(host).getPropertyValue(name).trim()
    properties.set(name, value)
    return value
  }

  return {
    node(node, extra) {
      const name = `${nodeClass(node)}${extra}`
      const known = nodes.get(name)
      if (known) return known
      const [box, ring] = [svg('rect', { class: 'gv-box' }), svg('rect', { class: 'gv-ring' })]
      const texts = ROLES.map((role) => svg('text', { class: `gv-${role}` }, 'x'))
      const group = svg('g', { class: name }, ring, box, ...texts)
      const look = sampled(group, () => {
        const opacity = Number(getComputedStyle(group).opacity)
        return {
          box: strokeOf(box, opacity),
          ring: strokeOf(ring, opacity),
          texts: Object.fromEntries(ROLES.map((role, i) => [role, textOf(texts[i] ?? box)])) as NodeLook['texts'],
        }
      })
      nodes.set(name, look)
      return look
    },
    edge(edge) {
      const name = edgeClass(edge)
      const known = edges.get(name)
      if (known) return known
      const strong = (edge.lit || edge.phase === 'current') && edge.role !== 'cut'
      const line = svg('path', { d: 'M0 0' })
      const head = svg('path', { class: `gv-arrow-${edge.role}${strong ? '-lit' : ''}` })
      const [rect, text] = [svg('rect'), svg('text', {}, 'x')]
      const group = svg('g', { class: name }, line, svg('g', { class: 'gv-origin' }, rect, text))
      const outer = svg('g', {}, group, head)
      const look = sampled(outer, () => {
        const opacity = Number(getComputedStyle(group).opacity)
        return { line: strokeOf(line, opacity), head: getComputedStyle(head).fill, plate: strokeOf(rect, opacity), plateText: textOf(text) }
      })
      edges.set(name, look)
      return look
    },
    badge(tone) {
      const known = badges.get(tone)
      if (known) return known
      const [rect, text] = [svg('rect'), svg('text', {}, 'x')]
      const look = sampled(svg('g', { class: `gv-check is-${tone}` }, rect, text), () => ({ ...textOf(text), plate: strokeOf(rect, 1) }))
      badges.set(tone, look)
      return look
    },
    background: () => property('--bg'),
    ink: () => property('--ink'),
    forget() {
      nodes.clear()
      edges.clear()
      badges.clear()
      properties.clear()
    },
  }
}

function strokeOf(element: Element, opacity: number): Stroke {
  const { fill, stroke, strokeWidth, strokeDasharray } = getComputedStyle(element)
  return { fill, stroke, width: parseFloat(strokeWidth), dash: strokeDasharray === 'none' ? [] : strokeDasharray.split(/[ ,]+/).map(parseFloat), opacity }
}

function textOf(element: Element): { readonly fill: string; readonly font: string } {
  const { fill, fontWeight, fontSize, fontFamily } = getComputedStyle(element)
  return { fill, font: `${fontWeight} ${fontSize} ${fontFamily}` }
}
