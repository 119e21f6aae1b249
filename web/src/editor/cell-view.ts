/// Cells made visible: `# %%` lines are drawn as rules, markdown cells as prose. The source shows itself where the reader
/// edits it: on a rule when the cursor is on it, in prose after a click on "Edit" (or a double click).

import { EditorSelection, Prec, RangeSetBuilder, StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state'
import { Decoration, EditorView, WidgetType, keymap, type DecorationSet } from '@codemirror/view'
import { proseOf, splitCells, type CellSpan } from './cells'
import { exercisesChanged, isInExercise } from './exercise-view'
import { renderProse } from './prose'

class ProseWidget extends WidgetType {
  constructor(readonly text: string) {
    super()
  }

  override eq(other: ProseWidget) {
    return this.text === other.text
  }

  override toDOM(view: EditorView) {
    const host = document.createElement('div')
    host.className = 'prose'
    const body = document.createElement('div')
    body.className = 'prose-body'
    renderProse(body, this.text, () => view.requestMeasure())
    const edit = document.createElement('button')
    edit.type = 'button'
    edit.className = 'prose-edit'
    edit.textContent = 'Edit'
    edit.setAttribute('aria-label', 'Edit this text')
    const open = () => openProse(view, view.posAtDOM(host))
    edit.addEventListener('click', open)
    body.addEventListener('dblclick', open)
    host.append(body, edit)
    return host
  }

  override ignoreEvent() {
    return true
  }

  override get estimatedHeight() {
    return 30 + 24 * Math.ceil(this.text.length / 60)
  }
}

class RuleWidget extends WidgetType {
  constructor(readonly title: string) {
    super()
  }

  override eq(other: RuleWidget) {
    return this.title === other.title
  }

  override toDOM() {
    const rule = document.createElement('span')
    rule.className = 'cell-rule'
    rule.textContent = this.title
    return rule
  }

  override ignoreEvent() {
    return false
  }
}

/// Opens the markdown cell that starts at a position; null closes the open one.
const editProse = StateEffect.define<number | null>()

interface Value {
  readonly decorations: DecorationSet
  /// Prose that is drawn, as atomic ranges: the cursor passes it in one step.
  readonly atoms: DecorationSet
  /// Start of the markdown cell whose source is open.
  readonly editing: number | null
  /// The line of the cursor: its rule shows its source.
  readonly line: number
}

const field = StateField.define<Value>({
  create: (state) => build(state, null),
  update(value, transaction) {
    let editing = value.editing
    if (editing !== null && transaction.docChanged) editing = transaction.changes.mapPos(editing, -1)
    for (const effect of transaction.effects) if (effect.is(editProse)) editing = effect.value
    const line = cursorLine(transaction.state)
    if (!transaction.docChanged && !exercisesChanged(transaction) && editing === value.editing && line === value.line) return value
    return build(transaction.state, editing)
  },
  provide: (self) => [
    EditorView.decorations.from(self, (value) => value.decorations),
    EditorView.atomicRanges.of((view) => view.state.field(self).atoms),
  ],
})

const cursorLine = (state: EditorState) => state.doc.lineAt(state.selection.main.head).number

function build(state: EditorState, editing: number | null): Value {
  const { doc } = state
  const line = cursorLine(state)
  const all = new RangeSetBuilder<Decoration>()
  const atoms = new RangeSetBuilder<Decoration>()
  let open: number | null = null
  for (const cell of splitCells(doc.iterLines())) {
    if (cell.marker === 0 || isInExercise(state, cell.marker)) continue
    const marker = doc.line(cell.marker)
    const end = doc.line(Math.max(cell.last, cell.marker)).to
    if (cell.kind === 'markdown') {
      const holdsCursor = cell.marker <= line && line <= Math.max(cell.last, cell.marker)
      if (editing !== null && editing >= marker.from && editing <= end && holdsCursor) {
        open = marker.from
        for (let n = cell.marker; n <= Math.max(cell.last, cell.marker); n++) {
          all.add(doc.line(n).from, doc.line(n).from, Decoration.line({ class: 'cm-proseSource' }))
        }
        continue
      }
      const widget = new ProseWidget(proseOf(linesOf(state, cell)))
      const prose = Decoration.replace({ widget, block: true })
      all.add(marker.from, end, prose)
      atoms.add(marker.from, end, prose)
    } else if (cell.marker === line) {
      all.add(marker.from, marker.from, Decoration.line({ class: 'cm-cellMark' }))
    } else {
      all.add(marker.from, marker.from, Decoration.line({ class: 'cm-cellMark' }))
      all.add(marker.from, marker.to, Decoration.replace({ widget: new RuleWidget(cell.title) }))
    }
  }
  return { decorations: all.finish(), atoms: atoms.finish(), editing: open, line }
}

function linesOf({ doc }: EditorState, cell: CellSpan): readonly string[] {
  return Array.from({ length: cell.last - cell.first + 1 }, (_, i) => doc.line(cell.first + i).text)
}

function openProse(view: EditorView, at: number) {
  const line = view.state.doc.lineAt(at)
  const inside = Math.min(line.to + 1, view.state.doc.length)
  view.dispatch({ effects: editProse.of(line.from), selection: EditorSelection.cursor(inside) })
  view.focus()
}

/// Deleting into prose would remove the whole text at once: it opens instead.
function openBeside(side: -1 | 1) {
  return (view: EditorView) => {
    const { main, ranges } = view.state.selection
    if (!main.empty || ranges.length > 1) return false
    let found = -1
    view.state.field(field).atoms.between(Math.max(0, main.head - 1), Math.min(view.state.doc.length, main.head + 1), (from, to) => {
      if (side < 0 ? to === main.head || to === main.head - 1 : from === main.head || from === main.head + 1) found = from
    })
    if (found < 0) return false
    openProse(view, found)
    return true
  }
}

const closeProse = (view: EditorView) => {
  const { editing } = view.state.field(field)
  if (editing === null) return false
  const cell = splitCells(view.state.doc.iterLines()).find((each) => view.state.doc.line(Math.max(each.marker, 1)).from === editing)
  const after = Math.min((cell?.last ?? 0) + 1, view.state.doc.lines)
  view.dispatch({ effects: editProse.of(null), selection: EditorSelection.cursor(view.state.doc.line(after).to) })
  return true
}

export const cellView: Extension = [
  field,
  Prec.high(
    keymap.of([
      { key: 'Backspace', run: openBeside(-1) },
      { key: 'Delete', run: openBeside(1) },
      { key: 'Escape', run: closeProse },
    ]),
  ),
]
