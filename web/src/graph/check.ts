/// What every picture must keep: boxes and plates do not overlap, nothing leaves the bounds, no edge runs through a box.

import type { Graph } from './model'
import { PLATE_HEIGHT, type Placement } from './placement'
import { routesOf } from './routes'

interface Rect {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/// Faults in words; empty when the picture is sound. For tests: quadratic in the nodes.
export function faultsOf(graph: Graph, placement: Placement): readonly string[] {
  const faults: string[] = []
  const boxes = graph.boxes.map((box, i): Rect => {
    const [x, y] = [placement.x[i] ?? Number.NaN, placement.y[i] ?? Number.NaN]
    return { left: x - box.width / 2, right: x + box.width / 2, top: y - box.height / 2, bottom: y + box.height / 2 }
  })
  // What stands in the way: boxes, and the plates that edges start from.
  const plateOf = new Map<number, number>()
  const rects = [...boxes]
  placement.plates.forEach((plate, e) => {
    if (!plate) return
    const half = (graph.edges[e]?.plate ?? 0) / 2
    plateOf.set(e, rects.length)
    rects.push({ left: plate.x - half, right: plate.x + half, top: plate.y - PLATE_HEIGHT / 2, bottom: plate.y + PLATE_HEIGHT / 2 })
  })
  rects.forEach((a, i) => {
    if (!(a.left >= 0 && a.top >= 0 && a.right <= placement.width && a.bottom <= placement.height)) faults.push(`box ${i} leaves the bounds`)
    for (let j = i + 1; j < rects.length; j++) {
      const b = rects[j]
      if (b && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) faults.push(`boxes ${i} and ${j} overlap`)
    }
  })
  routesOf(graph, placement).forEach(({ points }, e) => {
    const edge = graph.edges[e]
    if (!edge) return
    points.forEach((point, k) => {
      if (!(point.x >= 0 && point.y >= 0 && point.x <= placement.width && point.y <= placement.height)) faults.push(`edge ${e} leaves the bounds`)
      const before = points[k - 1]
      if (before && before.y > point.y) faults.push(`edge ${e} runs upwards`)
      // Bends lie between layers, where no box stands: only the straight parts can meet one.
      if (!before || before.x !== point.x) return
      rects.forEach((rect, i) => {
        if (i === (plateOf.get(e) ?? edge.from) || i === edge.to) return
        if (point.x > rect.left && point.x < rect.right && before.y < rect.bottom && rect.top < point.y) faults.push(`edge ${e} runs through box ${i}`)
      })
    })
  })
  return faults
}
