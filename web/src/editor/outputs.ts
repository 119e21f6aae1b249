/// Outputs under their cells. Widgets keep their place while the code is edited; while a new run goes on, what the last
/// run printed stays (dimmed) until the cell prints anew, so nothing jumps.

import { RangeSetBuilder, StateEffect, StateField, type EditorState, type Extension, type Text } from '@codemirror/state'
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view'
import type { Output } from '../protocol/trace'
import { splitCells } from './cells'
import { appendOutputs, type GoToLine } from './output-view'

/// What the editor shows of a run; the app makes a new value for every change.
export interface RunOutputs {
  readonly run: number
  readonly outputs: readonly Output[]
  /// The cell that is running, -1 when none is.
  readonly active: number
}

export const showRun = StateEffect.define<RunOutputs | null>()

interface Shown {
  /// End of the line under which it stands.
  readonly at: number
  readonly cell: number
  readonly outputs: readonly Output[]
  readonly stale: boolean
  readonly active: boolean
}

interface Value {
  readonly run: RunOutputs | null
  /// End of every cell's last line, for the newest run.
  readonly anchors: readonly number[]
  /// What the run before left, while the newest one goes on.
  readonly old: readonly Shown[]
  readonly shown: readonly Shown[]
  readonly decorations: DecorationSet
}

class OutputWidget extends WidgetType {
  constructor(
    readonly shown: Shown,
    readonly goTo: GoToLine,
  ) {
    super()
  }

  override eq(other: OutputWidget) {
    const a = this.shown
    const b = other.shown
    return a.outputs === b.outputs && a.stale === b.stale && a.active === b.active
  }

  override toDOM() {
    // Room around it is padding: CodeMirror does not see the margins of a widget.
    const host = document.createElement('div')
    host.className = 'cell-output'
    host.append(document.createElement('div'))
    this.fill(host, 0)
    return host
  }

  /// Appends only what is new: a cell that prints a lot is not drawn again for every line.
  override updateDOM(host: HTMLElement, _view: EditorView, before?: WidgetType) {
    const old = before instanceof OutputWidget ? before.shown.outputs : null
    const kept = old && old.every((output, index) => output === this.shown.outputs[index]) ? old.length : 0
    if (kept === 0) host.firstElementChild?.replaceChildren()
    this.fill(host, kept)
    return true
  }

  private fill(host: HTMLElement, from: number) {
    host.classList.toggle('stale', this.shown.stale)
    host.classList.toggle('active', this.shown.active)
    const body = host.firstElementChild
    if (body instanceof HTMLElement) appendOutputs(body, this.shown.outputs.slice(from), this.goTo)
  }

  override ignoreEvent() {
    return true
  }

  override get estimatedHeight() {
    const lines = this.shown.outputs.reduce((sum, output) => sum + linesOf(output), 0)
    return 16 + 21 * Math.min(lines, 20)
  }
}

const linesOf = (output: Output) => (output.type === 'error' || output.type === 'verdict' ? 3 : output.text.split('\n').length)

export function outputsOf(goTo: GoToLine): Extension {
  const field = StateField.define<Value>({
    create: () => ({ run: null, anchors: [], old: [], shown: [], decorations: Decoration.none }),
    update(value, transaction) {
      let next = value
      if (transaction.docChanged) {
        const { changes, startState, state } = transaction
        const move = (at: number) => state.doc.lineAt(changes.mapPos(at, 1)).to
        // What stood under a line that was deleted goes with it.
        const remains = ({ at }: Shown) => {
          const line = startState.doc.lineAt(at)
          return line.length === 0 || changes.mapPos(line.from, 1) < changes.mapPos(line.to, -1)
        }
        const moveAll = (shown: readonly Shown[]) => shown.filter(remains).map((each) => ({ ...each, at: move(each.at) }))
        next = { ...next, anchors: next.anchors.map(move), old: moveAll(next.old), shown: moveAll(next.shown) }
      }
      for (const effect of transaction.effects) {
        if (effect.is(showRun)) next = show(next, effect.value, transaction.state)
      }
      return next === value ? value : { ...next, decorations: decorate(next.shown, goTo) }
    },
    provide: (self) => EditorView.decorations.from(self, (value) => value.decorations),
  })
  return field
}

function show(value: Value, run: RunOutputs | null, state: EditorState): Value {
  if (!run) return { ...value, run, old: [], shown: [], anchors: [] }
  const fresh = run.run !== value.run?.run
  const anchors = fresh ? cellEnds(state.doc) : value.anchors
  const old = fresh ? value.shown.filter((each) => each.outputs.length > 0).map((each) => ({ ...each, stale: true, active: false })) : value.old
  const byCell = new Map<number, Output[]>()
  for (const output of run.outputs) {
    if (output.type === 'verdict') continue
    const list = byCell.get(output.cell)
    if (list) list.push(output)
    else byCell.set(output.cell, [output])
  }
  const shown: Shown[] = []
  for (const [cell, outputs] of byCell) {
    const at = anchors[cell] ?? anchors.at(-1)
    if (at === undefined) continue
    // The same list as before keeps the widget as it is.
    const before = value.shown.find((each) => each.cell === cell && !each.stale)
    const same = before?.outputs.length === outputs.length && before.outputs.every((output, i) => output === outputs[i])
    shown.push({ at, cell, outputs: same ? before.outputs : outputs, stale: false, active: cell === run.active })
  }
  const running = run.active >= 0
  const left = running ? old.filter((each) => cellAt(anchors, each.at) >= run.active && !byCell.has(cellAt(anchors, each.at))) : []
  return { ...value, run, anchors, old: left, shown: [...shown, ...left].toSorted((a, b) => a.at - b.at) }
}

/// The cell in which a position stands.
function cellAt(anchors: readonly number[], at: number): number {
  const cell = anchors.findIndex((end) => at <= end)
  return cell < 0 ? anchors.length - 1 : cell
}

/// End of each cell's last line that is not blank (of its `# %%` line when all are).
function cellEnds(doc: Text): readonly number[] {
  return splitCells(doc.iterLines()).map((cell) => {
    let line = Math.max(cell.last, cell.marker, 1)
    while (line > Math.max(cell.marker, 1) && !doc.line(line).text.trim()) line--
    return doc.line(line).to
  })
}

function decorate(shown: readonly Shown[], goTo: GoToLine): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  for (const each of shown) {
    builder.add(each.at, each.at, Decoration.widget({ widget: new OutputWidget(each, goTo), side: 1, block: true }))
  }
  return builder.finish()
}
