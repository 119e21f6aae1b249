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
}

export interface LayoutGraph {
  readonly nodes: readonly LayoutNode[]
  readonly edges: readonly LayoutEdge[]
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
  readonly passes: Placement['passes']
  readonly width: number
}

export interface Placement {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly layer: readonly number[]
  readonly layers: readonly Layer[]
  /// For each edge, where it passes through the layers strictly between its ends; null for one that is too long to follow in
  /// a picture this big, of which only the ends are drawn.
  readonly passes: readonly (readonly { readonly layer: number; readonly x: number }[] | null)[]
  readonly width: number
  readonly height: number
}

export const MARGIN = 16

export type Layout = (graph: LayoutGraph) => Placement
