/// The graph on the screen.

export { createGraphView, type GraphView, type GraphViewOptions, type GraphViewState } from './view'
