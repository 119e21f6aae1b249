/// Heights of a layered picture: each layer as high as its highest node, more space where edges run far sideways.

import { MARGIN, type Columns, type LayoutGraph, type Placement } from './placement'

const GAP = { least: 44, most: 150, perSideways: 0.06 } as const

export function stacked(graph: LayoutGraph, columns: Columns): Placement {
  const heights = new Float64Array(columns.layers)
  const sideways = new Float64Array(columns.layers)
  columns.layer.forEach((layer, i) => void (heights[layer] = Math.max(heights[layer] ?? 0, graph.nodes[i]?.height ?? 0)))
  graph.edges.forEach(({ from, to }, e) => {
    const passes = columns.passes[e]
    if (!passes) return
    let [x, layer] = [columns.x[from] ?? 0, columns.layer[from] ?? 0]
    const end = { layer: columns.layer[to] ?? 0, x: columns.x[to] ?? 0 }
    for (const next of [...passes, end]) {
      sideways[layer] = Math.max(sideways[layer] ?? 0, Math.abs(next.x - x))
      ;[x, layer] = [next.x, next.layer]
    }
  })
  let y = MARGIN
  const layers = Array.from(heights, (height, l) => {
    const top = y
    y = Math.round(top + height + Math.min(GAP.most, GAP.least + GAP.perSideways * (sideways[l] ?? 0)))
    return { top, bottom: top + height }
  })
  return {
    x: columns.x,
    y: columns.layer.map((layer) => ((layers[layer]?.top ?? 0) + (layers[layer]?.bottom ?? 0)) / 2),
    layer: columns.layer,
    layers,
    passes: columns.passes,
    width: columns.width,
    height: (layers.at(-1)?.bottom ?? 0) + MARGIN,
  }
}
