/// Exercises in the editor: the task as prose above the answer, and below it a panel of the app's in the place of hints, checks
/// and solution, which stay in the text but can be neither seen nor edited until the reader opens the source.

import { EditorState, Facet, RangeSetBuilder, StateEffect, StateField, type Extension, type Text, type Transaction } from '@codemirror/state'
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view'
import { exercisesOf, taskElement, type Exercise, type ExerciseHost } from './exercises'

class TaskWidget extends WidgetType {
  constructor(
    readonly exercise: Exercise,
    readonly host: ExerciseHost,
  ) {
    super()
  }

  override eq(other: TaskWidget) {
    return this.exercise.key === other.exercise.key && this.exercise.task === other.exercise.task
  }

  override toDOM(view: EditorView) {
    const made = taskElement(this.exercise, () => view.requestMeasure())
    if (!view.state.readOnly) {
      const name = this.exercise.solution === null ? 'Edit this exercise' : 'Edit this exercise: shows its solution'
      made.append(button('prose-edit', 'Edit', name, () => turnAt(view, view.posAtDOM(made), true, this.host)))
    }
    return made
  }

  override ignoreEvent() {
    return true
  }

  override get estimatedHeight() {
    return 60 + 24 * Math.ceil(this.exercise.task.length / 60)
  }
}

class PanelWidget extends WidgetType {
  constructor(
    readonly exercise: Exercise,
    readonly host: ExerciseHost,
  ) {
    super()
  }

  override eq(other: PanelWidget) {
    return this.exercise.key === other.exercise.key
  }

  override toDOM() {
    // In a box of its own: the editor may throw that away while another one already holds the panel.
    const made = document.createElement('div')
    made.className = 'exercise-place'
    made.append(this.host.panel(this.exercise))
    return made
  }

  override ignoreEvent() {
    return true
  }

  override get estimatedHeight() {
    return 70
  }
}

/// Above the source of an exercise that is open.
class OpenWidget extends WidgetType {
  override eq() {
    return true
  }

  override toDOM(view: EditorView) {
    const made = document.createElement('div')
    made.className = 'exercise-open'
    made.append('Source of an exercise ', button('button small', 'Fold it', 'Fold this exercise', () => turnAt(view, view.posAtDOM(made), false, null)))
    return made
  }

  override ignoreEvent() {
    return true
  }

  override get estimatedHeight() {
    return 34
  }
}

function button(className: string, text: string, name: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = className
  made.textContent = text
  made.setAttribute('aria-label', name)
  made.addEventListener('click', press)
  return made
}

const turn = StateEffect.define<{ readonly at: number; readonly open: boolean }>()

interface Value {
  readonly decorations: DecorationSet
  readonly atoms: DecorationSet
  /// Lines of the `# %%` of cells that are folded into an exercise.
  readonly folded: ReadonlySet<number>
  /// Pairs of positions between which nothing changes.
  readonly kept: readonly number[]
  /// Where exercises begin, and those of them whose source is open.
  readonly starts: readonly number[]
  readonly open: readonly number[]
}

/// What the app gives: none, and exercises are ordinary cells.
const hosts = Facet.define<ExerciseHost, ExerciseHost | null>({ combine: ([host]) => host ?? null })

const field = StateField.define<Value>({
  create: (state) => build(state, []),
  update(value, transaction) {
    const { changes, docChanged, state, effects } = transaction
    const turned = effects.filter((effect) => effect.is(turn))
    if (!docChanged && turned.length === 0) return value
    const move = (at: number) => changes.mapPos(at, 1)
    const known = new Set(value.starts.map(move))
    let open = value.open.map(move)
    for (const { value: to } of turned) open = to.open ? [...open, to.at] : open.filter((at) => at !== to.at)
    // What the reader is typing stays open, what was pasted or replaced as a whole does not.
    if (isTyped(transaction)) open = [...open, ...startsOf(state.doc).filter((at) => !known.has(at))]
    return build(state, open)
  },
  provide: (self) => [
    EditorView.decorations.from(self, ({ decorations }) => decorations),
    EditorView.atomicRanges.of((view) => view.state.field(self).atoms),
    EditorState.changeFilter.of(({ startState }) => {
      const { kept } = startState.field(self)
      return kept.length === 0 || kept
    }),
  ],
})

