/// Where the boxes and edges of a picture stood in the one before, found by their keys.

import type { Graph } from './model'
import type { Held, Placement } from './placement'

export function heldFrom(before: Graph, placement: Placement, graph: Graph): Held {
  const boxAt = new Map(before.boxes.map(({ key }, i) => [key, i]))
  const edgeAt = new Map(before.edges.map((edge, e) => [edgeKey(before, edge), e]))
  return {
    x: Float64Array.from(graph.boxes, ({ key }) => placement.x[boxAt.get(key) ?? -1] ?? Number.NaN),
    ways: graph.edges.map((edge) => {
      const e = edgeAt.get(edgeKey(graph, edge))
      if (e === undefined) return null
      const plate = placement.plates[e]
      return plate ? [plate.x] : (placement.passes[e]?.map(({ x }) => x) ?? null)
    }),
  }
}

function edgeKey({ boxes }: Graph, { from, to, operand }: Graph['edges'][number]): string {
  return `${boxes[from]?.key ?? ''}>${boxes[to]?.key ?? ''}.${operand}`
}

/// Whether two graphs get the same layout: only what a layout looks at counts.
export function sameLayout(a: Graph, b: Graph): boolean {
  return (
    a.boxes.length === b.boxes.length &&
    a.edges.length === b.edges.length &&
    a.boxes.every(({ width, height, key }, i) => width === b.boxes[i]?.width && height === b.boxes[i]?.height && key === b.boxes[i]?.key) &&
    a.edges.every(({ from, to, slot, operand, weight }, e) => {
      const other = b.edges[e]
      return from === other?.from && to === other.to && slot === other.slot && operand === other.operand && weight === other.weight
    })
  )
}
