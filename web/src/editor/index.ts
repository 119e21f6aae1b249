/// The editor, as the app sees it.

export type { Editor, EditorOptions } from './editor'
export { proseOf, splitCells } from './cells'
export { createLazyEditor } from './lazy'
export type { Place } from './marks'
export { appendOutputs } from './output-view'
export { titleOf } from './prose'
export type { RunOutputs } from './outputs'
export type { LineNote } from './values'
