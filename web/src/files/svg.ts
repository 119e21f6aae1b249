/// A scene as a file of SVG that needs nothing else: no style sheet, no script, colours and fonts as plain attributes,
/// so that it also looks right in a text processor.

import type { Scene, SceneEdge, SceneNode, ScenePlate, SceneText } from '../graph'
import { escaped } from './escaped'
import { LIGHT, mix, type Palette } from './palette'
import { frameSvg } from './svg-frames'

export interface SvgOptions {
  readonly palette?: Palette
  /// Free room around the picture, in pixels.
  readonly margin?: number
}

const MONO = "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
const MARGIN = 16

export function svgOf(scene: Scene, { palette = LIGHT, margin = MARGIN }: SvgOptions = {}): string {
  const [width, height] = [scene.width + 2 * margin, scene.height + 2 * margin]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-margin} ${-margin} ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${escaped(MONO)}" font-size="11">`,
    `<title>${escaped(scene.label)}</title>`,
    `<desc>${escaped(scene.nodes.map(({ label }) => label).join('. '))}</desc>`,
    arrowHeads(palette),
    `<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="${palette.bg}"/>`,
    ...(scene.frames ?? []).map((frame) => frameSvg(frame, palette)),
    ...scene.edges.map((edge) => edgeSvg(edge, palette)),
    ...scene.nodes.map((node) => nodeSvg(node, palette)),
    ...scene.edges.map((edge) => noteSvg(edge, palette)),
    '</svg>',
    '',
  ].filter((part, i, all) => part !== '' || i === all.length - 1).join('\n')
}

// ----- Edges -----

interface Stroke {
  readonly color: string
  readonly width: number
  readonly dash?: string
  readonly head: string
}

function strokeOf({ role, lit, phase, carried }: SceneEdge, palette: Palette): Stroke {
  const strong = lit || phase === 'current'
  if (role === 'cut') return { color: palette.dim, width: 1.3, dash: '3 3', head: 'cut' }
  const [tone, share] = role === 'value' ? [palette.value, 58] : [palette.grad, 66]
  const color = strong ? tone : mix(tone, share, palette.bg)
  const usual = role === 'value' ? 1.6 : 1.4
  return { color, width: phase === 'current' && role === 'grad' ? 3 : strong ? 2.2 : usual, ...(carried ? { dash: '7 4' } : {}), head: strong ? `${role}-lit` : role }
}

function arrowHeads(palette: Palette): string {
  const heads: readonly (readonly [string, string])[] = [
    ['value', mix(palette.value, 58, palette.bg)],
    ['value-lit', palette.value],
    ['grad', mix(palette.grad, 66, palette.bg)],
    ['grad-lit', palette.grad],
    ['cut', palette.dim],
  ]
  const markers = heads.map(
    ([name, color]) =>
      `<marker id="${name}" viewBox="0 0 8 8" refX="7.4" refY="4" markerWidth="7.5" markerHeight="7.5" markerUnits="userSpaceOnUse" orient="auto"><path d="M0.5 0.8L7.6 4L0.5 7.2z" fill="${color}"/></marker>`,
  )
  return `<defs>${markers.join('')}</defs>`
}

function edgeSvg(edge: SceneEdge, palette: Palette): string {
  // What a step has not reached yet is not there.
  if (edge.phase === 'future' && edge.role === 'grad') return ''
  const { color, width, dash, head } = strokeOf(edge, palette)
  const opacity = edge.phase === 'future' ? 0.22 : edge.phase === 'absent' ? 0.4 : edge.lit || edge.active ? 1 : 0.55
  const parts = [
    `<path d="${edge.path}" fill="none" stroke="${color}" stroke-width="${width}"${dash ? ` stroke-dasharray="${dash}"` : ''} marker-end="url(#${head})"/>`,
    edge.plate ? plateSvg(edge.plate, palette) : '',
    edge.caption ? `<text x="${edge.caption.x}" y="${edge.caption.y}" fill="${palette.dim}">${escaped(edge.caption.text)}</text>` : '',
    edge.mark ? cutMark(edge.mark.x, edge.mark.y, palette) : '',
  ]
  return `<g${opacity < 1 ? ` opacity="${opacity}"` : ''}>${parts.join('')}</g>`
}

