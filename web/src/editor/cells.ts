/// Cuts a program into cells at its `# %%` lines, exactly as `engine/cells.py` does: text before the first such line is a
/// cell of its own when it is not blank.

export interface CellSpan {
  readonly kind: 'code' | 'markdown'
  /// Line of the `# %%` itself, from 1; 0 for the text before the first one.
  readonly marker: number
  /// What stands behind `# %%` (without `[markdown]`).
  readonly title: string
  /// What the cell is to an exercise; null for others.
  readonly role: Role | null
  /// First and last line of the body; `last < first` when it is empty.
  readonly first: number
  readonly last: number
}

export type Role = 'exercise' | 'hint' | 'check' | 'solution'

const MARKER = /^#\s*%%(.*)$/
const MARKDOWN = /\[markdown\]/gi
const EXERCISE = /^exercise(?:\s+.*)?$/

export function splitCells(lines: Iterable<string>): readonly CellSpan[] {
  const cells: CellSpan[] = []
  let number = 0
  let open: Omit<CellSpan, 'last'> | null = null
  let blank = true
  const close = (last: number) => {
    if (open && (open.marker > 0 || !blank)) cells.push({ ...open, last })
  }
  open = { kind: 'code', marker: 0, title: '', role: null, first: 1 }
  for (const line of lines) {
    number++
    const match = MARKER.exec(line)
    if (!match) {
      if (line.trim()) blank = false
      continue
    }
    close(number - 1)
    const rest = match[1] ?? ''
    const title = rest.replace(MARKDOWN, '')
    const kind = title === rest ? 'code' : 'markdown'
    open = { kind, marker: number, title: title.trim(), role: roleOf(title.trim(), kind, open.role !== null), first: number + 1 }
  }
  close(number)
  return cells
}

/// A cell titled `exercise` (and a name) begins an exercise; `hint`, `check` and `solution`, and nothing else, belong to it as
/// long as they follow one another. `inside`: the cell before belongs to one.
function roleOf(title: string, kind: CellSpan['kind'], inside: boolean): Role | null {
  if (kind === 'code' && EXERCISE.test(title)) return 'exercise'
  if (inside && title === 'hint') return 'hint'
  return inside && kind === 'code' && (title === 'check' || title === 'solution') ? title : null
}

/// The prose of a markdown cell: its lines without the `# ` in front of them.
export function proseOf(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/^#[ \t]?/, '')).join('\n')
}
