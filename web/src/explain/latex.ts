/// LaTeX from the engine's templates: what is put for an operand, and where it needs brackets.

/// Colours of values and gradients; a page gives the classes their colours. KaTeX must trust `\htmlClass`.
export const MACROS: Readonly<Record<string, string>> = {
  '\\val': '\\htmlClass{tex-value}{#1}',
  '\\grd': '\\htmlClass{tex-grad}{#1}',
}

/// A piece of LaTeX that takes the place of an operand.
export interface Term {
  readonly latex: string
  /// It is a sum, a product, …: needs brackets beside other signs.
  readonly compound: boolean
}

export interface Fill {
  /// The term for `{name}`; null leaves the template as it is.
  operand(name: string): Term | null
  /// For `\bar{y}` and for `y`.
  readonly incoming: Term
  readonly result: Term
}

// Text and commands are skipped whole, so that no letter inside is taken for the result `y`.
const TOKEN = /\\bar\{y\}|\\(?:text|operatorname|mathbf|mathcal|begin|end)\{[^}]*\}|\\[a-zA-Z]+|\{([A-Za-z_]\w*)\}|(?<![A-Za-z])y(?![A-Za-z])/g

/// A template with its operands, `\bar{y}` and `y` replaced.
export function filled(template: string, fill: Fill): string {
  return template.replace(TOKEN, (token: string, name: string | undefined, offset: number) => {
    const [before, after] = [template.slice(0, offset), template.slice(offset + token.length)]
    if (token === '\\bar{y}') return put(fill.incoming, before, after)
    if (token === 'y' || token === '{y}') {
      return put(fill.result, before, after)
    }
    const term = name === undefined ? null : fill.operand(name)
    return term ? put(term, before, after) : token
  })
}

function put({ latex, compound }: Term, before: string, after: string): string {
  return compound && !isAlone(before, after) ? `{\\left(${latex}\\right)}` : `{${latex}}`
}

/// Whether the place has borders of its own: an argument of \frac or \sqrt, an exponent, brackets around it, or all there is.
function isAlone(before: string, after: string): boolean {
  if (before === '' && after === '') return true
  if (/(\\d?t?frac|\\sqrt|\\sqrt\[\d\]|\\frac\{\w+\})$/.test(before) || before.endsWith('^')) return true
  return /([([{,|]|\\lfloor|\\lVert|\\lceil)\s*$/.test(before) && /^\s*([)\]},|]|\\rfloor|\\rVert|\\rceil)/.test(after)
}

/// A Python name as LaTeX: single letters as they are, longer ones upright enough to be read as one word.
export function nameLatex(name: string, index = 0): string {
  const escaped = name.replace(/[\\{}$&#^_%~]/g, (sign) => (sign === '\\' ? '\\backslash ' : `\\${sign}`))
  const body = [...name].length === 1 && /\p{L}/u.test(name) ? name : `\\mathit{${escaped}}`
  return index > 0 ? `${body}_{${index}}` : body
}

/// Text as it stands, for attributes and operations without a formula.
export function textLatex(text: string): string {
  const signs: Readonly<Record<string, string>> = { '\\': '\\textbackslash ', '^': '\\textasciicircum ', '~': '\\textasciitilde ' }
  return `\\text{${text.replace(/[\\{}$&#^_%~]/g, (sign) => signs[sign] ?? `\\${sign}`)}}`
}

/// The gradient of a term.
export function barred({ latex }: Term): Term {
  const short = /^[A-Za-z]$/.test(latex)
  const sub = /^([A-Za-z])_\{(\d+)\}$/.exec(latex)
  const body = short ? `\\bar{${latex}}` : sub ? `\\bar{${sub[1]}}_{${sub[2]}}` : `\\overline{${latex}}`
  return { latex: `\\grd{${body}}`, compound: false }
}
