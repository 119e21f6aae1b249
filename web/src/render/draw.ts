/// Copies a scene into SVG.

import type { Scene, SceneEdge, SceneNode } from '../graph'
import { svg } from './dom'

export interface DrawnNode {
  readonly group: SVGGElement
  /// What has the focus and the words: a clear shape over the picture of the node.
  readonly button: SVGRectElement
}

export interface Drawing {
  readonly nodes: ReadonlyMap<number, DrawnNode>
  readonly edges: readonly SVGElement[]
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
  layer.replaceChildren(svg('g', { class: 'gv-edges', 'aria-hidden': 'true' }, ...edges), svg('g', { class: 'gv-nodes' }, ...[...nodes.values()].map(({ group }) => group)))
  return { nodes, edges }
}

/// Takes over a selection without drawing anew: focus and pointer stay where they are.
export function drawSelection(drawing: Drawing, before: Scene, after: Scene, prefix: string): void {
  after.nodes.forEach((node, i) => {
    if (node === before.nodes[i]) return
    const drawn = drawing.nodes.get(node.node)
    drawn?.group.classList.toggle('is-selected', node.selected)
    drawn?.button.setAttribute('aria-pressed', String(node.selected))
  })
  after.edges.forEach((edge, i) => {
    if (edge === before.edges[i]) return
    const element = drawing.edges[i]
    element?.classList.toggle('is-lit', edge.lit)
    if (edge.role !== 'cut') element?.firstElementChild?.setAttribute('marker-end', markerOf(edge, prefix))
  })
}

function markerOf(edge: SceneEdge, prefix: string): string {
  return `url(#${prefix}-${edge.role}${edge.lit && edge.role !== 'cut' ? '-lit' : ''})`
}

function drawEdge(edge: SceneEdge, prefix: string): SVGElement {
  const classes = ['gv-edge', `gv-edge-${edge.role}`, edge.active ? '' : 'is-inactive', edge.lit ? 'is-lit' : '']
  return svg(
    'g',
    { class: classes.filter((name) => name !== '').join(' '), 'data-from': edge.from, 'data-to': edge.to },
    svg('path', { d: edge.path, 'marker-end': markerOf(edge, prefix) }),
    edge.origin ? svg('text', { class: 'gv-origin', x: edge.origin.x, y: edge.origin.y, 'text-anchor': 'middle' }, edge.origin.text) : null,
    edge.mark ? cutMark(edge.mark.x, edge.mark.y) : null,
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

function drawNode(node: SceneNode): DrawnNode {
  const classes = [
    'gv-node',
    `is-${node.kind}`,
    node.head ? 'is-head' : '',
    node.backward ? 'is-backward' : '',
    node.active ? '' : 'is-inactive',
    node.selected ? 'is-selected' : '',
  ]
  const { width, height, radius } = node
  const around = { x: -4, y: -4, width: width + 8, height: height + 8, rx: radius + 4 }
  const button = svg('rect', { class: 'gv-hit', role: 'button', tabindex: -1, 'aria-label': node.label, 'aria-pressed': String(node.selected), ...around })
  const group = svg(
    'g',
    { class: classes.filter((name) => name !== '').join(' '), transform: `translate(${node.x} ${node.y})`, 'data-node': node.node },
    svg(
      'g',
      { 'aria-hidden': 'true' },
      svg('rect', { class: 'gv-ring', ...around }),
      svg('rect', { class: 'gv-box', width, height, rx: radius }),
      ...node.dividers.map(({ x, y }) => svg('path', { class: 'gv-divider', d: `M${x} ${y}V${height - 8}` })),
      ...node.texts.map(({ x, y, role, text }) => svg('text', { class: `gv-${role}`, x, y }, text)),
    ),
    button,
  )
  return { group, button }
}
