/// Colours for a program that is only read: keywords, strings, numbers, comments and defined names, by one expression. The
/// editor's own grammar knows more; it takes this one's place when the reader begins to edit.

export type Tint = 'keyword' | 'string' | 'number' | 'comment' | 'name'

export interface Tinted {
  readonly from: number
  readonly to: number
  readonly tint: Tint
}

const KEYWORDS =
  'and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield'

const TOKEN = new RegExp(
  [
    String.raw`(?<comment>#[^\n]*)`,
    String.raw`(?<string>\b(?:[rRbBfFuU]{0,2})(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)|"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)`,
    String.raw`(?:\b(?:def|class)\s+)(?<name>\w+)`,
    String.raw`(?<keyword>\b(?:${KEYWORDS})\b)`,
    String.raw`(?<number>\b(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?)\b|\b(?:True|False|None)\b)`,
  ].join('|'),
  'gu',
)

/// In the order of the text, without overlaps.
export function tinted(code: string): readonly Tinted[] {
  const found: Tinted[] = []
  for (const match of code.matchAll(TOKEN)) {
    const [tint, text] = Object.entries(match.groups ?? {}).find(([, part]) => part !== undefined) ?? []
    if (tint === undefined || text === undefined || text === '') continue
    const to = match.index + match[0].length
    if (tint === 'name') found.push({ from: match.index, to: match.index + match[0].search(/\s/), tint: 'keyword' })
    found.push({ from: tint === 'name' ? to - text.length : match.index, to, tint: tint as Tint })
  }
  return found
}
