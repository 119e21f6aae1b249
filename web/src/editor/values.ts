/// What each line made, at its end: it takes no room in the line, so nothing wraps or jumps, and it is hidden from screen
/// readers, which find the same in the inspector. An edited line loses it; the rest moves with the text.

import { StateEffect, StateField, type EditorState, type Extension, type Range } from '@codemirror/state'
import { Decoration, EditorView, ViewPlugin, WidgetType, type DecorationSet, type ViewUpdate } from '@codemirror/view'
import { rangeNow } from './marks'

export interface LineNote {
  /// In the text that ran, from 1.
  readonly line: number
  readonly shape: string
  readonly value: string
  readonly gradient: string
  readonly visit: string
}

/// Replaces all of them.
export const showValues = StateEffect.define<readonly LineNote[]>()

/// Narrower than this, in pixels, nothing is shown; and how far it stays from the border.
const LEAST = 44
const MARGIN = 10

class ValueWidget extends WidgetType {
  constructor(readonly note: LineNote) {
    super()
  }

  override eq(other: ValueWidget) {
    const [a, b] = [this.note, other.note]
    return a.shape === b.shape && a.value === b.value && a.gradient === b.gradient && a.visit === b.visit
  }

  override toDOM() {
    const { shape, value, gradient, visit } = this.note
    const host = document.createElement('span')
    host.className = 'cm-lineValue'
    host.setAttribute('aria-hidden', 'true')
    const text = host.appendChild(document.createElement('span'))
    const part = (name: string, words: string) => {
      if (words === '') return
      const span = document.createElement('span')
      span.className = name
      span.textContent = words
      text.append(span)
    }
    part('is-value', value)
    part('is-grad', gradient === '' ? '' : `∂ ${gradient}`)
    part('is-shape', shape)
    part('is-visit', visit)
    return host
  }

  override ignoreEvent() {
    return true
  }
}

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = value
    if (transaction.docChanged) {
      const { doc } = transaction.state
      const touched = new Set<number>()
      transaction.changes.iterChangedRanges((_fromA, _toA, fromB, toB) => {
        for (let line = doc.lineAt(fromB).number; line <= doc.lineAt(toB).number; line++) touched.add(line)
      })
      next = next.map(transaction.changes).update({ filter: (from) => !touched.has(doc.lineAt(from).number) })
    }
    for (const effect of transaction.effects) if (effect.is(showValues)) next = decorate(transaction.state, effect.value)
    return next
  },
  provide: (self) => EditorView.decorations.from(self),
})

function decorate(state: EditorState, notes: readonly LineNote[]): DecorationSet {
  const widgets = notes.flatMap((note): readonly Range<Decoration>[] => {
    const range = rangeNow(state, { line: note.line, col: -1, endLine: note.line, endCol: -1 })
    if (!range) return []
    return [Decoration.widget({ widget: new ValueWidget(note), side: 1 }).range(state.doc.lineAt(range.to).to)]
  })
  return Decoration.set(widgets, true)
}

/// Cuts what would stand beyond the border, with dots, so that no number is cut silently. Until it was measured a text has
/// no width, so that it never makes the line scroll.
const fitting = ViewPlugin.fromClass(
  class {
    constructor(view: EditorView) {
      this.fit(view)
    }

    update(update: ViewUpdate) {
      const shown = update.transactions.some(({ effects }) => effects.some((effect) => effect.is(showValues)))
      if (shown || update.geometryChanged || update.viewportChanged || update.docChanged) this.fit(update.view)
    }

    fit(view: EditorView) {
      view.requestMeasure({
        key: this,
        read: () => {
          const limit = view.scrollDOM.getBoundingClientRect().right - MARGIN
          return [...view.contentDOM.querySelectorAll<HTMLElement>('.cm-lineValue > span')].map((text) => ({ text, width: limit - text.getBoundingClientRect().left }))
        },
        write: (found) => {
          for (const { text, width } of found) {
            text.style.maxWidth = `${Math.max(0, width)}px`
            text.style.visibility = width < LEAST ? 'hidden' : ''
          }
        },
      })
    }
  },
)

const look = EditorView.baseTheme({
  '.cm-lineValue': { display: 'inline-block', position: 'relative', width: '0', height: '1em', whiteSpace: 'nowrap', pointerEvents: 'none', userSelect: 'none' },
  '.cm-lineValue > span': { position: 'absolute', left: '18px', bottom: '-0.42em', lineHeight: '1.5', maxWidth: '0', overflow: 'hidden', textOverflow: 'ellipsis', fontSize: '0.88em', paddingInline: '2px' },
  '.cm-lineValue .is-value': { color: 'var(--value)' },
  '.cm-lineValue .is-grad': { color: 'color-mix(in srgb, var(--grad) 88%, var(--ink))', marginLeft: '1.1em' },
  '.cm-lineValue .is-shape, .cm-lineValue .is-visit': { color: 'var(--dim)', marginLeft: '1.1em' },
})

export const lineValues: Extension = [field, fitting, look]
