/// What is fetched when the reader edits: CodeMirror, and the engine's names for completion and help.

import names from 'virtual:names'
import { readNames } from './complete'
import { createEditor as create, type Editor, type EditorOptions } from './editor'

export function createEditor(host: HTMLElement, options: Omit<EditorOptions, 'names'>): Editor {
  return create(host, { ...options, names: readNames(names) })
}
