/// The editor, fetched when it is needed: the program stands there at once, to be read; CodeMirror takes its place when the reader begins
/// to edit, or right away. Everything that was said meanwhile is said again to it.

import type { ProgramError } from '../protocol/trace'
import type { Editor, EditorOptions } from './editor'
import type { Place } from './marks'
import type { RunOutputs } from './outputs'
import { createPlainView } from './plain'
import type { LineNote } from './values'

type Options = Omit<EditorOptions, 'names'>

/// `eager`: the editor is fetched at once. `load` gives the module that makes it.
export function createLazyEditor(host: HTMLElement, options: Options, eager: boolean, load = () => import('./load')): Editor {
  let editor: Editor | null = null
  let fetching: Promise<Editor> | null = null
  let said: { code: string; frozen: boolean; run: RunOutputs | null; places: readonly Place[]; error: ProgramError | null; notes: readonly LineNote[] } = blank(options.code)

  const plain = createPlainView((line) => void whole().then((made) => made.goToLine(line)), options.exercises)
  host.append(plain.element)

  /// Once for all that is said in one go.
  let due = false
  function draw() {
    if (!due) queueMicrotask(drawNow)
    due = true
  }

  function drawNow() {
    if (due && !editor) plain.show({ ...said, outputs: said.run?.outputs ?? [] })
    due = false
  }

  /// The real editor, in the place of the text. `at`: the line that the reader pointed at.
  function whole(at = -1): Promise<Editor> {
    fetching ??= load().then(({ createEditor }) => {
      const focused = plain.element.contains(document.activeElement) || plain.element === document.activeElement
      const { scrollTop } = plain.element
      plain.element.remove()
      const made = createEditor(host, { ...options, code: said.code })
      editor = made
      if (said.frozen) made.freeze()
      if (said.run) made.showRun(said.run)
      made.markNodes(said.places, false)
      if (said.error) made.markError(said.error)
      made.showValues(said.notes)
      host.querySelector('.cm-scroller')?.scrollTo({ top: scrollTop })
      if (at > 0) made.goToLine(at)
      else if (focused) made.focus()
      return made
    })
    return fetching
  }

  plain.element.addEventListener('pointerup', (event) => {
    // Whoever marks text to copy it, or follows a link, does not want to edit.
    const wants = event.target instanceof Element && !event.target.closest('a, button, .exercise')
    if (!wants || !document.getSelection()?.isCollapsed) return
    const row = event.target.closest('.plain-line')?.querySelector('.plain-number')
    void whole(Number(row?.textContent ?? -1))
  })
  plain.element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault()
      options.onRun()
    } else if (event.target !== plain.element) {
      // A button inside is pressed.
      return
    } else if (event.key === 'Enter' || (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey)) {
      event.preventDefault()
      void whole()
    }
  })

  /// Says something to the editor, or notes it down and draws.
  function tell(note: Partial<typeof said>, act: (editor: Editor) => void) {
    said = { ...said, ...note }
    if (editor) act(editor)
    else if (!fetching) draw()
  }

  draw()
  if (eager) void whole()
  return {
    open: (code) => tell(blank(code), (to) => to.open(code)),
    replace: (code) => (editor ? editor.replace(code) : void whole().then((made) => made.replace(code))),
    freeze: () => tell({ frozen: true, places: [], error: null }, (to) => to.freeze()),
    showRun: (run) => tell({ run }, (to) => to.showRun(run)),
    markNodes(places, reveal) {
      tell({ places }, (to) => to.markNodes(places, reveal))
      if (editor || !reveal || !places[0]) return
      drawNow()
      plain.reveal(places[0].line)
    },
    markError: (error) => tell({ error }, (to) => to.markError(error)),
    hint: (places) => editor?.hint(places),
    showValues: (notes) => tell({ notes }, (to) => to.showValues(notes)),
    goToLine: (line) => void whole().then((made) => made.goToLine(line)),
    goTo: (place) => void whole().then((made) => made.goTo(place)),
    showAtCursor: () => editor?.showAtCursor(),
    write(first, last, text) {
      if (editor || options.readOnly || (options.locked ?? []).length > 0) return void whole().then((made) => made.write(first, last, text))
      // At once: the reader may press Check before an editor could be here.
      const code = withLines(said.code, first, last, text)
      if (code === said.code) return
      // What was marked stood in the text before.
      said = { ...said, code, places: [], error: null, notes: [] }
      options.onEdit(code)
      draw()
    },
    measure: () => editor?.measure(),
    focus: () => (editor ? editor.focus() : plain.element.focus()),
    destroy() {
      editor?.destroy()
      plain.element.remove()
    },
  }
}

/// `code` with whole lines replaced, as the editor does it.
export function withLines(code: string, first: number, last: number, text: string): string {
  const lines = code.split('\n')
  if (first > lines.length) return code
  lines.splice(first - 1, Math.max(first, last) - first + 1, text)
  return lines.join('\n')
}

const blank = (code: string) => ({ code, frozen: false, run: null, places: [], error: null, notes: [] })
