/// What goes to files and comes from them.

export { MOST_STEPS, derivationOf } from './derivation'
export { dotOf } from './dot'
export { FileProblem, notebookOf, programOfNotebook } from './notebook'
export { MOST_FILE_BYTES, readFile, type Opened } from './open'
export { DARK, LIGHT, type Palette } from './palette'
export { pngOf, scaleFor } from './png'
export { svgOf } from './svg'
export { missingValues, traceJson } from './trace-json'
