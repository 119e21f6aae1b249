/// The program as it is read: cells, prose, outputs, marks and the values at the ends of lines, without an editor. What a link with
/// its run shows until the reader wants to edit.

import './plain.css'
import type { Output, ProgramError } from '../protocol/trace'
import { proseOf, splitCells } from './cells'
import { exercisesOf, taskElement, type ExerciseHost } from './exercises'
import type { Place } from './marks'
import { appendOutputs, type GoToLine } from './output-view'
import { renderProse } from './prose'
import { tinted } from './tint'
import type { LineNote } from './values'

export interface PlainParts {
  readonly code: string
  readonly outputs: readonly Output[]
  readonly places: readonly Place[]
  readonly error: ProgramError | null
  readonly notes: readonly LineNote[]
}

export interface PlainView {
  readonly element: HTMLElement
  show(parts: PlainParts): void
  /// Brings a line into view.
  reveal(line: number): void
}

export function createPlainView(goTo: GoToLine, host?: ExerciseHost): PlainView {
  const element = make('div', 'plain')
  element.tabIndex = 0
  element.setAttribute('role', 'group')
  element.setAttribute('aria-label', 'Program. Press Enter to edit.')
  let rows = new Map<number, HTMLElement>()
  /// Prose by its text: with its formulas it stays as it is while the program around it is drawn anew.
  let kept = new Map<string, HTMLElement>()

  function proseOfText(text: string, next: Map<string, HTMLElement>): HTMLElement {
    const known = kept.get(text)
    const prose = known && !next.has(text) ? known : make('div', 'prose')
    if (prose !== known) {
      const body = make('div', 'prose-body')
      renderProse(body, text, () => {})
      prose.append(body)
    }
    next.set(text, prose)
    return prose
  }

  function show({ code, outputs, places, error, notes }: PlainParts) {
    const lines = code.split('\n')
    element.style.setProperty('--digits', String(String(lines.length).length))
    const starts = lines.reduce<number[]>((all, line) => [...all, (all.at(-1) ?? 0) + line.length + 1], [0])
    const tints = tinted(code)
    const cells = splitCells(lines)
    rows = new Map()
    const keeps = new Map<string, HTMLElement>()
    const children: HTMLElement[] = []
    const lineRow = (number: number) => {
      const row = codeRow(number, lines[number - 1] ?? '', starts[number - 1] ?? 0, tints, places, error, notes.find(({ line }) => line === number))
      rows.set(number, row)
      return row
    }
    const exercises = new Map(host ? exercisesOf(lines).map((each) => [each.marker, each]) : [])
    cells.forEach((cell, index) => {
      const exercise = exercises.get(cell.marker)
      if (cell.role !== null && cell.role !== 'exercise' && host) return
      if (exercise) {
        children.push(taskElement(exercise, () => {}))
        for (let number = exercise.first; number <= exercise.last; number++) {
          const row = lineRow(number)
          row.classList.add('cm-answer')
          children.push(row)
        }
      } else if (cell.kind === 'markdown') {
        children.push(proseOfText(proseOf(lines.slice(cell.first - 1, cell.last)), keeps))
      } else {
        if (cell.marker > 0) {
          const row = make('div', 'plain-line plain-rule')
          const rule = make('span', 'cell-rule')
          rule.textContent = cell.title
          row.append(numberOf(cell.marker), rule)
          children.push(row)
        }
        for (let number = cell.first; number <= cell.last; number++) children.push(lineRow(number))
      }
      const own = outputs.filter((output) => output.cell === index)
      if (own.length > 0) children.push(outputBlock(own, goTo))
      if (exercise && host && exercise.folded.last >= exercise.folded.first) {
        const place = make('div', 'exercise-place')
        place.append(host.panel(exercise))
        children.push(place)
      }
    })
    kept = keeps
    const focused = document.activeElement
    element.replaceChildren(...children)
    // A panel that was taken out and put back.
    if (focused instanceof HTMLElement && focused !== element && element.contains(focused)) focused.focus({ preventScroll: true })
  }

  return {
    element,
    show,
    reveal: (line) => rows.get(line)?.scrollIntoView({ block: 'nearest' }),
  }
}

function outputBlock(outputs: readonly Output[], goTo: GoToLine): HTMLElement {
  const block = make('div', 'cell-output')
  const body = make('div')
  appendOutputs(body, outputs, goTo)
  block.append(body)
  return block
}

function codeRow(number: number, text: string, start: number, tints: ReturnType<typeof tinted>, places: readonly Place[], error: ProgramError | null, note: LineNote | undefined): HTMLElement {
  const marks = places.flatMap((place) => spanIn(place, number, text.length))
  const wrong = error && error.line === number ? spanIn(error, number, text.length) : []
  const row = make('div', `plain-line${marks.length > 0 ? ' cm-nodeLine' : ''}${wrong.length > 0 ? ' cm-errorLine' : ''}`)
  const code = make('code', 'plain-code')
  const own = tints.flatMap(({ from, to, tint }) => (from < start + text.length && to > start ? [{ from: Math.max(0, from - start), to: Math.min(text.length, to - start), tint }] : []))
  const cuts = new Set([0, text.length, ...[...own, ...marks, ...wrong].flatMap(({ from, to }) => [from, to])])
  const ordered = [...cuts].toSorted((a, b) => a - b)
  for (const [i, from] of ordered.entries()) {
    const to = ordered[i + 1]
    if (to === undefined || to <= from) continue
    const inside = (span: { readonly from: number; readonly to: number }) => span.from <= from && to <= span.to
    const mark = [...(marks.some(inside) ? ['cm-nodeMark'] : []), ...(wrong.some(inside) ? ['cm-errorMark'] : [])].join(' ')
    const span = make('span', own.filter(inside).map(({ tint }) => `tint-${tint}`).join(' '))
    span.textContent = text.slice(from, to)
    // One mark around all the pieces that it holds.
    const last = code.lastElementChild
    if (last && last.className === mark) last.append(span)
    else {
      const group = make('span', mark)
      group.append(span)
      code.append(group)
    }
  }
  row.append(numberOf(number), code)
  if (note) row.append(noteOf(note))
  return row
}

/// The part of a place that stands in a line.
function spanIn({ line, col, endLine, endCol }: Place, number: number, length: number): readonly { readonly from: number; readonly to: number }[] {
  const last = endLine < line ? line : endLine
  if (number < line || number > last) return []
  return [{ from: number === line && col >= 0 ? col : 0, to: number === last && endCol >= 0 ? Math.min(endCol, length) : length }]
}

function numberOf(line: number): HTMLElement {
  const number = make('span', 'plain-number')
  number.setAttribute('aria-hidden', 'true')
  number.textContent = String(line)
  return number
}

function noteOf({ value, gradient, shape, visit }: LineNote): HTMLElement {
  const note = make('span', 'plain-note')
  note.setAttribute('aria-hidden', 'true')
  const parts: readonly (readonly [string, string])[] = [['is-value', value], ['is-grad', gradient === '' ? '' : `∂ ${gradient}`], ['is-shape', shape], ['is-visit', visit]]
  for (const [name, text] of parts) {
    if (text === '') continue
    const part = make('span', name)
    part.textContent = text
    note.append(part)
  }
  return note
}

function make(tag: string, className = ''): HTMLElement {
  const element = document.createElement(tag)
  if (className !== '') element.className = className
  return element
}
