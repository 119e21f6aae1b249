/// A shape like another but for a few parts. What is dear (texts, words, paths) is made when it is first asked for:
/// spreading a shape would make all of it.

import type { Phase, SceneEdge, SceneNode, SceneText } from './shapes'

export interface NodeChange {
  readonly selected?: boolean
  readonly phase?: Phase | null
  readonly texts?: () => readonly SceneText[]
  readonly label?: () => string
}

export function nodeLike(node: SceneNode, change: NodeChange): SceneNode {
  let texts: readonly SceneText[] | null = null
  let label: string | null = null
  return {
    node: node.node,
    key: node.key,
    kind: node.kind,
    x: node.x,
    y: node.y,
    width: node.width,
    height: node.height,
    radius: node.radius,
    head: node.head,
    backward: node.backward,
    active: node.active,
    selected: change.selected ?? node.selected,
    phase: change.phase === undefined ? node.phase : change.phase,
    get texts() {
      return (texts ??= change.texts ? change.texts() : node.texts)
    },
    dividers: node.dividers,
    get label() {
      return (label ??= change.label ? change.label() : node.label)
    },
    pending: node.pending,
  }
}

export function edgeLike(edge: SceneEdge, change: { readonly phase?: Phase | null; readonly lit?: boolean; readonly note?: string }): SceneEdge {
  return {
    key: edge.key,
    role: edge.role,
    from: edge.from,
    to: edge.to,
    points: edge.points,
    get path() {
      return edge.path
    },
    middle: edge.middle,
    arg: edge.arg,
    active: edge.active,
    phase: change.phase === undefined ? edge.phase : change.phase,
    note: change.note ?? edge.note,
    lit: change.lit ?? edge.lit,
    mark: edge.mark,
    plate: edge.plate,
    ...(edge.carried === undefined ? NOTHING : { carried: edge.carried }),
    ...(edge.caption === undefined ? NOTHING : { caption: edge.caption }),
  }
}

const NOTHING = {}
