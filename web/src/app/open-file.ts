/// Files that the reader opens: by the menu, by drag and drop, or by the address (`#open=path`, this site only).

import type { Opened } from '../files'
import { NOTHING_TO_RUN, docOfFile, type Doc } from './documents'
import { h } from './dom'

/// Lazily: most visits open no file.
const files = () => import('../files')

const docOfOpened = (opened: Opened): Doc => (opened.kind === 'trace' ? docOfFile(opened.title, opened.trace.code, opened.trace) : docOfFile(opened.title, opened.code))

export interface FileDoor {
  /// Lets the reader choose a file.
  choose(): void
}

/// `open` shows a document; `refuse` says why there is none.
export function createFileDoor(root: HTMLElement, act: { open(doc: Doc): void; refuse(reason: string): void }): FileDoor {
  const input = h('input', { type: 'file', accept: '.py,.ipynb,.json,.txt', hidden: '' })
  const veil = h('div', { class: 'drop-veil', hidden: '' }, h('p', {}, 'Drop a program (.py), a notebook (.ipynb) or a stored trace (.json)'))
  root.append(input, veil)

  async function take(file: File | null | undefined) {
    if (!file) return
    try {
      act.open(await docOfGivenFile(file))
    } catch (error) {
      act.refuse(await reasonOf(error))
    }
  }

  input.addEventListener('change', () => {
    const [file] = input.files ?? []
    // The same file can be chosen again.
    input.value = ''
    void take(file)
  })
  const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  addEventListener('dragover', (event) => {
    if (!hasFile(event)) return
    event.preventDefault()
    veil.hidden = false
  })
  addEventListener('dragleave', (event) => {
    // Out of the window, not onto another element of it.
    if (!event.relatedTarget) veil.hidden = true
  })
  // Before the editor, which would take a file's text for a piece of the program.
  addEventListener(
    'drop',
    (event) => {
      if (!hasFile(event)) return
      event.preventDefault()
      event.stopPropagation()
      veil.hidden = true
      void take(event.dataTransfer?.files[0])
    },
    { capture: true },
  )
  return { choose: () => input.click() }
}

async function docOfGivenFile(file: File): Promise<Doc> {
  const { FileProblem, MOST_FILE_BYTES, readFile } = await files()
  if (file.size > MOST_FILE_BYTES) throw new FileProblem(`${file.name} has ${megabytes(file.size)} MB; up to ${megabytes(MOST_FILE_BYTES)} MB can be opened.`)
  return docOfOpened(readFile(file.name, await file.text()))
}

/// The document that `#open=path` names, which may be that nothing can be opened; null when the fragment is another one. Only
/// files of this site are fetched.
export async function docOfAddress(hash: string): Promise<Doc | null> {
  if (!hash.startsWith('#open=')) return null
  const path = new URLSearchParams(hash.slice(1)).get('open') ?? ''
  try {
    const { FileProblem, MOST_FILE_BYTES, readFile } = await files()
    const url = new URL(path, document.baseURI)
    if (path === '' || url.origin !== location.origin) throw new FileProblem('Only files of this site can be opened by address. Download the file and open it from the menu.')
    const answer = await fetch(url)
    if (!answer.ok) throw new FileProblem(`${url.pathname} is not there (${answer.status}).`)
    const text = await answer.text()
    if (text.length > MOST_FILE_BYTES) throw new FileProblem(`${url.pathname} is too large.`)
    return docOfOpened(readFile(url.pathname, text))
  } catch (error) {
    return { ...NOTHING_TO_RUN, title: 'No such file', problem: { title: 'This file cannot be opened', text: await reasonOf(error) } }
  }
}

async function reasonOf(error: unknown): Promise<string> {
  const { FileProblem } = await files()
  return error instanceof FileProblem ? error.message : 'The file could not be read.'
}

const megabytes = (bytes: number) => (bytes / (1 << 20)).toFixed(0)
