/// Heights of a layered picture: each layer as high as its highest node, more space where edges run far sideways.

import { MARGIN, PLATE_HEIGHT, type Columns, type LayoutGraph, type Placement } from './placement'

/// The space grows in steps: an edge that runs a little farther moves nothing.
const GAP = { least: 46, most: 142, perSideways: 0.06, step: 24 } as const

/// The first `nodes` nodes are those of the picture, the others plates; `plateOf` says which edge starts from which.
export function stacked(graph: LayoutGraph, columns: Columns, nodes = graph.nodes.length, plateOf: Int32Array | null = null): Placement {
  const heights = new Float64Array(columns.layers)
  const sideways = new Float64Array(columns.layers)
  columns.layer.forEach((layer, i) => void (heights[layer] = Math.max(heights[layer] ?? 0, graph.nodes[i]?.height ?? 0)))
  graph.edges.forEach(({ from, to }, e) => {
    let [x, layer] = [columns.x[from] ?? 0, columns.layer[from] ?? 0]
    const reach = (next: number): void => {
      sideways[layer] = Math.max(sideways[layer] ?? 0, Math.abs(next - x))
      x = next
      layer++
    }
    for (const pass of columns.passes[e] ?? []) reach(pass.x)
    reach(columns.x[to] ?? 0)
  })
  let y = MARGIN
  const layers = Array.from(heights, (height, l) => {
    const top = y
    const wide = GAP.step * Math.round((GAP.perSideways * (sideways[l] ?? 0)) / GAP.step)
    y = Math.round(top + height + Math.min(GAP.most, GAP.least + wide))
    return { top, bottom: top + height }
  })
  const layer = columns.layer.slice(0, nodes)
  return {
    x: columns.x.slice(0, nodes),
    y: layer.map((l) => ((layers[l]?.top ?? 0) + (layers[l]?.bottom ?? 0)) / 2),
    layer,
    layers,
    passes: columns.passes,
    plates: graph.edges.map((_, e) => {
      const plate = plateOf?.[e] ?? -1
      if (plate < 0) return null
      const l = columns.layer[plate] ?? 0
      // At the bottom of its layer, near to what uses it.
      return { x: columns.x[plate] ?? 0, y: (layers[l]?.bottom ?? 0) - PLATE_HEIGHT / 2, layer: l }
    }),
    width: columns.width,
    height: (layers.at(-1)?.bottom ?? 0) + MARGIN,
  }
}
