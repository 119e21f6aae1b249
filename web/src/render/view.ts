/// The graph beside the code: takes traces, draws the chosen view, and answers pointer and keyboard.

import './graph.css'
import './frames.css'
import type { Summary } from '../protocol/trace'
import {
  buildGraph,
  cardOf,
  foundNodes,
  heldFrom,
  identityOf,
  layoutGraphOf,
  neighbour,
  nodeOfIdentity,
  passAt,
  revalued,
  sameLayout,
  sceneAt,
  togglePin,
  viewOfNode,
  withSelection,
  withStep,
  type Badge,
  type Card,
  type Direction,
  type Graph,
  LAST,
  ROLLED,
  passShown,
  passesShown,
  picturesOf,
  rollOf,
  rolledSceneOf,
  shownAt,
  type Placement,
  type Point,
  type Positions,
  type RollOptions,
  type Scene,
  type SceneFrame,
  type View,
} from '../graph'
import { nodeOfSlot, stepAt, type Trace } from '../trace'
import { createCamera } from './camera'
import { createCard } from './card'
import { html, svg } from './dom'
import { arrowHeads } from './draw'
import { anchoredTransform, closeTransform, fitTransform, isWhole, openTransform, revealTransform, touches, visibleRect, type Rect } from './fit'
import { createFinder } from './finder'
import { createKnown, type Asking } from './known'
import { measure } from './measure'
import { createCanvasPainter } from './paint-canvas'
import { createSvgPainter } from './paint-svg'
import { SVG_MOST, type Painter } from './painter'
import { createOverview } from './overview'
import { createPlacer, startWorker } from './placer'
import { drawPins } from './pins'
import { createFrames } from './frames'
import { drawToolbar } from './toolbar'

export interface GraphViewState {
  readonly trace: Trace | null
  readonly selected: readonly number[]
  /// Step of the timeline at which the picture stands; null for the end.
  readonly step: number | null
  /// The selection only follows the step: no card is opened for it.
  readonly quiet: boolean
  /// Pinned nodes, by identity.
  readonly pins: readonly string[]
  /// How a check of gradients went, by node.
  readonly badges: ReadonlyMap<number, Badge>
  /// Which loops are rolled up, and the turn that each shows.
  readonly rolling: { readonly options: RollOptions; readonly positions: Positions }
  readonly status: 'idle' | 'running' | 'partial'
}

/// Summaries that are asked for are answered through `addSummaries`.
export interface GraphViewOptions extends Omit<Asking, 'onElements'> {
  /// The reader chose a node (null: none). The picture shows it when `update` says so.
  onSelect(node: number | null): void
  /// The reader wants to see the node's expression in the code.
  onCode(node: number): void
  /// The pointer or the focus came to a node; null: it left.
  onHover(node: number | null): void
  /// Writes a formula into an element.
  formula(host: HTMLElement, latex: string): void
  /// Summaries that were asked for have come.
  onSummaries(): void
  /// The reader wants another turn of a loop, by the key of its frame; a loop unrolled.
  onTurn(frame: string, index: number): void
  onUnroll(loop: string): void
  /// The reader pins nodes, or no longer.
  onPins(pins: readonly string[]): void
  /// The picture has these frames of rolled loops.
  onFrames(frames: readonly SceneFrame[]): void
}

export interface GraphView {
  update(state: GraphViewState): void
  addSummaries(values: readonly number[], summaries: readonly (Summary | null)[]): void
  /// What is known of a value; null while it is not.
  summaryOf(value: number): Summary | null
  /// Asks for summaries that are not known and were not asked for.
  want(values: readonly number[]): void
  /// Lights nodes that are pointed at elsewhere.
  light(nodes: readonly number[]): void
  /// Moves the focus to a node that is drawn; false when it is not.
  focus(node: number): boolean
  /// Shows the whole picture.
  fit(): void
  /// The picture as it is shown; null when there is none.
  picture(): Scene | null
  destroy(): void
}

/// A picture that shares fewer of its nodes with the one before is another program: it is looked at from the start.
const SAME_PROGRAM = 0.3

/// Most nodes of one picture.
const MOST_DRAWN = 40_000
/// Scale below which text is not legible.
const LEGIBLE = 0.5
const NOWHERE: Point = { x: Number.NaN, y: Number.NaN }
const count = (n: number): string => n.toLocaleString('en')
/// Views whose places are remembered.
const MOST_BASES = 8