/// What a far producer is called, where its edge starts.
function plateSvg({ x, y, width, height, text }: ScenePlate, palette: Palette): string {
  const stroke = mix(palette.value, 45, palette.bg)
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${height / 2}" fill="${palette.bg}" stroke="${stroke}" stroke-width="1.1"/><text x="${x + width / 2}" y="${y + height / 2 + 4}" text-anchor="middle" font-weight="600" fill="${palette.ink}">${escaped(text)}</text>`
}

function cutMark(x: number, y: number, palette: Palette): string {
  return `<g transform="translate(${x} ${y})"><rect x="-9" y="-5" width="18" height="10" fill="${palette.bg}"/><path d="M-8 0.5L8 -6.5M-8 6.5L8 -0.5" fill="none" stroke="${palette.ink}" stroke-width="1.6" stroke-linecap="round"/></g>`
}

function noteSvg({ note, middle }: SceneEdge, palette: Palette): string {
  if (note === null) return ''
  const width = note.length * 6.7 + 14
  return `<g transform="translate(${middle.x} ${middle.y})"><rect x="${-width / 2}" y="-10" width="${width}" height="20" rx="6" fill="${palette.panel}" stroke="${palette.grad}" stroke-width="1.4"/><text y="4" text-anchor="middle" font-weight="600" fill="${palette.grad}">${escaped(note)}</text></g>`
}

// ----- Nodes -----

function nodeSvg(node: SceneNode, palette: Palette): string {
  const { fill, stroke, width, dash } = boxOf(node, palette)
  const dividers = node.dividers.map(({ x, y }) => `<path d="M${x} ${y}V${node.height - 8}" fill="none" stroke="${palette.line}"/>`)
  return [
    `<g transform="translate(${node.x} ${node.y})"${node.phase === 'future' ? ' opacity="0.38"' : ''}>`,
    `<title>${escaped(node.label)}</title>`,
    `<rect width="${node.width}" height="${node.height}" rx="${node.radius}" fill="${fill}" stroke="${stroke}" stroke-width="${width}"${dash ? ` stroke-dasharray="${dash}"` : ''}/>`,
    ...dividers,
    ...node.texts.map((text) => textSvg(text, node, palette)),
    '</g>',
  ].join('')
}

function boxOf(node: SceneNode, palette: Palette): { readonly fill: string; readonly stroke: string; readonly width: number; readonly dash?: string } {
  const faint = node.kind === 'constant' || node.kind === 'cut'
  const fill = node.backward ? mix(palette.gradSoft, 60, palette.panel) : faint || !node.active ? palette.bg : palette.panel
  if (node.phase === 'current') return { fill, stroke: palette.value, width: 2.4 }
  if (node.phase === 'back') return { fill, stroke: palette.grad, width: 2.4 }
  if (node.phase === 'target') return { fill: mix(palette.gradSoft, 55, palette.panel), stroke: palette.grad, width: 2.4 }
  if (node.phase === 'absent') return { fill: palette.bg, stroke: mix(palette.ink, 40, palette.bg), width: 1.2, dash: '2 3' }
  if (node.selected) return { fill, stroke: palette.ink, width: 2.2 }
  if (faint) return { fill, stroke: mix(palette.ink, 48, palette.bg), width: 1.2, dash: '4 3.5' }
  if (!node.active) return { fill, stroke: mix(palette.ink, 15, palette.bg), width: 1.2 }
  if (node.head) return { fill, stroke: palette.ink, width: 1.7 }
  if (node.backward) return { fill, stroke: mix(palette.grad, 60, palette.panel), width: 1.2 }
  return node.kind === 'leaf' ? { fill, stroke: palette.ink, width: 1.7 } : { fill, stroke: mix(palette.ink, 26, palette.panel), width: 1.2 }
}

function textSvg({ x, y, role, text }: SceneText, { active }: SceneNode, palette: Palette): string {
  const color = role === 'value' ? palette.value : role === 'grad' ? palette.grad : role === 'detail' || role === 'tag' || !active ? palette.dim : palette.ink
  const form = role === 'title' ? ` font-size="13" font-weight="650"` : role === 'name' ? ` font-weight="600"` : ''
  return `<text x="${x}" y="${y}" fill="${color}" xml:space="preserve"${form}>${escaped(text)}</text>`
}
