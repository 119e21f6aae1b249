/// The shapes of a picture: what a renderer copies and tests compare.

import type { Curve } from './curve'
import type { BoxKind } from './model'
import type { Point } from './routes'

export type TextRole = 'title' | 'name' | 'detail' | 'tag' | 'value' | 'grad'

export interface SceneText {
  /// Start of the text's base line, inside the node.
  readonly x: number
  readonly y: number
  readonly role: TextRole
  readonly text: string
  /// Of a gradient's text: whose gradient it is.
  readonly slot?: number
}

export interface SceneNode {
  readonly node: number
  readonly key: string
  readonly kind: BoxKind
  /// Top left corner.
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly radius: number
  readonly head: boolean
  readonly backward: boolean
  readonly active: boolean
  readonly selected: boolean
  /// At a step: not computed yet, computed by it, its rule going back, getting a contribution from it; null when none of these.
  readonly phase: Phase | null
  readonly texts: readonly SceneText[]
  /// Hairlines between several results: x inside the node, from y to the bottom.
  readonly dividers: readonly Point[]
  /// The whole node in words.
  readonly label: string
  /// Values drawn in it that are not known yet.
  readonly pending: readonly number[]
}

/// `absent`: in a rolled picture, not part of the turn that is looked at.
export type Phase = 'future' | 'current' | 'back' | 'target' | 'absent'

export type EdgeRole = 'value' | 'grad' | 'cut'

export interface SceneEdge {
  readonly key: string
  readonly role: EdgeRole
  /// Nodes (trace ids) at its ends; the value flows from `from` to `to`, a gradient the other way.
  readonly from: number
  readonly to: number
  /// From where it starts to its arrow head; between two points at one x straight, else in an S (`pathOf`).
  readonly points: readonly Point[]
  readonly path: string
  /// Middle of the way, where words may stand.
  readonly middle: Point
  /// Position in `trace.args`.
  readonly arg: number
  readonly active: boolean
  /// At a step: not reached yet, or the one that the step goes along.
  readonly phase: Phase | null
  /// At a step: what goes along it.
  readonly note: string | null
  /// At an end that is selected.
  readonly lit: boolean
  /// Where the mark of a cut stands.
  readonly mark: Point | null
  /// Of an edge that would run too far: the plate with the name of what it comes from, where it starts instead. Top left corner.
  readonly plate: ScenePlate | null
  /// In a rolled picture: it leads to another turn of a loop; words beside it.
  readonly carried?: boolean
  readonly caption?: { readonly x: number; readonly y: number; readonly text: string } | null
}

/// A rolled loop as it is drawn.
export interface SceneFrame {
  readonly key: string
  readonly loop: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly title: string
  /// "× 50".
  readonly times: string
  /// "turn 12 of 50"
  readonly place: string
  readonly index: number
  readonly count: number
  /// Norms of gradients through the turns, and where they stand.
  readonly curves: readonly SceneCurve[]
  readonly label: string
}

export interface SceneCurve {
  readonly x: number
  readonly y: number
  readonly name: string
  readonly curve: Curve
}

export interface ScenePlate {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly text: string
}

export interface Scene {
  readonly width: number
  readonly height: number
  /// In time order.
  readonly nodes: readonly SceneNode[]
  readonly edges: readonly SceneEdge[]
  /// Rolled loops, those around others first.
  readonly frames?: readonly SceneFrame[]
  readonly label: string
}
