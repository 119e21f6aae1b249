/// Paints a scene of very many shapes on a canvas. Only what the window shows is drawn. Where that is little, each frame
/// draws it; where it is much, frames copy a drawing that is larger than the window, and a new one is made in pieces
/// between them, so that panning stays smooth however much there is. Keyboard and screen readers find the node that has the
/// focus as an element above the canvas.

import type { Badge, Scene } from '../graph'
import { drawButton, drawNotes } from './draw'
import { svg } from './dom'
import { visibleRect, type Size, type Transform } from './fit'
import { createPalette } from './palette'
import type { Painter } from './painter'
import { spaceOf, type Space } from './space'
import { strokes, type Shapes, type Signs } from './strokes'

/// Up to this many visible shapes, with their text, are drawn anew in each frame: some 5 ms.
const DIRECT = 700
/// Milliseconds of each frame for the next drawing.
const SLICE = 6
/// Room of a drawing on each side, as a part of the window.
const ROOM = 0.35

interface Sheet {
  readonly ctx: CanvasRenderingContext2D
  camera: Transform
  /// Size and place in the window at that camera, in CSS pixels.
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface CanvasPainter extends Painter {
  /// The theme changed.
  recolour(): void
  hover(node: number | null): void
}

export function createCanvasPainter(surface: SVGSVGElement, layer: SVGGElement, paper: HTMLCanvasElement, probe: SVGGElement): CanvasPainter {
  /// Most pictures are never drawn on it.
  let opened: CanvasRenderingContext2D | null = null
  const pen = (): CanvasRenderingContext2D => (opened ??= contextOf(paper))
  const palette = createPalette(probe)
  let scene: Scene | null = null
  let space: Space | null = null
  let position = new Map<number, number>()
  let camera: Transform = { k: 1, x: 0, y: 0 }
  let size: Size = { width: 0, height: 0 }
  let sheet: Sheet | null = null
  let spare: HTMLCanvasElement | null = null
  let job: { readonly sheet: Sheet; readonly work: Generator<void> } | null = null
  let frame = 0
  let found: ReadonlySet<number> = new Set()
  let hovered: number | null = null
  /// What stands out is drawn in every frame: it changes often.
  let hot: Shapes = { nodes: [], edges: [] }
  let stop = -1

  let lit: ReadonlySet<number> = new Set()
  let badges: ReadonlyMap<number, Badge> = new Map()

  const signs: Signs = {
    extraOf: (node) => `${found.has(node) ? ' is-found' : ''}${lit.has(node) ? ' is-lit' : ''}${node === hovered ? ' is-hovered' : ''}`,
    badgeOf: (node) => badges.get(node)?.tone ?? null,
  }
  const ratio = (): number => Math.min(2, globalThis.devicePixelRatio || 1)

  function soon(): void {
    if (frame === 0) frame = requestAnimationFrame(paint)
  }

  function paint(): void {
    frame = 0
    if (!scene || !space || size.width === 0) return
    const shapes = space.within(visibleRect(camera, size))
    const paperCtx = pen()
    paperCtx.setTransform(1, 0, 0, 1, 0, 0)
    if (shapes.nodes.length + shapes.edges.length <= DIRECT) {
      job = sheet = null
      paperCtx.clearRect(0, 0, paper.width, paper.height)
      run(drawn(paperCtx, scene, shapes, camera))
    } else {
      // The very first drawing is waited for; later ones replace it when they are done.
      if (!sheet) {
        sheet = newSheet()
        run(workOn(sheet))
        job = null
      }
      if (job ? !near(job.sheet) : !fits(sheet)) job = started()
      if (job && slice(job.work)) {
        spare = sheet.ctx.canvas
        ;[sheet, job] = [job.sheet, null]
      }
      copy(sheet)
      if (job || !fits(sheet)) soon()
    }
    overlay(paperCtx)
  }

  function started(): typeof job {
    const next = newSheet()
    return { sheet: next, work: workOn(next) }
  }

  function slice(work: Generator<void>): boolean {
    const until = performance.now() + SLICE
    while (performance.now() < until) if (work.next().done) return true
    return false
  }

  function run(work: Generator<void>): void {
    while (!work.next().done);
  }

  function newSheet(): Sheet {
    const [left, top] = [Math.round(ROOM * size.width), Math.round(ROOM * size.height)]
    const [width, height] = [size.width + 2 * left, size.height + 2 * top]
    const canvas = spare ?? document.createElement('canvas')
    spare = null
    const [w, h] = [Math.round(width * ratio()), Math.round(height * ratio())]
    if (canvas.width !== w) canvas.width = w
    if (canvas.height !== h) canvas.height = h
    const ctx = contextOf(canvas)
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, w, h)
    return { ctx, camera, left, top, width, height }
  }

  function workOn(target: Sheet): Generator<void> {
    const at = { ...target.camera, x: target.camera.x + target.left, y: target.camera.y + target.top }
    const shapes = space?.within(visibleRect(at, target)) ?? { nodes: [], edges: [] }
    return scene ? drawn(target.ctx, scene, shapes, at) : NOTHING()
  }

  function drawn(ctx: CanvasRenderingContext2D, picture: Scene, shapes: Shapes, at: Transform): Generator<void> {
    const r = ratio()
    ctx.setTransform(r * at.k, 0, 0, r * at.k, r * at.x, r * at.y)
    return strokes(ctx, picture, shapes, palette, at.k, signs)
  }

