/// Draws shapes of a scene on a canvas in small pieces, so that a frame can end between any two of them.

import { isStraight, type BadgeTone, type Scene, type SceneEdge, type SceneNode } from '../graph'
import { SIZE as BADGE } from './badges'
import { SIGNS } from './card'
import type { EdgeLook, NodeLook, Palette, Stroke } from './palette'

export interface Shapes {
  /// Positions in the scene.
  readonly nodes: readonly number[]
  readonly edges: readonly number[]
}

/// What stands on nodes for the moment: more class names, each with a space before it, and how a check went.
export interface Signs {
  readonly extraOf: (node: number) => string
  readonly badgeOf: (node: number) => BadgeTone | null
}

/// Scales from which on there is more to see: heads of arrows, titles, all text.
export const LEVEL = { arrows: 0.22, titles: 0.3, texts: 0.42 } as const
/// Thinnest line on the screen: far away, a line that keeps to its scale is not seen.
const THINNEST = 0.55
const PIECE = 250
const HEAD = 7.5

/// `ctx` is in units of the picture, `k` pixels each.
export function* strokes(ctx: CanvasRenderingContext2D, scene: Scene, shapes: Shapes, palette: Palette, k: number, signs: Signs): Generator<void> {
  const least = THINNEST / k
  yield* drawEdges(ctx, scene, shapes.edges, palette, k, least)
  yield* drawNodes(ctx, scene, shapes.nodes, palette, k, least, signs)
}

function* drawEdges(ctx: CanvasRenderingContext2D, scene: Scene, positions: readonly number[], palette: Palette, k: number, least: number): Generator<void> {
  const looks = new Map<EdgeLook, SceneEdge[]>()
  for (const e of positions) {
    const edge = scene.edges[e]
    if (!edge) continue
    const look = palette.edge(edge)
    const alike = looks.get(look)
    if (alike) alike.push(edge)
    else looks.set(look, [edge])
  }
  for (const [look, edges] of looks) {
    if (look.line.opacity === 0) continue
    for (let first = 0; first < edges.length; first += PIECE) {
      const piece = edges.slice(first, first + PIECE)
      take(ctx, look.line, least)
      ctx.beginPath()
      for (const { points } of piece) trace(ctx, points, k)
      ctx.stroke()
      if (k >= LEVEL.arrows) {
        ctx.setLineDash([])
        ctx.fillStyle = look.head
        ctx.beginPath()
        for (const { points } of piece) arrow(ctx, points)
        ctx.fill()
        for (const edge of piece) if (edge.mark) cut(ctx, edge.mark, palette)
      }
      yield
    }
    const plates = edges.filter(({ plate }) => plate !== null)
    for (let first = 0; first < plates.length && k >= 0.06; first += PIECE) {
      const piece = plates.slice(first, first + PIECE)
      take(ctx, look.plate, least)
      ctx.beginPath()
      for (const { plate } of piece) if (plate) ctx.roundRect(plate.x, plate.y, plate.width, plate.height, plate.height / 2)
      ctx.fill()
      ctx.stroke()
      if (k >= LEVEL.titles) {
        ctx.fillStyle = look.plateText.fill
        ctx.font = look.plateText.font
        ctx.textAlign = 'center'
        for (const { plate } of piece) if (plate) ctx.fillText(plate.text, plate.x + plate.width / 2, plate.y + plate.height / 2 + 4)
        ctx.textAlign = 'start'
      }
      yield
    }
  }
  ctx.globalAlpha = 1
  ctx.setLineDash([])
}

/// The same way as `pathOf` writes it; from far away an S is a line.
function trace(ctx: CanvasRenderingContext2D, points: SceneEdge['points'], k: number): void {
  points.forEach((point, i) => {
    const before = points[i - 1]
    if (!before) return ctx.moveTo(point.x, point.y)
    if (k < 0.1 || isStraight(before, point)) return ctx.lineTo(point.x, point.y)
    const middle = (before.y + point.y) / 2
    ctx.bezierCurveTo(before.x, middle, point.x, middle, point.x, point.y)
  })
}

/// Edges end vertically: the head points the way that the last piece goes.
function arrow(ctx: CanvasRenderingContext2D, points: SceneEdge['points']): void {
  const [before, end] = [points.at(-2), points.at(-1)]
  if (!before || !end) return
  const back = end.y >= before.y ? -HEAD : HEAD
  ctx.moveTo(end.x, end.y)
  ctx.lineTo(end.x - 0.4 * HEAD, end.y + back)
  ctx.lineTo(end.x + 0.4 * HEAD, end.y + back)
  ctx.closePath()
}

