/// From a trace to a picture, as pure data: views, graph, layout, scene.

export { REASON_WORDS, badgesOf, checkText, indexText, nodeText, type Badge, type BadgeTone } from './badges'
export { cardOf, cardValue, passTitle, type Card, type CardResult, type CardValue, type Neighbour, type Saved } from './card'
export { GRID_MOST, heatOf, matrixOf, rowName, type Heat, type HeatCell } from './heat'
export { identityOf, nodeOfIdentity, togglePin } from './pins'
export { bytesText, statisticsOf, type Fact } from './statistics'
export { faultsOf } from './check'
export { foundNodes } from './find'
export { heldFrom, sameLayout } from './held'
export { operationLabel } from './label'
export { layout } from './layout'
export { DEFAULT_METRICS, SMALL, TITLE, type Metrics } from './metrics'
export { buildGraph, type Box, type BoxKind, type Edge, type Graph, type SummaryOf } from './model'
export { neighbour, type Direction } from './navigate'
export { PLATE_HEIGHT, type Columns, type Held, type Layer, type Layout, type LayoutEdge, type LayoutGraph, type LayoutNode, type Placement } from './placement'
export { layoutGraphOf, revalued, sceneAt, sceneOf, withSelection, type SceneInput } from './scene'
export type { EdgeRole, Phase, Scene, SceneCurve, SceneEdge, SceneFrame, SceneNode, ScenePlate, SceneText, TextRole } from './shapes'
export type { Curve } from './curve'
export {
  LAST,
  ROLLED,
  ROLL_ABOVE,
  counterpart,
  passShown,
  passesShown,
  picturesOf,
  positionsFor,
  rollOf,
  rollable,
  shownAt,
  shownNode,
  type Positions,
  type RollOptions,
  type Rolled,
} from './roll'
export { HEADING } from './nest'
export { CURVE, positionsAtStep, rolledSceneOf } from './rolled'
export { passAt, withStep } from './step'
export { isStraight, type Point } from './routes'
export { viewOfNode, viewsOf, type View } from './views'