  /// Whether a drawing can stand for what the camera sees without being blurred or cut off.
  function fits({ camera: at, left, top }: Sheet): boolean {
    return at.k === camera.k && Math.abs(camera.x - at.x) <= left && Math.abs(camera.y - at.y) <= top
  }

  /// Whether a drawing that is under way is worth finishing.
  function near({ camera: at, width, height }: Sheet): boolean {
    const grown = camera.k / at.k
    return grown > 0.6 && grown < 1.7 && Math.abs(camera.x - at.x) < width && Math.abs(camera.y - at.y) < height
  }

  function copy({ ctx, camera: at, left, top, width, height }: Sheet): void {
    const [r, grown] = [ratio(), camera.k / at.k]
    const paperCtx = pen()
    paperCtx.setTransform(1, 0, 0, 1, 0, 0)
    paperCtx.clearRect(0, 0, paper.width, paper.height)
    paperCtx.imageSmoothingEnabled = grown !== 1
    const [x, y] = [camera.x - grown * (at.x + left), camera.y - grown * (at.y + top)]
    paperCtx.drawImage(ctx.canvas, Math.round(r * x), Math.round(r * y), r * grown * width, r * grown * height)
  }

  function overlay(ctx: CanvasRenderingContext2D): void {
    if (!scene) return
    const over = hovered === null ? undefined : position.get(hovered)
    const nodes = over === undefined || hot.nodes.includes(over) ? hot.nodes : [...hot.nodes, over]
    if (nodes.length + hot.edges.length === 0) return
    const r = ratio()
    ctx.setTransform(r * camera.k, 0, 0, r * camera.k, r * camera.x, r * camera.y)
    run(strokes(ctx, scene, { nodes, edges: hot.edges }, palette, camera.k, signs))
  }

  function heat(): void {
    const nodes: number[] = []
    const edges: number[] = []
    scene?.nodes.forEach(({ node, selected, phase }, i) => {
      if (selected || (phase !== null && phase !== 'future') || found.has(node) || lit.has(node)) nodes.push(i)
    })
    scene?.edges.forEach(({ lit, phase }, e) => {
      if (lit || (phase !== null && phase !== 'future')) edges.push(e)
    })
    // Of a much used array not every edge stands out over the drawing.
    hot = { nodes: nodes.slice(0, 400), edges: edges.slice(0, 400) }
  }

  function anew(): void {
    heat()
    job = null
    if (sheet) job = started()
    placeStop(false)
    soon()
  }

  function placeStop(focus: boolean): void {
    const node = scene?.nodes[position.get(stop) ?? -1]
    const had = layer.contains(document.activeElement)
    // Words on edges are few: they are elements too, and so above everything.
    const notes = svg('g', { class: 'gv-notes', 'aria-hidden': 'true' }, ...(scene ? drawNotes(scene) : []))
    if (!node) return layer.replaceChildren(notes)
    const button = drawButton(node)
    button.setAttribute('tabindex', '0')
    const badge = badges.get(node.node)
    if (badge) button.setAttribute('aria-description', `check: ${badge.word}`)
    layer.replaceChildren(svg('g', { class: 'gv-stop', transform: `translate(${node.x} ${node.y})`, 'data-node': node.node }, button), notes)
    if (focus || had) button.focus({ preventScroll: true })
  }

  return {
    show(next) {
      scene = next
      space = spaceOf(next)
      position = new Map(next.nodes.map(({ node }, i) => [node, i]))
      hovered = null
      sheet = job = null
      heat()
      placeStop(false)
      soon()
    },
    change(next) {
      scene = next
      anew()
    },
    look(now, window) {
      camera = now
      if (window.width !== size.width || window.height !== size.height || paper.width !== Math.round(window.width * ratio())) {
        size = window
        paper.width = Math.round(window.width * ratio())
        paper.height = Math.round(window.height * ratio())
        sheet = job = null
      }
      soon()
    },
    mark(marked) {
      found = marked
      if (scene) anew()
    },
    light(nodes) {
      if (nodes.size === 0 && lit.size === 0) return
      lit = nodes
      heat()
      soon()
    },
    badge(next) {
      if (next.size === 0 && badges.size === 0) return
      badges = next
      anew()
    },
    setStop(node, focus) {
      if (stop === node && !focus && layer.childElementCount > 0) return
      stop = node
      placeStop(focus)
    },
    nodeAt(target, point) {
      const element = target?.closest('[data-node]')
      if (element) return Number(element.getAttribute('data-node'))
      return scene?.nodes[space?.nodeAt(point.x, point.y) ?? -1]?.node ?? null
    },
    hover(node) {
      if (node === hovered) return
      hovered = node
      surface.classList.toggle('is-over', node !== null)
      soon()
    },
    recolour() {
      palette.forget()
      if (scene) anew()
    },
    clear() {
      cancelAnimationFrame(frame)
      frame = 0
      scene = space = sheet = job = null
      layer.replaceChildren()
      opened?.setTransform(1, 0, 0, 1, 0, 0)
      opened?.clearRect(0, 0, paper.width, paper.height)
    },
  }
}

function* NOTHING(): Generator<void> {}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const ctx = canvas.getContext('2d')
  if (!ctx) throw new Error('This browser gives no canvas: the graph needs one for large pictures.')
  return ctx
}
