/// A scene as Graphviz DOT: operations and arrays as nodes, values along solid edges, gradients along dashed ones back.

import type { Scene, SceneEdge, SceneFrame, SceneNode, TextRole } from '../graph'
import { LIGHT } from './palette'

export function dotOf(scene: Scene): string {
  return [
    'digraph computation {',
    `  graph [label=${quoted(scene.label)}, labelloc=t, fontname="monospace", fontsize=11];`,
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="monospace", fontsize=11];',
    '  edge [fontname="monospace", fontsize=10];',
    ...scene.nodes.map((node) => `  n${node.node} [${attributes(nodeAttributes(node))}];`),
    ...(scene.frames ?? []).map((frame, i) => clusterOf(frame, i, scene.nodes)),
    ...scene.edges.map((edge) => `  ${ends(edge)} [${attributes(edgeAttributes(edge))}];`),
    '}',
    '',
  ].join('\n')
}

/// A rolled loop: a box around the nodes that stand inside of its frame.
function clusterOf(frame: SceneFrame, index: number, nodes: readonly SceneNode[]): string {
  const inside = nodes.filter(({ x, y, width, height }) => x >= frame.x && y >= frame.y && x + width <= frame.x + frame.width && y + height <= frame.y + frame.height)
  return `  subgraph cluster_${index} { label=${quoted(`${frame.title} ${frame.times}, ${frame.place}`)}; style=dashed; ${inside.map(({ node }) => `n${node};`).join(' ')} }`
}

/// A gradient goes back, but must not turn the picture over: `constraint=false` leaves the order to the values.
function ends({ role, from, to }: SceneEdge): string {
  return role === 'grad' ? `n${to} -> n${from}` : `n${from} -> n${to}`
}

function nodeAttributes(node: SceneNode): Readonly<Record<string, string>> {
  const faint = node.kind === 'constant' || node.kind === 'cut'
  return {
    label: linesOf(node),
    tooltip: node.label,
    color: node.backward ? LIGHT.grad : LIGHT.ink,
    ...(node.head || node.kind === 'leaf' ? { penwidth: '2' } : {}),
    ...(faint ? { style: 'rounded,dashed' } : {}),
  }
}

function edgeAttributes({ role, note, carried, caption }: SceneEdge): Readonly<Record<string, string>> {
  const said = note === null ? (caption ? { label: caption.text, fontcolor: LIGHT.dim } : {}) : { label: note, fontcolor: LIGHT.grad }
  // What leads to the next turn of a loop would turn the order round.
  if (role === 'value') return { color: LIGHT.value, ...(carried ? { style: 'dashed', constraint: 'false' } : {}), ...said }
  if (role === 'cut') return { color: LIGHT.dim, style: 'dotted', label: 'cut' }
  return { color: LIGHT.grad, style: 'dashed', constraint: 'false', ...said }
}

/// Texts of a node as they stand in its picture: those of one height are one line.
function linesOf({ texts }: SceneNode): string {
  const rows = new Map<number, { readonly x: number; readonly text: string; readonly role: TextRole }[]>()
  for (const { x, y, text, role } of texts) rows.set(y, [...(rows.get(y) ?? []), { x, text, role }])
  const lines = [...rows.entries()].toSorted(([a], [b]) => a - b)
  return lines.map(([, row]) => row.toSorted((a, b) => a.x - b.x).map(({ text }) => text).join('  ')).join('\n')
}

function attributes(given: Readonly<Record<string, string>>): string {
  return Object.entries(given).map(([name, value]) => `${name}=${quoted(value)}`).join(', ')
}

/// DOT knows one escape inside quotes, `\"`; but Graphviz reads backslashes in labels, so they are doubled.
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
