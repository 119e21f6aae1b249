/// Places in the program's text.

/// Lines of a program, as Python counts them.
export function linesOf(code: string): readonly string[] {
  return code.split(/\r\n|\r|\n/)
}

/// From (line, col) up to, not including, (endLine, endCol). Lines from 1, columns from 0.
export interface Range {
  readonly line: number
  readonly col: number
  readonly endLine: number
  readonly endCol: number
}

export function contains(range: Range, line: number, col: number): boolean {
  if (line < range.line || line > range.endLine) return false
  if (line === range.line && col < range.col) return false
  return line < range.endLine || col <= range.endCol
}

/// The text of a range, white space of line breaks folded into one space.
export function textOf(lines: readonly string[], range: Range): string {
  const parts: string[] = []
  for (let line = range.line; line <= range.endLine; line++) {
    const whole = lines[line - 1] ?? ''
    const from = line === range.line ? range.col : 0
    const to = line === range.endLine ? range.endCol : whole.length
    parts.push(whole.slice(from, to).trim())
  }
  return parts.filter((part) => part !== '').join(' ')
}
