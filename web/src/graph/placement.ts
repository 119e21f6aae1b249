/// What a layout is given and what it answers.

export interface LayoutNode {
  readonly width: number
  readonly height: number
}

/// From an earlier node to a later one (positions in `nodes`): the graph has no cycle.
export interface LayoutEdge {
  readonly from: number
  readonly to: number
  /// Where it leaves and enters, from the middle of the producer's and the consumer's border.
  readonly leave: number
  readonly enter: number
  /// How much it should run straight, from 1.
  readonly weight: number
  /// Width of a plate with the name of what it comes from, which may stand for a long way.
  readonly plate: number
}

export interface LayoutGraph {
  readonly nodes: readonly LayoutNode[]
  readonly edges: readonly LayoutEdge[]
  /// Where things stood in the picture before; they stay there.
  readonly held?: Held
}

export interface Held {
  /// Of each node; NaN for a new one.
  readonly x: Float64Array
  /// Of each edge: x in the layers that it passed through, or of its plate; null for a new one.
  readonly ways: readonly (readonly number[] | null)[]
}

/// A layer: from `top` to `bottom` stand its nodes, each centred in it.
export interface Layer {
  readonly top: number
  readonly bottom: number
}

/// Places across, and which layer each node is in: heights follow from the layers (`stack.ts`).
export interface Columns {
  readonly x: readonly number[]
  readonly layer: readonly number[]
  readonly layers: number
  /// For each edge, where it passes through the layers strictly between its ends.
  readonly passes: readonly (readonly Pass[])[]
  readonly width: number
}

export interface Pass {
  readonly layer: number
  readonly x: number
}

export interface Placement {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly layer: readonly number[]
  readonly layers: readonly Layer[]
  readonly passes: Columns['passes']
  /// For each edge: the middle of the plate that it starts from instead of its producer; null for one that is drawn whole.
  readonly plates: readonly (Plate | null)[]
  readonly width: number
  readonly height: number
}

export interface Plate {
  readonly x: number
  readonly y: number
  readonly layer: number
}

export const MARGIN = 16
export const PLATE_HEIGHT = 20

export type Layout = (graph: LayoutGraph) => Placement
