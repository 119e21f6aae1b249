/// Copies a scene into SVG.

import type { Scene, SceneEdge, SceneNode, ScenePlate } from '../graph'
import { svg } from './dom'

export interface DrawnNode {
  readonly group: SVGGElement
  /// What has the focus and the words: a clear shape over the picture of the node.
  readonly button: SVGRectElement
  /// What is seen of it.
  readonly picture: SVGGElement
}

export interface Drawing {
  readonly nodes: ReadonlyMap<number, DrawnNode>
  readonly edges: readonly SVGElement[]
  /// Words on edges, above everything.
  readonly notes: SVGGElement
}

/// Arrow heads; ids are made unique by `prefix` because several graphs may stand in one page.
export function arrowHeads(prefix: string): SVGDefsElement {
  const head = (name: string): SVGMarkerElement =>
    svg(
      'marker',
      { id: `${prefix}-${name}`, class: `gv-arrow gv-arrow-${name}`, viewBox: '0 0 8 8', refX: 7.4, refY: 4, markerWidth: 7.5, markerHeight: 7.5, markerUnits: 'userSpaceOnUse', orient: 'auto' },
      svg('path', { d: 'M0.5 0.8L7.6 4L0.5 7.2z' }),
    )
  return svg('defs', {}, ...['value', 'value-lit', 'grad', 'grad-lit', 'cut'].map(head))
}

export function drawScene(layer: SVGGElement, scene: Scene, prefix: string): Drawing {
  const edges = scene.edges.map((edge) => drawEdge(edge, prefix))
  const nodes = new Map(scene.nodes.map((node) => [node.node, drawNode(node)]))
  const notes = svg('g', { class: 'gv-notes', 'aria-hidden': 'true' }, ...drawNotes(scene))
  layer.replaceChildren(svg('g', { class: 'gv-edges', 'aria-hidden': 'true' }, ...edges), svg('g', { class: 'gv-nodes' }, ...[...nodes.values()].map(({ group }) => group)), notes)
  return { nodes, edges, notes }
}

/// Takes over another selection or step without drawing anew: focus and pointer stay where they are. Both scenes must be
/// of one layout; what is the same object, or has the same texts, is not touched.
export function drawChanges(drawing: Drawing, before: Scene, after: Scene, prefix: string): void {
  after.nodes.forEach((node, i) => {
    const old = before.nodes[i]
    const drawn = drawing.nodes.get(node.node)
    if (node === old || !old || !drawn) return
    if (node.selected !== old.selected) {
      drawn.group.classList.toggle('is-selected', node.selected)
      drawn.button.setAttribute('aria-pressed', String(node.selected))
    }
    if (node.phase !== old.phase) swapPhase(drawn.group, old.phase, node.phase)
    if (node.label !== old.label) drawn.button.setAttribute('aria-label', node.label)
    if (node.texts !== old.texts) {
      drawn.picture.querySelectorAll('text').forEach((text) => text.remove())
      drawn.picture.append(...drawTexts(node))
    }
  })
  let noted = false
  after.edges.forEach((edge, i) => {
    const old = before.edges[i]
    if (edge === old || !old) return
    const element = drawing.edges[i]
    if (edge.lit !== old.lit) element?.classList.toggle('is-lit', edge.lit)
    if (edge.phase !== old.phase && element) swapPhase(element, old.phase, edge.phase)
    if (edge.note !== old.note) noted = true
    if (edge.role !== 'cut') element?.firstElementChild?.setAttribute('marker-end', markerOf(edge, prefix))
  })
  if (noted) drawing.notes.replaceChildren(...drawNotes(after))
}

function swapPhase(element: SVGElement, old: string | null, now: string | null): void {
  if (old) element.classList.remove(`at-${old}`)
  if (now) element.classList.add(`at-${now}`)
}

/// Words on a plate in the middle of an edge.
export function drawNotes(scene: Scene): readonly SVGElement[] {
  return scene.edges.flatMap(({ note, middle }) => {
    if (note === null) return []
    const width = [...note].length * 6.7 + 16
    return [
      svg(
        'g',
        { class: 'gv-plate', transform: `translate(${middle.x} ${middle.y})` },
        svg('rect', { x: -width / 2, y: -10, width, height: 20, rx: 10 }),
        svg('text', { x: 0, y: 4, 'text-anchor': 'middle' }, note),
      ),
    ]
  })
}