function cut(ctx: CanvasRenderingContext2D, { x, y }: { readonly x: number; readonly y: number }, palette: Palette): void {
  ctx.fillStyle = palette.background()
  ctx.fillRect(x - 9, y - 5, 18, 10)
  ctx.beginPath()
  for (const down of [0.5, 6.5]) {
    ctx.moveTo(x - 8, y + down)
    ctx.lineTo(x + 8, y + down - 7)
  }
  ctx.strokeStyle = palette.ink()
  ctx.lineWidth = 1.6
  ctx.stroke()
}

function* drawNodes(ctx: CanvasRenderingContext2D, scene: Scene, positions: readonly number[], palette: Palette, k: number, least: number, signs: Signs): Generator<void> {
  const looks = new Map<NodeLook, SceneNode[]>()
  for (const i of positions) {
    const node = scene.nodes[i]
    if (!node) continue
    const look = palette.node(node, signs.extraOf(node.node))
    const alike = looks.get(look)
    if (alike) alike.push(node)
    else looks.set(look, [node])
  }
  for (const [look, nodes] of looks) {
    for (let first = 0; first < nodes.length; first += PIECE) {
      const piece = nodes.slice(first, first + PIECE)
      boxes(ctx, piece, look, k, least)
      if (k >= LEVEL.titles) texts(ctx, piece, look, k >= LEVEL.texts)
      if (k >= 0.05) badges(ctx, piece, palette, signs, k)
      yield
    }
  }
  ctx.globalAlpha = 1
  ctx.setLineDash([])
}

function boxes(ctx: CanvasRenderingContext2D, nodes: readonly SceneNode[], look: NodeLook, k: number, least: number): void {
  if (look.ring.stroke !== 'none') {
    take(ctx, look.ring, 6 * least)
    ctx.beginPath()
    for (const { x, y, width, height, radius } of nodes) ctx.roundRect(x - 4, y - 4, width + 8, height + 8, radius + 4)
    ctx.stroke()
  }
  take(ctx, look.box, least)
  if (k < 0.05) {
    // Boxes of a few pixels are dots in the colour of their border.
    ctx.fillStyle = look.box.stroke
    for (const { x, y, width, height } of nodes) ctx.fillRect(x, y, Math.max(width, 2 * least), Math.max(height, 2 * least))
    return
  }
  ctx.beginPath()
  for (const { x, y, width, height, radius } of nodes) {
    if (k < 0.15) ctx.rect(x, y, width, height)
    else ctx.roundRect(x, y, width, height, radius)
  }
  ctx.fill()
  ctx.stroke()
  if (k < LEVEL.titles) return
  ctx.lineWidth = 1
  ctx.beginPath()
  for (const { x, y, height, dividers } of nodes) {
    for (const divider of dividers) {
      ctx.moveTo(x + divider.x, y + divider.y)
      ctx.lineTo(x + divider.x, y + height - 8)
    }
  }
  ctx.stroke()
}

function texts(ctx: CanvasRenderingContext2D, nodes: readonly SceneNode[], look: NodeLook, all: boolean): void {
  for (const [role, { fill, font }] of Object.entries(look.texts)) {
    if (!all && role !== 'title') continue
    ctx.fillStyle = fill
    ctx.font = font
    for (const node of nodes) for (const text of node.texts) if (text.role === role) ctx.fillText(text.text, node.x + text.x, node.y + text.y)
  }
}

function badges(ctx: CanvasRenderingContext2D, nodes: readonly SceneNode[], palette: Palette, { badgeOf }: Signs, k: number): void {
  for (const node of nodes) {
    const tone = badgeOf(node.node)
    if (tone === null) continue
    const { plate, fill, font } = palette.badge(tone)
    const [x, y] = [node.x + node.width - BADGE + 5, node.y - 6]
    ctx.globalAlpha = 1
    ctx.fillStyle = plate.fill
    ctx.beginPath()
    ctx.roundRect(x, y, BADGE, BADGE, tone === 'ok' ? BADGE / 2 : 3)
    ctx.fill()
    if (plate.stroke !== 'none') {
      take(ctx, plate, 0)
      ctx.stroke()
    }
    if (k < LEVEL.titles) continue
    ctx.fillStyle = fill
    ctx.font = font
    ctx.textAlign = 'center'
    ctx.fillText(SIGNS[tone], x + BADGE / 2, y + BADGE / 2 + 4)
    ctx.textAlign = 'start'
  }
}

function take(ctx: CanvasRenderingContext2D, { fill, stroke, width, dash, opacity }: Stroke, least: number): void {
  ctx.globalAlpha = opacity
  ctx.fillStyle = fill === 'none' ? 'transparent' : fill
  ctx.strokeStyle = stroke === 'none' ? 'transparent' : stroke
  ctx.lineWidth = Math.max(width, least)
  ctx.setLineDash(dash as number[])
}
