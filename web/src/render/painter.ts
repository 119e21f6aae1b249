/// What draws a scene. There are two with one result: SVG, and a canvas for pictures of very many shapes.

import type { Badge, Scene } from '../graph'
import type { Size, Transform } from './fit'

/// Up to this many shapes are SVG elements; more are drawn on a canvas. Elements of 300 nodes, 5,700 of them, cost a browser
/// more than their layout does: 25 - 80 ms to be made and as much to be styled.
export const SVG_MOST = 800

export interface Painter {
  /// A new scene, drawn from scratch.
  show(scene: Scene): void
  /// The same layout with another selection or step.
  change(scene: Scene): void
  /// Draws the scene as the camera sees it.
  look(camera: Transform, window: Size): void
  /// Shapes that a search found.
  mark(found: ReadonlySet<number>): void
  /// Shapes whose code the reader points at.
  light(nodes: ReadonlySet<number>): void
  /// Signs of a check at the corners of the nodes.
  badge(badges: ReadonlyMap<number, Badge>): void
  /// The node that Tab leads to; `focus` moves the keyboard there.
  setStop(node: number, focus: boolean): void
  /// The node at a point of the picture that an event hit; null where there is none.
  nodeAt(target: Element | null, point: { readonly x: number; readonly y: number }): number | null
  /// Leaves nothing on the screen.
  clear(): void
}
