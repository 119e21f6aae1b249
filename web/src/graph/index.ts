/// From a trace to a picture, as pure data: views, graph, layout, scene.

export { cardOf, passTitle, type Card, type CardResult, type CardValue, type Grid } from './card'
export { faultsOf } from './check'
export { operationLabel } from './label'
export { DAGRE_MOST, layout } from './layout'
export { layoutDagre } from './layout-dagre'
export { layoutLayered } from './layout-layered'
export { DEFAULT_METRICS, SMALL, TITLE, type Metrics } from './metrics'
export { buildGraph, type Box, type BoxKind, type Edge, type Graph, type SummaryOf } from './model'
export { neighbour, type Direction } from './navigate'
export type { Layer, Layout, LayoutEdge, LayoutGraph, LayoutNode, Placement } from './placement'
export { layoutGraphOf, sceneOf, withSelection, type EdgeRole, type Scene, type SceneEdge, type SceneInput, type SceneNode, type SceneText, type TextRole } from './scene'
export { viewOfNode, viewsOf, type View } from './views'