interface Laid {
  readonly graph: Graph
  readonly placement: Placement
}

let instances = 0

export function createGraphView(host: HTMLElement, options: GraphViewOptions): GraphView {
  const prefix = `gv${instances++}`
  const pictures = svg('g')
  const frames = createFrames({ onTurn: options.onTurn, onUnroll: options.onUnroll })
  const layer = svg('g', {}, frames.back, pictures, frames.front)
  const probe = svg('g', { class: 'gv-probe', 'aria-hidden': 'true' })
  const surface = svg('svg', { class: 'gv-surface', role: 'group', tabindex: -1, 'aria-label': 'Computation graph', 'aria-describedby': `${prefix}-keys` }, arrowHeads(prefix), probe, layer)
  const paper = html('canvas', { class: 'gv-paper', 'aria-hidden': 'true' })
  const bar = html('div', { class: 'gv-bar' })
  const empty = html('div', { class: 'gv-empty' })
  const zoomOut = zoomButton('Zoom out', '−', () => camera.zoomBy(1 / 1.3))
  const zoomIn = zoomButton('Zoom in', '+', () => camera.zoomBy(1.3))
  const zoomFit = zoomButton('Fit the whole graph', 'fit', () => fit())
  const zoomClose = zoomButton('Zoom to the selected node', '◎', () => zoomToSelected())
  const finder = createFinder({ find: (text) => (state.trace && scene && !stale ? foundNodes(state.trace, scene.nodes.map(({ node }) => node), text) : []), show: showFound, leave: () => setStop(stop, true) })
  const zoomBox = html('div', { class: 'gv-zoom', role: 'group', 'aria-label': 'Zoom and find' }, zoomOut, zoomIn, zoomFit, zoomClose, finder.button)
  const overview = createOverview((point) => camera.centre(point))
  const legend = drawLegend()
  const keys = html('p', { id: `${prefix}-keys`, class: 'gv-keys' }, 'Arrow up and down follow operands and consumers, left and right go to neighbours, Enter selects, Escape closes, plus, minus and zero zoom, Z goes close to the selected node, slash finds.')
  const waiting = html('p', { class: 'gv-wait', role: 'status' })
  const canvas = html('div', { class: 'gv-canvas' }, paper, surface, waiting, empty, finder.element, overview.element, zoomBox, legend, keys)
  const card = html('aside', { class: 'gv-card', 'aria-label': 'Selected node', hidden: true })
  const pinned = html('section', { class: 'gv-pins', 'aria-label': 'Pinned nodes', hidden: true })
  const root = html('div', { class: 'gv' }, bar, canvas, card, pinned)
  host.replaceChildren(root)

  let state: GraphViewState = { trace: null, selected: [], step: null, quiet: false, pins: [], badges: new Map(), rolling: { options: ROLLED, positions: LAST }, status: 'idle' }
  let views: readonly View[] = []
  let view = -1
  let pass = -1
  /// The picture of the end, and the one that is shown: the same without a step.
  let end: Scene | null = null
  let scene: Scene | null = null
  /// Positions of the shown nodes.
  let position: ReadonlyMap<number, number> = new Map()
  const shapes = { svg: createSvgPainter(pictures, prefix), canvas: createCanvasPainter(surface, pictures, paper, probe) } as const
  let painter: Painter = shapes.svg
  /// The picture that is shown is not that of `state`: its layout is under way.
  let stale = false
  /// Nodes of a picture that is too large to be drawn; 0 when it is not.
  let tooMany = 0
  let laid: Laid | null = null
  /// Key of the node that the reader touched last: it stays under the pointer.
  let touched: string | null = null
  /// The newest whole picture of each view: where its boxes stand, the next one has them too.
  const bases = new Map<string, Laid>()
  /// Node that Tab leads to.
  let stop = -1
  let asking = 0
  let lit: readonly number[] = []
  let pointed: number | null = null
  const metrics = measure(surface)
  const placer = createPlacer(startWorker, (milliseconds, act) => {
    const clock = setTimeout(act, milliseconds)
    return () => clearTimeout(clock)
  })
  const camera = createCamera(surface, () => {
    lookNow()
    askLater()
  })

  const known = createKnown({ requestSummaries: options.requestSummaries, requestElements: options.requestElements, onElements: () => inspector.again() })
  const { summaryOf, want } = known

  // ----- State -----

  function update(next: GraphViewState): void {
    const before = state
    state = next
    const rerolled = next.rolling.options !== before.rolling.options
    const turned = next.rolling.positions !== before.rolling.positions
    const changed = next.trace !== before.trace || rerolled
    if (changed) takeTrace(next.trace, next.status === 'partial')
    const selected = next.selected.join() !== before.selected.join() || changed
    const moved = next.step !== before.step
    const target = next.selected.find((node) => views.some(({ nodes }) => nodes.includes(node)))
    const switched = selected && target !== undefined && !next.selected.some((node) => views[view]?.nodes.includes(node))
    if (switched) chooseView(viewOfNode(views, target, view))
    const passed = moved && choosePass()
    if (changed || switched || passed || turned) redraw(switched || rerolled ? 'open' : 'keep')
    else if (selected || moved) select()
    if (next.badges !== before.badges && !changed) refreshBadges()
    if (changed || selected || switched || moved || passed || next.quiet !== before.quiet || next.pins !== before.pins || next.badges !== before.badges) refreshCard()
    if ((selected || moved) && !changed && !turned) revealSelected()
    if (next.status !== before.status) keepBase()
    if (changed || switched || passed || (turned && views[view]?.members) || next.status !== before.status) refreshBar()
  }

  function takeTrace(trace: Trace | null, partial: boolean): void {
    const shown = views[view]
    const turn = shown ? shown.passes.indexOf(pass) : -1
    const last = shown !== undefined && turn === shown.passes.length - 1
    known.take(trace)
    views = trace ? picturesOf(trace, state.rolling.options) : []
    const same = shown ? views.findIndex(({ id }) => id === shown.id) : -1
    view = same >= 0 ? same : partial ? views.length - 1 : views.length > 0 ? 0 : -1
    const passes = views[view]?.passes ?? []
    pass = (same >= 0 && !last ? passes[turn] : undefined) ?? passes.at(-1) ?? -1
  }

  function chooseView(next: number): void {
    view = next
    pass = views[next]?.passes.at(-1) ?? -1
    choosePass()
  }

  /// At a step the picture shows the gradients of its pass. Answers whether that is another one.
  function choosePass(): boolean {
    const shown = views[view]
    if (state.step === null || !state.trace || !shown) return false
    const before = pass
    pass = passAt(state.trace, shown, state.step)
    return pass !== before
  }

  function stepped(picture: Scene): Scene {
    return state.step === null || !state.trace ? picture : withStep(picture, state.trace, pass, state.step, summaryOf, metrics)
  }

  // ----- Drawing -----

  /// `keep`: the camera stays on what it looks at, unless this is another program; `open`: look from the start.
  function redraw(look: 'keep' | 'open'): void {
    const shown = views[view]
    const trace = state.trace
    placer.cancel()
    stale = false
    if (!trace || !shown) return drawNothing(0)
    const rolled = rollOf(trace, shown, state.rolling.options)
    // Of recordings in a loop, the gradients of the shown one.
    if (rolled.frames.length > 0) pass = passShown(rolled, shown, shownAt(rolled, state.rolling.positions), pass)
    const boxes = rolled.frames.length > 0 ? rolled.bodies.length : shown.nodes.length
    if (boxes > MOST_DRAWN) return drawNothing(boxes)
    const input = { trace, view: shown, pass, selected: state.selected, summaryOf, metrics }
    if (rolled.frames.length > 0) return draw(rolledSceneOf({ ...input, rolled, positions: state.rolling.positions }), null, look)
    const graph = buildGraph(trace, shown, pass, summaryOf, metrics)
    if (laid && sameLayout(laid.graph, graph)) return draw(sceneAt(input, graph, laid.placement), { graph, placement: laid.placement }, look)
    const base = bases.get(shown.id)
    const plain = layoutGraphOf(graph)
    let answered = false
    placer.place(base ? { ...plain, held: heldFrom(base.graph, base.placement, graph) } : plain, (placement) => {
      answered = true
      const later = stale
      stale = false
      // Selection and step may have gone on meanwhile.
      draw(sceneAt({ ...input, selected: state.selected }, graph, placement), { graph, placement }, look)
      if (!later) return
      refreshCard()
      revealSelected()
    })
    if (answered) return
    stale = true
    setWaiting(`Laying out ${count(graph.boxes.length)} nodes …`)
  }

  function draw(next: Scene, where: Laid | null, look: 'keep' | 'open'): void {
    camera.still(() => drawNow(next, where, look))
  }

  function drawNow(next: Scene, where: Laid | null, look: 'keep' | 'open'): void {
    const before = scene
    const focused = focusedKey(before)
    laid = where
    end = next
    scene = stepped(end)
    position = new Map(scene.nodes.map(({ node }, i) => [node, i]))
    setWaiting('')
    root.classList.remove('is-empty')
    surface.setAttribute('aria-label', scene.label)
    const wanted = scene.nodes.length + scene.edges.length > SVG_MOST ? shapes.canvas : shapes.svg
    if (wanted !== painter) {
      painter.clear()
      painter = wanted
      root.classList.toggle('is-canvas', painter === shapes.canvas)
    }
    camera.bound(scene)
    painter.show(scene)
    refreshBadges()
    light(lit)
    frames.update(scene)
    options.onFrames(scene.frames ?? [])
    legend.hidden = !scene.edges.some(({ role }) => role === 'grad')
    setStop(scene.nodes.find(({ key }) => key === focused)?.node ?? state.selected.find((node) => position.has(node)) ?? scene.nodes[0]?.node ?? -1, focused !== null)
    overview.show(scene)
    moveCamera(before, scene, look)
    lookNow()
    finder.again()
    zoomClose.disabled = shownSelected() === undefined
    keepBase()
    askLater()
  }

  /// `nodes`: how many there are, when those are too many.
  function drawNothing(nodes: number): void {
    painter.clear()
    frames.update(null)
    options.onFrames([])
    overview.show(null)
    end = scene = laid = null
    tooMany = nodes
    position = new Map()
    setWaiting('')
    root.classList.add('is-empty')
    drawEmpty(empty, state.status, tooMany)
  }

  /// The picture as the camera sees it.
  function lookNow(): void {
    const { k, x, y } = camera.now()
    layer.setAttribute('transform', `translate(${x},${y}) scale(${k})`)
    surface.classList.toggle('is-far', k < 0.32)
    painter.look({ k, x, y }, camera.window())
    overview.look({ k, x, y }, camera.window())
  }

  function setWaiting(text: string): void {
    waiting.textContent = text
    root.classList.toggle('is-waiting', text !== '')
  }

  function keepBase(): void {
    const id = views[view]?.id
    if (!laid || id === undefined || state.status !== 'idle') return
    bases.delete(id)
    bases.set(id, laid)
    const oldest = bases.keys().next()
    if (bases.size > MOST_BASES && !oldest.done) bases.delete(oldest.value)
  }

  function moveCamera(before: Scene | null, after: Scene, look: 'keep' | 'open'): void {
    const places = new Map(before?.nodes.map((node) => [node.key, node]))
    const shared = after.nodes.filter(({ key }) => places.has(key))
    const same = look === 'keep' && shared.length >= SAME_PROGRAM * Math.max(after.nodes.length, places.size)
    if (!same) {
      camera.release()
      return open()
    }
    const chosen = shared.find(({ key }) => key === touched) ?? shared.find(({ selected }) => selected)
    const anchor = chosen ?? shared[0]
    const was = anchor && places.get(anchor.key)
    const kept = anchor && was ? anchoredTransform(camera.now(), was, anchor) : camera.now()
    // What the reader holds on to stays under the pointer. Else a whole picture that has grown is brought into the window.
    const whole = before !== null && isWhole(camera.now(), camera.window(), before)
    const fresh = chosen || camera.moved() || !whole ? null : around(after.nodes.filter(({ key }) => !places.has(key)))
    const { width, height } = camera.window()
    camera.set(fresh ? revealTransform(kept, { x: 0, y: 0, width, height }, fresh) : kept)
  }

  function open(): void {
    if (!scene) return
    const first = scene.nodes[0]
    camera.set(openTransform(camera.window(), scene, { x: first ? first.x + first.width / 2 : 0 }))
  }

  function fit(): void {
    if (!scene) return
    camera.release()
    camera.set(fitTransform(camera.window(), scene))
  }

  function select(): void {
    if (!end || stale) return
    end = withSelection(end, state.selected)
    scene = stepped(end)
    painter.change(scene)
    const first = shownSelected()
    if (first !== undefined) setStop(first, false)
    zoomClose.disabled = first === undefined
  }

  /// Marks what a search found and goes to one of it.
  function showFound(found: readonly number[], node: number | null): void {
    const marked = new Set(found)
    shapes.svg.mark(marked)
    shapes.canvas.mark(marked)
    overview.mark(marked)
    if (node === null) return
    setStop(node, false)
    options.onSelect(node)
    // Far away a match is only a spot.
    if (camera.now().k < LEGIBLE) zoomToSelected()
  }

  function zoomToSelected(): void {
    const chosen = around(scene?.nodes.filter(({ node }) => state.selected.includes(node)) ?? [])
    if (!chosen || stale) return
    camera.set(closeTransform(openWindow(), chosen))
    camera.hold()
  }

  const inspector = createCard(card, {
    onClose: () => close(),
    onGo: (to) => options.onSelect(to),
    onCode: (node) => options.onCode(node),
    onPin: (node) => {
      if (!state.trace) return
      options.onPins(togglePin(state.pins, identityOf(state.trace, node)))
    },
    formula: options.formula,
    summaryOf,
    elements: known.elements,
  })

  /// The inspector's card; null while none is open.
  function openCard(): Card | null {
    const node = state.quiet ? undefined : shownSelected()
    return state.trace && node !== undefined ? cardOf(state.trace, node, pass, summaryOf, state.step) : null
  }

  function pinnedCards(): readonly { readonly identity: string; readonly card: Card | null }[] {
    const { trace, step, pins } = state
    return pins.map((identity) => {
      const node = trace ? nodeOfIdentity(trace, identity) : -1
      const own = views.find(({ nodes }) => nodes.includes(node))
      const passes = own?.passes.includes(pass) ? pass : (own?.passes.at(-1) ?? -1)
      return { identity, card: trace && node >= 0 ? cardOf(trace, node, passes, summaryOf, step) : null }
    })
  }

  function refreshCard(): void {
    const made = openCard()
    inspector.draw(made, made ? (state.badges.get(made.node) ?? null) : null, made !== null && state.trace !== null && state.pins.includes(identityOf(state.trace, made.node)))
    drawPins(pinned, pinnedCards(), {
      onGo: (to) => options.onSelect(to),
      onUnpin: (identity) => options.onPins(state.pins.filter((one) => one !== identity)),
    })
    if (made || state.pins.length > 0) askLater()
  }

  function refreshBadges(): void {
    painter.badge(state.badges)
  }

  function light(nodes: readonly number[]): void {
    lit = nodes
    painter.light(new Set(nodes))
  }

  function refreshBar(): void {
    const shown = views[view]
    const rolled = state.trace && shown ? rollOf(state.trace, shown, state.rolling.options) : null
    const passes = rolled && shown ? passesShown(rolled, shown, shownAt(rolled, state.rolling.positions)) : []
    drawToolbar(bar, { trace: state.trace, views, passes, view, pass, status: state.status }, {
      onView: (next) => {
        chooseView(next)
        redraw('open')
        refreshCard()
        refreshBar()
      },
      onPass: (next) => {
        pass = next
        redraw('keep')
        refreshCard()
        refreshBar()
      },
    })
    if (!scene) drawEmpty(empty, state.status, tooMany)
  }

  function shownSelected(): number | undefined {
    return stale ? undefined : state.selected.find((node) => position.has(node))
  }

  /// Brings the selected node out from under the card and into the window.
  function revealSelected(): void {
    const node = shownSelected()
    if (node === undefined) return
    const step = state.step === null || !state.trace ? null : stepAt(state.trace, state.step)
    reveal(...(step?.kind === 'backward' && state.trace && step.node === node ? [nodeOfSlot(state.trace, step.slot), node] : [node]))
  }

  function reveal(...wanted: readonly number[]): void {
    const rect = around(scene?.nodes.filter(({ node }) => wanted.includes(node)) ?? [])
    if (!rect) return
    const [now, open] = [camera.now(), openWindow()]
    // Where the whole picture has room beside the card, all of it is brought out.
    const all = scene && scene.width * now.k <= open.width && scene.height * now.k <= open.height
    camera.set(all && scene ? revealTransform(now, open, { x: 0, y: 0, width: scene.width, height: scene.height }, 0) : revealTransform(now, open, rect))
  }

  /// The part of the window that card, search and overview do not cover.
  function openWindow(): Rect {
    const { width, height } = camera.window()
    const over = !card.hidden && getComputedStyle(card).position === 'absolute'
    const covered = over ? card.offsetWidth + 16 : 0
    const left = overview.element.offsetWidth > 0 ? overview.element.offsetWidth + 20 : 0
    const top = finder.isOpen() ? finder.element.offsetHeight + 8 : 0
    const [free, high] = [width - covered - left, height - top]
    return { x: free > 240 ? left : 0, y: high > 160 ? top : 0, width: free > 240 ? free : width, height: high > 160 ? high : height }
  }

  // ----- Summaries that are still missing -----

  function addSummaries(values: readonly number[], summaries: readonly (Summary | null)[]): void {
    if (!known.add(values, summaries)) return
    if (painter === shapes.canvas) revalue(new Set(values))
    else redraw('keep')
    refreshCard()
    options.onSummaries()
  }

  /// In a very large picture the boxes keep their sizes: only those that wait for a value are written anew.
  function revalue(values: ReadonlySet<number>): void {
    const shown = views[view]
    if (!end || !shown || !state.trace || stale) return
    const nodes = new Set(end.nodes.flatMap(({ node, pending }) => (pending.some((value) => values.has(value)) ? [node] : [])))
    if (nodes.size === 0) return
    end = revalued(end, { trace: state.trace, view: shown, pass, selected: state.selected, summaryOf, metrics }, nodes)
    scene = stepped(end)
    painter.change(scene)
  }

  /// Asks for what is in sight, once it stays in sight for a moment.
  function askLater(): void {
    clearTimeout(asking)
    asking = window.setTimeout(ask, 60)
  }

  function ask(): void {
    const { trace } = state
    if (!scene || !trace || stale) return
    const sight = visibleRect(camera.now(), camera.window())
    const inCard = [openCard(), ...pinnedCards().map((pin) => pin.card)].flatMap((made) => made?.pending ?? [])
    const inSight = scene.nodes.flatMap((one) => (one.pending.length > 0 && touches(one, sight) ? one.pending : []))
    want([...inCard, ...inSight])
  }

  // ----- Pointer and keyboard -----

  function nodeOf(event: Event): number | null {
    if (stale) return null
    const target = event.target instanceof Element ? event.target : null
    return painter.nodeAt(target, event instanceof MouseEvent ? pointOf(event) : NOWHERE)
  }

  /// The pointer is over another node.
  function point(node: number | null): void {
    if (node === pointed) return
    pointed = node
    shapes.canvas.hover(painter === shapes.canvas ? node : null)
    options.onHover(node)
  }

  /// Where in the picture an event happened.
  function pointOf(event: MouseEvent): Point {
    const { left, top } = surface.getBoundingClientRect()
    const { k, x, y } = camera.now()
    return { x: (event.clientX - left - x) / k, y: (event.clientY - top - y) / k }
  }

  function setStop(node: number, focus: boolean): void {
    stop = node
    painter.setStop(node, focus)
  }

  /// Key of the node that has the focus; the controls of frames keep it themselves.
  function focusedKey(before: Scene | null): string | null {
    return pictures.contains(document.activeElement) ? (before?.nodes.find(({ node }) => node === stop)?.key ?? null) : null
  }

  function close(): void {
    const node = shownSelected()
    const inside = card.contains(document.activeElement)
    options.onSelect(null)
    if (inside && node !== undefined) setStop(node, true)
  }

  const MOVES: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right', Home: 'first', End: 'last' }

  function onKey(event: KeyboardEvent): void {
    const inFields = event.target instanceof Element && event.target.closest('input, select, textarea') !== null
    const finds = event.key === '/' ? !inFields && !event.ctrlKey && !event.metaKey && !event.altKey : event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey
    if (finds && scene) {
      event.preventDefault()
      return finder.open()
    }
    if (finder.element.contains(document.activeElement)) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape' && state.selected.length > 0) {
      event.preventDefault()
      return close()
    }
    if (!canvas.contains(document.activeElement)) return
    const zooms: Readonly<Record<string, () => void>> = { '+': () => camera.zoomBy(1.3), '=': () => camera.zoomBy(1.3), '-': () => camera.zoomBy(1 / 1.3), '0': fit, z: zoomToSelected }
    const act = zooms[event.key]
    if (act) {
      event.preventDefault()
      return act()
    }
    const node = nodeOf(event)
    if (node === null || !scene || !state.trace) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      return options.onSelect(node)
    }
    const direction = MOVES[event.key]
    if (!direction) return
    event.preventDefault()
    const next = neighbour(state.trace, scene, node, direction)
    if (next === null) return
    setStop(next, true)
    options.onSelect(next)
  }

  function onClick(event: MouseEvent): void {
    if (stale) return
    const node = nodeOf(event)
    if (node !== null) setStop(node, false)
    touched = scene?.nodes.find((one) => one.node === node)?.key ?? touched
    if (node !== null || state.selected.length > 0) options.onSelect(node)
  }

  surface.addEventListener('click', onClick)
  surface.addEventListener('focusin', (event) => {
    const node = nodeOf(event)
    if (node === null) return
    if (node !== stop) setStop(node, false)
    if (event.target instanceof Element && event.target.matches(':focus-visible')) reveal(node)
  })
  // Mouse events: these come after the editor's own mouseleave, pointer events before it.
  surface.addEventListener('mousemove', (event) => point(event.buttons === 0 ? nodeOf(event) : null))
  surface.addEventListener('mouseleave', () => point(null))
  // A canvas does not see by itself that the theme changed.
  const recolour = (): void => {
    shapes.canvas.recolour()
    overview.show(scene)
    lookNow()
  }
  const themed = new MutationObserver(recolour)
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const themes = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => matchMedia(query))
  themes.forEach((theme) => theme.addEventListener('change', recolour))
  root.addEventListener('keydown', onKey)
  let size = { width: 0, height: 0 }
  const resized = new ResizeObserver(() => {
    const now = camera.window()
    if (now.width === 0 || (now.width === size.width && now.height === size.height)) return
    const first = size.width === 0
    const [dx, dy] = [(now.width - size.width) / 2, (now.height - size.height) / 2]
    const before = size
    size = now
    const moved = { ...camera.now(), x: camera.now().x + dx, y: camera.now().y + dy }
    lookNow()
    // A picture that nobody moved stays where it is as long as that shows all of it.
    const whole = scene !== null && isWhole(camera.now(), before, scene) && isWhole(moved, now, scene)
    if (first || (!camera.moved() && !whole)) open()
    else camera.set(moved)
    revealSelected()
  })
  resized.observe(canvas)

  redraw('open')
  refreshBar()
  return {
    update,
    addSummaries,
    summaryOf,
    want,
    light,
    focus(node) {
      if (stale || !position.has(node)) return false
      setStop(node, true)
      return true
    },
    fit,
    picture: () => scene,
    destroy() {
      clearTimeout(asking)
      resized.disconnect()
      themed.disconnect()
      themes.forEach((theme) => theme.removeEventListener('change', recolour))
      placer.destroy()
      camera.destroy()
      root.remove()
    },
  }
}

