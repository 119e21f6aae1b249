/// Where boxes stand: top to bottom in layers, operands above what uses them. Two engines with one result: dagre while the graph
/// is small, an own layering in linear time above that, so that a long loop never stalls the page.

import { layoutDagre } from './layout-dagre'
import { layoutLayered } from './layout-layered'
import type { LayoutGraph, Placement } from './placement'
import { stacked } from './stack'

/// Most nodes that dagre is asked for. It takes 0.2 s at 150 nodes of an unrolled loop, 1.7 s at 300.
export const DAGRE_MOST = 150

export function layout(graph: LayoutGraph): Placement {
  const small = graph.nodes.length <= DAGRE_MOST && graph.edges.length <= 2 * DAGRE_MOST
  return stacked(graph, small ? layoutDagre(graph) : layoutLayered(graph))
}
