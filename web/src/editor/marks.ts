/// What the graph and the last run mark in the code: the selected nodes' sub-expressions, and the line of an error. Marks
/// move with the text while it is edited; places of an older text are mapped to where they stand now.

import { ChangeSet, RangeSetBuilder, StateEffect, StateField, type EditorState, type Extension, type Text } from '@codemirror/state'
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view'

/// Lines from 1, columns from 0 in UTF-16 units, as in the trace.
export interface Place {
  readonly line: number
  readonly col: number
  readonly endLine: number
  readonly endCol: number
}

export interface Marks {
  readonly nodes: readonly Place[]
  readonly error: Place | null
}

/// The text that runs: later places refer to it.
export const freeze = StateEffect.define<null>()
export const mark = StateEffect.define<Marks>()

interface Value {
  /// The text of the newest run, and all edits since.
  readonly ran: Text
  readonly edits: ChangeSet
  readonly decorations: DecorationSet
}

const node = Decoration.mark({ class: 'cm-nodeMark' })
const nodeLine = Decoration.line({ class: 'cm-nodeLine' })
const error = Decoration.mark({ class: 'cm-errorMark' })
const errorLine = Decoration.line({ class: 'cm-errorLine' })

const field = StateField.define<Value>({
  create: ({ doc }) => ({ ran: doc, edits: ChangeSet.empty(doc.length), decorations: Decoration.none }),
  update(value, transaction) {
    let next = value
    if (transaction.docChanged) {
      next = {
        ...next,
        edits: next.edits.compose(transaction.changes),
        decorations: next.decorations.map(transaction.changes),
      }
    }
    for (const effect of transaction.effects) {
      const { doc } = transaction.state
      if (effect.is(freeze)) next = { ran: doc, edits: ChangeSet.empty(doc.length), decorations: Decoration.none }
      else if (effect.is(mark)) next = { ...next, decorations: decorate(next, effect.value, doc) }
    }
    return next
  },
  provide: (self) => EditorView.decorations.from(self, (value) => value.decorations),
})

/// What is pointed at elsewhere: lighter than a selection.
export const hint = StateEffect.define<readonly Place[]>()

const hinted = Decoration.mark({ class: 'cm-nodeHint' })

const hints = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = value.map(transaction.changes)
    for (const effect of transaction.effects) {
      if (!effect.is(hint)) continue
      const found = effect.value.map((place) => rangeIn(transaction.state.field(field), place)).filter((range) => range !== null)
      const distinct = new Map(found.map((range) => [`${range.from} ${range.to}`, hinted.range(range.from, range.to)]))
      next = Decoration.set([...distinct.values()], true)
    }
    return next
  },
  provide: (self) => EditorView.decorations.from(self),
})

export const marks: Extension = [field, hints]

/// Where a place of the text that ran stands now; null when it is not in that text, or was deleted.
export function rangeNow(state: EditorState, place: Place): { readonly from: number; readonly to: number } | null {
  return rangeIn(state.field(field), place)
}

/// The place in the text that ran of a position now.
export function placeThen(state: EditorState, position: number): { readonly line: number; readonly col: number } {
  const { ran, edits } = state.field(field)
  const line = ran.lineAt(Math.min(edits.invertedDesc.mapPos(position, -1), ran.length))
  return { line: line.number, col: Math.min(edits.invertedDesc.mapPos(position, -1), ran.length) - line.from }
}

function rangeIn({ ran, edits }: Value, place: Place) {
  if (place.line < 1 || place.line > ran.lines) return null
  const first = ran.line(place.line)
  const last = ran.line(Math.min(Math.max(place.endLine, place.line), ran.lines))
  const whole = place.col < 0
  const start = whole ? first.from + (first.text.length - first.text.trimStart().length) : first.from + Math.min(place.col, first.length)
  const end = whole || place.endCol < 0 ? first.to : last.from + Math.min(place.endCol, last.length)
  const from = edits.mapPos(start, 1)
  const to = edits.mapPos(Math.max(end, start), -1)
  return from < to ? { from, to } : null
}

function decorate(value: Value, { nodes, error: failed }: Marks, doc: Text): DecorationSet {
  const spans: { from: number; to: number; decoration: Decoration }[] = []
  // A loop makes many nodes of one expression: one mark is enough.
  const marked = new Set<string>()
  const lines = new Map<number, Decoration>()
  const add = (place: Place, range: Decoration, line: Decoration) => {
    const found = rangeIn(value, place)
    if (!found) return
    const key = `${found.from} ${found.to}`
    if (marked.has(key)) return
    marked.add(key)
    spans.push({ ...found, decoration: range })
    for (let n = doc.lineAt(found.from).number; n <= doc.lineAt(found.to).number; n++) lines.set(doc.line(n).from, line)
  }
  for (const place of nodes) add(place, node, nodeLine)
  if (failed) add(failed, error, errorLine)
  for (const [from, decoration] of lines) spans.push({ from, to: from, decoration })
  const builder = new RangeSetBuilder<Decoration>()
  spans.sort((a, b) => a.from - b.from || a.decoration.startSide - b.decoration.startSide)
  for (const { from, to, decoration } of spans) builder.add(from, to, decoration)
  return builder.finish()
}
