/// Where boxes stand: top to bottom in layers, operands above what uses them.

import { layersOf, layoutLayered } from './layout-layered'
import type { LayoutGraph, Placement } from './placement'
import { plated } from './plates'
import { stacked } from './stack'

/// The same graph always gets the same placement. With `held`, what stood somewhere before stays there. `quick` spends the
/// least time that gives a sound picture: for when there is none to spend.
export function layout(graph: LayoutGraph, quick = false): Placement {
  const { graph: all, plateOf } = plated(graph, layersOf(graph))
  return stacked(all, layoutLayered(all, quick), graph.nodes.length, plateOf)
}