function drawTexts(node: SceneNode): readonly SVGElement[] {
  return node.texts.map(({ x, y, role, text }) => svg('text', { class: `gv-${role}`, x, y }, text))
}

function markerOf(edge: SceneEdge, prefix: string): string {
  return `url(#${prefix}-${edge.role}${(edge.lit || edge.phase === 'current') && edge.role !== 'cut' ? '-lit' : ''})`
}

/// Class names of an edge: all that its look depends on.
export function edgeClass(edge: SceneEdge): string {
  return `gv-edge gv-edge-${edge.role}${edge.carried ? ' is-carried' : ''}${edge.active ? '' : ' is-inactive'}${edge.lit ? ' is-lit' : ''}${edge.phase ? ` at-${edge.phase}` : ''}`
}

function drawEdge(edge: SceneEdge, prefix: string): SVGElement {
  return svg(
    'g',
    { class: edgeClass(edge), 'data-from': edge.from, 'data-to': edge.to },
    svg('path', { d: edge.path, 'marker-end': markerOf(edge, prefix) }),
    edge.caption ? svg('text', { class: 'gv-caption-text', x: edge.caption.x, y: edge.caption.y }, edge.caption.text) : null,
    edge.plate ? drawPlate(edge.plate, edge.from) : null,
    edge.mark ? cutMark(edge.mark.x, edge.mark.y) : null,
  )
}

/// Pressing it leads to the node that it stands for.
function drawPlate({ x, y, width, height, text }: ScenePlate, node: number): SVGElement {
  return svg(
    'g',
    { class: 'gv-origin', transform: `translate(${x} ${y})`, 'data-node': node },
    svg('rect', { width, height, rx: height / 2 }),
    svg('text', { x: width / 2, y: height / 2 + 4, 'text-anchor': 'middle' }, text),
  )
}

/// A gap with two strokes: the tape is cut here.
function cutMark(x: number, y: number): SVGElement {
  return svg(
    'g',
    { class: 'gv-cut', transform: `translate(${x} ${y})` },
    svg('rect', { x: -9, y: -5, width: 18, height: 10 }),
    svg('path', { d: 'M-8 0.5L8 -6.5M-8 6.5L8 -0.5' }),
  )
}

/// Class names of a node: all that its look depends on.
export function nodeClass(node: SceneNode): string {
  const { head, backward, active, selected, phase } = node
  return `gv-node is-${node.kind}${head ? ' is-head' : ''}${backward ? ' is-backward' : ''}${active ? '' : ' is-inactive'}${selected ? ' is-selected' : ''}${phase ? ` at-${phase}` : ''}`
}

/// What has the focus and the words of a node.
export function drawButton(node: SceneNode): SVGRectElement {
  const { width, height, radius } = node
  return svg('rect', { class: 'gv-hit', role: 'button', tabindex: -1, 'aria-label': node.label, 'aria-pressed': String(node.selected), x: -4, y: -4, width: width + 8, height: height + 8, rx: radius + 4 })
}

function drawNode(node: SceneNode): DrawnNode {
  const { width, height, radius } = node
  const around = { x: -4, y: -4, width: width + 8, height: height + 8, rx: radius + 4 }
  const button = drawButton(node)
  const picture = svg(
    'g',
    { 'aria-hidden': 'true' },
    svg('rect', { class: 'gv-ring', ...around }),
    svg('rect', { class: 'gv-box', width, height, rx: radius }),
    ...node.dividers.map(({ x, y }) => svg('path', { class: 'gv-divider', d: `M${x} ${y}V${height - 8}` })),
    ...drawTexts(node),
  )
  const group = svg(
    'g',
    { class: nodeClass(node), transform: `translate(${node.x} ${node.y})`, 'data-node': node.node },
    picture,
    button,
  )
  return { group, button, picture }
}
