/// The editor: a thin shell around CodeMirror that takes values to show and reports what the reader does.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { python, pythonLanguage } from '@codemirror/lang-python'
import { bracketMatching, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language'
import { setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState, Prec, type Transaction } from '@codemirror/state'
import { EditorView, drawSelection, dropCursor, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view'
import type { ProgramError } from '../protocol/trace'
import { cellView } from './cell-view'
import { splitCells } from './cells'
import { exercisesOf, type ExerciseHost } from './exercises'
import { exerciseView } from './exercise-view'
import { completeNames, type Names } from './complete'
import { nameHelp } from './help'
import { lockLines, type LineRange } from './locks'
import { createHistories } from './histories'
import { freeze, hint, mark, marks, placeThen, rangeNow, type Place } from './marks'
import { outputsOf, showRun, type RunOutputs } from './outputs'
import { theme } from './theme'
import { lineValues, showValues, type LineNote } from './values'

export interface EditorOptions {
  readonly code: string
  readonly names: Names
  /// Nothing, or not these lines, can be edited.
  readonly readOnly?: boolean
  readonly locked?: readonly LineRange[]
  /// Shows exercises; without it their cells are ordinary ones.
  readonly exercises?: ExerciseHost
  onEdit(code: string): void
  onRun(): void
  /// The reader moved the cursor (not by typing); line and column in the text that ran.
  onCursor(line: number, col: number): void
  /// The pointer stands over a place of the text that ran; null: over none.
  onPoint(place: { readonly line: number; readonly col: number } | null): void
  /// The reader wants to see the node of the sub-expression at the cursor.
  onShow(line: number, col: number): void
}

export interface Editor {
  /// Another document. One that was open before, with the same text, comes back with its history.
  open(code: string): void
  /// Replaces the text as one edit that can be undone.
  replace(code: string): void
  /// A run of the present text begins: outputs and marks refer to it from now on.
  freeze(): void
  showRun(run: RunOutputs | null): void
  /// `reveal` scrolls the first of them into view.
  markNodes(places: readonly Place[], reveal: boolean): void
  markError(error: ProgramError | null): void
  /// Lights places, without selecting them.
  hint(places: readonly Place[]): void
  /// What stands at the ends of the lines.
  showValues(notes: readonly LineNote[]): void
  goToLine(line: number): void
  /// Selects a place and brings it into view.
  goTo(place: Place): void
  /// As if the reader had asked at the cursor.
  showAtCursor(): void
  /// Replaces whole lines as an edit of the reader's.
  write(first: number, last: number, text: string): void
  /// What stands between the lines has another height.
  measure(): void
  focus(): void
  destroy(): void
}

export function createEditor(host: HTMLElement, options: EditorOptions): Editor {
  let nodes: readonly Place[] = []
  let failed: Place | null = null
  const histories = createHistories()

  const extensions = [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    EditorState.tabSize.of(4),
    indentUnit.of('    '),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    python(),
    pythonLanguage.data.of({ autocomplete: completeNames(options.names) }),
    autocompletion(),
    nameHelp(options.names),
    EditorView.lineWrapping,
    EditorState.readOnly.of(options.readOnly ?? false),
    lockLines(options.locked ?? []),
    EditorView.contentAttributes.of({
      'aria-label': 'Program. Tab indents; press Escape and then Tab to leave the editor.',
      // Focusable as it is, but checkers of scrolling regions look for the attribute.
      tabindex: '0',
      spellcheck: 'false',
      autocapitalize: 'off',
    }),
    Prec.highest(
      keymap.of([
        { key: 'Mod-Enter', run: runNow },
        { key: 'Shift-Enter', run: runNow },
        { key: 'Alt-Enter', run: showAtCursor },
      ]),
    ),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      indentWithTab,
    ]),
    exerciseView(options.exercises),
    cellView,
    outputsOf(goToLine),
    marks,
    lineValues,
    theme,
    EditorView.domEventHandlers({
      mousemove: (event, view) => point(view, event),
      mouseleave: () => options.onPoint(null),
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onEdit(update.state.doc.toString())
      else if (update.selectionSet && update.transactions.some(isMove)) {
        const { line, col } = placeThen(update.state, update.state.selection.main.head)
        options.onCursor(line, col)
      }
    }),
  ]

  let pointed = -2
  function point(view: EditorView, event: MouseEvent) {
    // A hand that marks text wants no lights.
    const over = event.buttons === 0 ? view.posAtCoords({ x: event.clientX, y: event.clientY }) : null
    if (over === pointed) return
    pointed = over ?? -1
    options.onPoint(over === null ? null : placeThen(view.state, over))
  }

  function showAtCursor() {
    const { line, col } = placeThen(view.state, view.state.selection.main.head)
    options.onShow(line, col)
    return true
  }

  function runNow() {
    options.onRun()
    return true
  }

  const stateOf = (code: string) => EditorState.create({ doc: code, extensions, selection: { anchor: startOf(code) } })
  const view = new EditorView({ parent: host, state: stateOf(options.code) })

  function remark(reveal: boolean) {
    const first = reveal && nodes[0] ? rangeNow(view.state, nodes[0]) : null
    view.dispatch({
      effects: [
        mark.of({ nodes, error: failed }),
        ...(first ? [EditorView.scrollIntoView(first.from, { y: 'nearest', yMargin: 60 })] : []),
      ],
    })
  }

  function goToLine(line: number) {
    const target = rangeNow(view.state, { line, col: -1, endLine: line, endCol: -1 })
    if (!target) return
    view.dispatch({
      selection: { anchor: target.from },
      effects: EditorView.scrollIntoView(target.from, { y: 'center' }),
      userEvent: 'select',
    })
    view.focus()
  }

  return {
    open(code) {
      nodes = []
      failed = null
      histories.keep(view.state)
      const before = histories.of(code)
      view.setState(before ?? stateOf(code))
      // What an earlier run left there is not of this one.
      if (before) view.dispatch({ effects: [freeze.of(null), showRun.of(null), showValues.of([]), mark.of({ nodes, error: failed })] })
    },
    replace(code) {
      // Not an edit of the reader's: locked lines do not stand in its way.
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code }, selection: { anchor: startOf(code) }, filter: false })
    },
    freeze() {
      nodes = []
      failed = null
      view.dispatch({ effects: freeze.of(null) })
      view.dispatch(setDiagnostics(view.state, []))
    },
    showRun: (run) => view.dispatch({ effects: showRun.of(run) }),
    markNodes(places, reveal) {
      nodes = places
      remark(reveal)
    },
    markError(error) {
      failed = error && error.line > 0 ? error : null
      remark(false)
      const range = failed && rangeNow(view.state, failed)
      const diagnostics: Diagnostic[] =
        error && range ? [{ ...range, severity: 'error', message: `${error.name}: ${error.message}` }] : []
      view.dispatch(setDiagnostics(view.state, diagnostics))
    },
    hint: (places) => view.dispatch({ effects: hint.of(places) }),
    showValues: (notes) => view.dispatch({ effects: showValues.of(notes) }),
    goToLine,
    goTo(place) {
      const target = rangeNow(view.state, place)
      if (!target) return
      view.dispatch({ selection: { anchor: target.from, head: target.to }, effects: EditorView.scrollIntoView(target.from, { y: 'center' }) })
      view.focus()
    },
    showAtCursor: () => void showAtCursor(),
    write(first, last, text) {
      const { doc } = view.state
      if (first > doc.lines) return
      const [from, to] = [doc.line(first).from, doc.line(Math.max(first, last)).to]
      view.dispatch({ changes: { from, to, insert: text }, userEvent: 'input.paste' })
    },
    measure: () => view.requestMeasure(),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  }
}

const isMove = (transaction: Transaction) => transaction.isUserEvent('select')

/// The first line of code that a reader may want to change: not inside prose.
function startOf(code: string): number {
  const lines = code.split('\n')
  const cell = splitCells(lines).find((each) => each.kind === 'code')
  const first = exercisesOf(lines).find(({ marker }) => marker === cell?.marker)?.first ?? cell?.first ?? 1
  const before = lines.slice(0, first - 1)
  return Math.min(before.reduce((sum, line) => sum + line.length + 1, 0), code.length)
}
