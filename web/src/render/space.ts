/// Which shapes of a scene a rectangle touches, found without looking at all of them: shapes are kept in horizontal bands.

import type { Scene, SceneEdge } from '../graph'
import type { Rect } from './fit'

const BAND = 600

export interface Space {
  /// Positions of the nodes and edges that touch a rectangle, each once, in drawing order.
  readonly within: (rect: Rect) => { readonly nodes: readonly number[]; readonly edges: readonly number[] }
  /// Position of the topmost node or plate at a point: that of its node; -1 where there is none.
  readonly nodeAt: (x: number, y: number) => number
}

export function spaceOf(scene: Scene): Space {
  const bands = Math.max(1, Math.ceil(scene.height / BAND))
  const bandOf = (y: number): number => Math.min(bands - 1, Math.max(0, Math.floor(y / BAND)))
  const nodes = Array.from({ length: bands }, (): number[] => [])
  const edges = Array.from({ length: bands }, (): number[] => [])
  scene.nodes.forEach(({ y, height }, i) => {
    for (let b = bandOf(y); b <= bandOf(y + height); b++) nodes[b]?.push(i)
  })
  const reach = new Float64Array(2 * scene.edges.length)
  scene.edges.forEach((edge, e) => {
    const { left, right, top, bottom } = boundsOf(edge)
    reach[2 * e] = left
    reach[2 * e + 1] = right
    for (let b = bandOf(top); b <= bandOf(bottom); b++) edges[b]?.push(e)
  })
  const position = new Map(scene.nodes.map(({ node }, i) => [node, i]))
  // The turn in which each shape was last seen: a shape of several bands counts once.
  const seenNode = new Int32Array(scene.nodes.length)
  const seenEdge = new Int32Array(scene.edges.length)
  let turn = 0

  return {
    within({ x, y, width, height }) {
      turn++
      const found = { nodes: [] as number[], edges: [] as number[] }
      for (let b = bandOf(y); b <= bandOf(y + height); b++) {
        for (const i of nodes[b] ?? []) {
          const node = scene.nodes[i]
          if (!node || seenNode[i] === turn || node.x > x + width || node.x + node.width < x) continue
          seenNode[i] = turn
          found.nodes.push(i)
        }
        for (const e of edges[b] ?? []) {
          if (seenEdge[e] === turn || (reach[2 * e] ?? 0) > x + width || (reach[2 * e + 1] ?? 0) < x) continue
          seenEdge[e] = turn
          found.edges.push(e)
        }
      }
      return found
    },
    nodeAt(x, y) {
      const band = bandOf(y)
      for (const i of nodes[band] ?? []) {
        const node = scene.nodes[i]
        if (node && holds(node, x, y)) return i
      }
      for (const e of edges[band] ?? []) {
        const edge = scene.edges[e]
        if (edge?.plate && holds(edge.plate, x, y)) return position.get(edge.from) ?? -1
      }
      return -1
    },
  }
}

function holds({ x, y, width, height }: Rect, px: number, py: number): boolean {
  return px >= x - 4 && px <= x + width + 4 && py >= y - 4 && py <= y + height + 4
}

function boundsOf({ points, plate }: SceneEdge): { left: number; right: number; top: number; bottom: number } {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { x, y } of points) {
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  if (plate) [left, right, top] = [Math.min(left, plate.x), Math.max(right, plate.x + plate.width), Math.min(top, plate.y)]
  return { left, right, top, bottom }
}
