/// What a file that the reader gives holds: a program (`.py`, `.ipynb`) or a stored trace (`.json`). Hostile until checked.

import { TraceError, readTrace, type Trace } from '../trace'
import { FileProblem, programOfNotebook } from './notebook'

export type Opened =
  | { readonly kind: 'program'; readonly title: string; readonly code: string }
  | { readonly kind: 'trace'; readonly title: string; readonly trace: Trace }

/// Larger files are refused before they are read.
export const MOST_FILE_BYTES = 64 << 20

export function readFile(name: string, text: string): Opened {
  const title = name.replace(/^.*[\\/]/, '') || 'file'
  const ending = /\.([a-z]+)$/i.exec(title)?.[1]?.toLowerCase() ?? ''
  if (ending === 'py' || ending === 'txt') return { kind: 'program', title, code: unified(text) }
  if (ending === 'ipynb') return { kind: 'program', title, code: programOfNotebook(text) }
  if (ending === 'json') return { kind: 'trace', title, trace: traceOf(text) }
  throw new FileProblem(`${title} cannot be opened here. Files that can: a program (.py), a notebook (.ipynb), a stored trace (.json).`)
}

function traceOf(text: string): Trace {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    throw new FileProblem('The file is not JSON: it may have been cut off.')
  }
  try {
    return readTrace(given)
  } catch (error) {
    if (error instanceof TraceError) throw new FileProblem(`The file holds no trace that can be shown: ${error.message}.`)
    throw error
  }
}

/// One kind of line break, no byte order mark.
function unified(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
}