export function exerciseView(host: ExerciseHost | undefined): Extension {
  return host ? [hosts.of(host), field] : []
}

/// Whether an exercise draws the cell whose `# %%` stands in a line.
export function isInExercise(state: EditorState, marker: number): boolean {
  return state.field(field, false)?.folded.has(marker) ?? false
}

/// Whether a transaction folded or opened an exercise.
export function exercisesChanged({ startState, state }: Transaction): boolean {
  return startState.field(field, false) !== state.field(field, false)
}

function isTyped(transaction: Transaction): boolean {
  if (!transaction.docChanged || !(transaction.isUserEvent('input') || transaction.isUserEvent('delete') || transaction.isUserEvent('undo'))) return false
  let lines = 0
  transaction.changes.iterChanges((_fromA, _toA, _fromB, _toB, inserted) => (lines = Math.max(lines, inserted.lines)))
  return lines <= 2
}

const startsOf = (doc: Text): readonly number[] => exercisesOf([...doc.iterLines()]).map(({ marker }) => doc.line(marker).from)

function build(state: EditorState, open: readonly number[]): Value {
  const { doc } = state
  const host = state.facet(hosts)
  const all = new RangeSetBuilder<Decoration>()
  const atoms = new RangeSetBuilder<Decoration>()
  const folded = new Set<number>()
  const kept: number[] = []
  const starts: number[] = []
  const still: number[] = []
  if (!host) return { decorations: all.finish(), atoms: atoms.finish(), folded, kept, starts, open }
  for (const exercise of exercisesOf([...doc.iterLines()])) {
    const { from } = doc.line(exercise.marker)
    starts.push(from)
    if (open.includes(from)) {
      still.push(from)
      all.add(from, from, Decoration.widget({ widget: new OpenWidget(), block: true, side: -1 }))
      continue
    }
    const put = (first: number, last: number, widget: WidgetType) => {
      const [start, end] = [doc.line(first).from, doc.line(last).to]
      const replaced = Decoration.replace({ widget, block: true })
      all.add(start, end, replaced)
      atoms.add(start, end, replaced)
      // The line breaks on both sides too: nothing can be joined to it.
      kept.push(Math.max(0, start - 1), Math.min(doc.length, end + 1))
      for (let line = first; line <= last; line++) folded.add(line)
    }
    put(exercise.marker, exercise.first - 1, new TaskWidget(exercise, host))
    for (let line = exercise.first; line <= exercise.last; line++) all.add(doc.line(line).from, doc.line(line).from, Decoration.line({ class: 'cm-answer' }))
    if (exercise.folded.last >= exercise.folded.first) put(exercise.folded.first, exercise.folded.last, new PanelWidget(exercise, host))
  }
  return { decorations: all.finish(), atoms: atoms.finish(), folded, kept: joined(kept), starts, open: still }
}

/// Ranges that overlap as one.
function joined(pairs: readonly number[]): readonly number[] {
  const out: number[] = []
  for (let i = 0; i < pairs.length; i += 2) {
    const [from = 0, to = 0] = pairs.slice(i, i + 2)
    const end = out.at(-1)
    if (end !== undefined && from < end) out[out.length - 1] = Math.max(end, to)
    else out.push(from, to)
  }
  return out
}

function turnAt(view: EditorView, position: number, open: boolean, host: ExerciseHost | null) {
  const { doc } = view.state
  const line = doc.lineAt(position).number
  const exercise = exercisesOf([...doc.iterLines()]).find(({ marker }) => marker === line)
  if (!exercise) return
  if (open) host?.opened(exercise)
  const { from } = doc.line(exercise.marker)
  view.dispatch({ effects: turn.of({ at: from, open }), selection: { anchor: open ? from : doc.line(Math.min(exercise.first, doc.lines)).from }, scrollIntoView: true })
  view.focus()
}