/// The smallest rectangle around some.
function around(rects: readonly Rect[]): Rect | null {
  if (rects.length === 0) return null
  const [x, y] = [Math.min(...rects.map((one) => one.x)), Math.min(...rects.map((one) => one.y))]
  return { x, y, width: Math.max(...rects.map((one) => one.x + one.width)) - x, height: Math.max(...rects.map((one) => one.y + one.height)) - y }
}

function zoomButton(label: string, sign: string, act: () => void): HTMLButtonElement {
  const button = html('button', { type: 'button', 'aria-label': label, title: label }, sign)
  button.addEventListener('click', act)
  return button
}

function drawLegend(): HTMLElement {
  return html(
    'div',
    { class: 'gv-legend', 'aria-hidden': 'true', hidden: true },
    html('span', { class: 'is-value' }, '↓ value'),
    html('span', { class: 'is-grad' }, '↑ gradient ∂'),
  )
}

function drawEmpty(host: HTMLElement, status: GraphViewState['status'], nodes: number): void {
  if (nodes > MOST_DRAWN) {
    host.replaceChildren(
      html('p', { class: 'gv-empty-title' }, 'Too many operations to draw'),
      html('p', {}, `This recording holds ${count(nodes)} of them; up to ${count(MOST_DRAWN)} are drawn. All values and gradients are here: step through them below, or record fewer steps to see the graph.`),
    )
    return
  }
  host.replaceChildren(
    html('p', { class: 'gv-empty-title' }, 'Nothing recorded yet'),
    html('p', {}, 'Put your computation in ', html('code', {}, 'with autograd.record():'), ' and run it. Its graph is drawn here.'),
    ...(status === 'running' ? [html('p', {}, 'The program is running…')] : []),
  )
}
