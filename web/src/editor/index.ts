/// The editor, as the app sees it.

export type { Editor, EditorOptions } from './editor'
export { proseOf, splitCells } from './cells'
export { answerOf, exercisesOf, titleOfExercise } from './exercises'
export type { Exercise, ExerciseHost } from './exercises'
export { afterFrame } from './after-frame'
export { loadKatex } from './katex'
export { createLazyEditor } from './lazy'
export type { Place } from './marks'
export { appendOutputs } from './output-view'
export { renderProse, titleOf } from './prose'
export type { RunOutputs } from './outputs'
export type { LineNote } from './values'
