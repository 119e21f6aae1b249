/// Lines that the reader cannot change: they move with the text around them, and edits of them do nothing.

import { EditorState, RangeSetBuilder, StateField, type Extension, type Text } from '@codemirror/state'
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view'

export type LineRange = readonly [first: number, last: number]

const locked = Decoration.line({ class: 'cm-locked', attributes: { title: 'This line cannot be changed here' } })

/// `ranges` are lines counted from 1, first and last; those beyond the text are passed over.
export function lockLines(ranges: readonly LineRange[]): Extension {
  if (ranges.length === 0) return []
  const field = StateField.define<DecorationSet>({
    create: ({ doc }) => marked(doc, ranges),
    update: (lines, { changes }) => lines.map(changes),
    provide: (self) => EditorView.decorations.from(self),
  })
  const filter = EditorState.changeFilter.of(({ startState }) => {
    const kept: number[] = []
    startState.field(field).between(0, startState.doc.length, (from) => {
      const { to } = startState.doc.lineAt(from)
      // The break before it belongs to it, so that no line is joined to it from above.
      kept.push(Math.max(0, from - 1), to)
    })
    return kept
  })
  return [field, filter]
}

function marked(doc: Text, ranges: readonly LineRange[]): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  const lines = new Set(ranges.flatMap(([first, last]) => Array.from({ length: Math.max(0, Math.min(last, doc.lines) - first + 1) }, (_, i) => first + i)))
  for (const line of [...lines].toSorted((a, b) => a - b)) builder.add(doc.line(line).from, doc.line(line).from, locked)
  return builder.finish()
}
