/// Frames of rolled loops in a file of SVG: border, heading, and the curve of the gradient's norm through the turns. As
/// `render/frames.ts` draws them, without what can be pressed.

import { CURVE, type SceneCurve, type SceneFrame } from '../graph'
import { mix, type Palette } from './palette'
import { escaped } from './escaped'

export function frameSvg({ x, y, width, height, title, times, place, curves }: SceneFrame, palette: Palette): string {
  const fill = mix(palette.gradSoft, 34, palette.bg)
  const stroke = mix(palette.ink, 42, palette.bg)
  return [
    `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="14" fill="${fill}" stroke="${stroke}" stroke-width="1.2" stroke-dasharray="6 4"/>`,
    // A sign of its own: where the font lacks it, some programs draw a whole text in the font that has it.
    `<text x="${x + 14}" y="${y + 21}" font-size="12" fill="${palette.ink}">⟳</text>`,
    `<text x="${x + 32}" y="${y + 21}" font-size="12" font-weight="650" fill="${palette.ink}">${escaped(title)}<tspan dx="8" fill="${palette.grad}">${escaped(times)}</tspan><tspan dx="10" font-weight="400" fill="${palette.dim}">${escaped(place)}</tspan></text>`,
    ...curves.map((curve) => curveSvg(curve, palette)),
    '</g>',
  ].join('')
}

const TONES = { vanishing: 'vanishes', exploding: 'explodes', broken: 'broken' } as const

function curveSvg({ x, y, name, curve }: SceneCurve, palette: Palette): string {
  const top = y + CURVE.caption
  const across = (part: number): number => round(x + part * CURVE.width)
  const up = (part: number): number => round(top + (1 - part) * CURVE.height)
  const lines = curve.pieces.map((piece) => {
    const path = piece.map((point, i) => `${i === 0 ? 'M' : 'L'}${across(point.x)} ${up(point.y)}`).join('')
    return `<path d="${path}${piece.length === 1 ? 'h0.1' : ''}" fill="none" stroke="${palette.grad}" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"/>`
  })
  const odd = curve.odd.map((one) => `<path d="M${across(one.x)} ${up(1)}m-3 0l6 6m0 -6l-6 6" fill="none" stroke="${palette.ink}" stroke-width="1.6"/>`)
  const dot = curve.here.y === null ? '' : `<circle cx="${across(curve.here.x)}" cy="${up(curve.here.y)}" r="4.5" fill="${palette.grad}" stroke="${palette.bg}" stroke-width="1.5"/>`
  return [
    `<text x="${x}" y="${y + 10}" font-weight="600" fill="${palette.grad}">${escaped(`‖∂${name}‖${curve.log ? ' log' : ''}`)}</text>`,
    curve.tone === 'calm' ? '' : `<text x="${x + CURVE.width}" y="${y + 10}" text-anchor="end" font-weight="650" fill="${palette.ink}">${TONES[curve.tone]}</text>`,
    `<rect x="${x}" y="${top}" width="${CURVE.width}" height="${CURVE.height}" rx="3" fill="${mix(palette.panel, 75, palette.bg)}" stroke="${palette.line}"/>`,
    ...lines,
    ...odd,
    `<path d="M${across(curve.here.x)} ${up(0)}V${top}" fill="none" stroke="${palette.ink}" stroke-dasharray="2 2"/>`,
    dot,
    `<text x="${x}" y="${top + CURVE.height + 12}" fill="${palette.dim}">${escaped(curve.short)}</text>`,
  ].join('')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
