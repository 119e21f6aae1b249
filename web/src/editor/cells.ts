/// Cuts a program into cells at its `# %%` lines, exactly as `engine/cells.py` does: text before the first such line is a
/// cell of its own when it is not blank.

export interface CellSpan {
  readonly kind: 'code' | 'markdown'
  /// Line of the `# %%` itself, from 1; 0 for the text before the first one.
  readonly marker: number
  /// What stands behind `# %%` (without `[markdown]`).
  readonly title: string
  /// First and last line of the body; `last < first` when it is empty.
  readonly first: number
  readonly last: number
}

const MARKER = /^#\s*%%(.*)$/
const MARKDOWN = /\[markdown\]/i

export function splitCells(lines: Iterable<string>): readonly CellSpan[] {
  const cells: CellSpan[] = []
  let number = 0
  let open: Omit<CellSpan, 'last'> | null = null
  let blank = true
  const close = (last: number) => {
    if (open && (open.marker > 0 || !blank)) cells.push({ ...open, last })
  }
  open = { kind: 'code', marker: 0, title: '', first: 1 }
  for (const line of lines) {
    number++
    const match = MARKER.exec(line)
    if (!match) {
      if (line.trim()) blank = false
      continue
    }
    close(number - 1)
    const rest = match[1] ?? ''
    const kind = MARKDOWN.test(rest) ? 'markdown' : 'code'
    open = { kind, marker: number, title: rest.replace(MARKDOWN, '').trim(), first: number + 1 }
  }
  close(number)
  return cells
}

/// The prose of a markdown cell: its lines without the `# ` in front of them.
export function proseOf(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/^#[ \t]?/, '')).join('\n')
}
