/// Exercises of a program: what is asked, where the answer stands, and what stays folded away.

import { proseOf, splitCells, type CellSpan } from './cells'
import { renderProse } from './prose'

export interface Exercise {
  /// Its name, else its number; the same in every version of the program that has it. Progress is kept under it.
  readonly key: string
  /// What is asked: Markdown.
  readonly task: string
  /// Line of its `# %%`.
  readonly marker: number
  /// Lines of the answer; `last < first` when there are none.
  readonly first: number
  readonly last: number
  /// Lines of hints, checks and solutions; `folded.last < folded.first` when there are none.
  readonly folded: { readonly first: number; readonly last: number }
  readonly hints: readonly string[]
  /// Positions of its checks among the program's cells.
  readonly checks: readonly number[]
  /// Null when it has none.
  readonly solution: string | null
}

export interface ExerciseHost {
  /// The panel under the answer; one element for each exercise, however often it is asked for.
  panel(exercise: Exercise): HTMLElement
  /// The reader opened the source, with its solution.
  opened(exercise: Exercise): void
}

export function exercisesOf(lines: readonly string[]): readonly Exercise[] {
  const cells = splitCells(lines)
  const keys = new Map<string, number>()
  return cells.flatMap((cell, index): readonly Exercise[] => {
    if (cell.role !== 'exercise') return []
    const end = cells.findIndex((each, i) => i > index && (each.role === null || each.role === 'exercise'))
    const parts = cells.slice(index + 1, end < 0 ? cells.length : end)
    const name = cell.title.replace(/^exercise\s*/, '') || `Exercise ${keys.size + 1}`
    const times = (keys.get(name) ?? 0) + 1
    keys.set(name, times)
    const task = taskLines(lines, cell)
    const text = (part: CellSpan) => trimmed(lines.slice(part.first - 1, part.last))
    const solutions = parts.filter(({ role }) => role === 'solution').map(text)
    return [
      {
        key: times > 1 ? `${name} (${times})` : name,
        task: proseOf(lines.slice(cell.first - 1, cell.first - 1 + task)),
        marker: cell.marker,
        first: cell.first + task,
        last: cell.last,
        folded: { first: cell.last + 1, last: parts.at(-1)?.last ?? cell.last },
        hints: parts.filter(({ role }) => role === 'hint').map((part) => proseOf(text(part).split('\n'))),
        checks: parts.flatMap(({ role }, i) => (role === 'check' ? [index + 1 + i] : [])),
        solution: solutions.length > 0 ? solutions.join('\n\n') : null,
      },
    ]
  })
}

/// The comment at the head of the cell.
function taskLines(lines: readonly string[], { first, last }: CellSpan): number {
  let count = 0
  while (first + count <= last && (lines[first + count - 1] ?? '').startsWith('#')) count++
  return count
}

export const titleOfExercise = ({ key }: Pick<Exercise, 'key'>): string => (/^Exercise \d/.test(key) ? key : `Exercise: ${key}`)

/// What is asked, above the answer.
export function taskElement(exercise: Exercise, settled: () => void): HTMLElement {
  const made = document.createElement('div')
  made.className = 'prose exercise-task'
  const head = document.createElement('p')
  head.className = 'exercise-head'
  const title = document.createElement('strong')
  title.textContent = titleOfExercise(exercise)
  head.append(title)
  const body = document.createElement('div')
  body.className = 'prose-body'
  renderProse(body, exercise.task, settled)
  made.append(head, body)
  return made
}

/// The answer as it stands.
export function answerOf(lines: readonly string[], { first, last }: Exercise): string {
  return trimmed(lines.slice(first - 1, last))
}

function trimmed(lines: readonly string[]): string {
  return lines.join('\n').replace(/^\s*\n/, '').trimEnd()
}
