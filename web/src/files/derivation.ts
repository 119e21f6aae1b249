/// The worked derivation: every step of a program's timeline in words and three lines of mathematics, as Markdown with
/// LaTeX that GitHub, Jupyter, Quarto and Pandoc read.

import { formulasOf, sentenceOf, type SummaryOf } from '../explain'
import { stepAt, timelineOf, type Step, type Trace } from '../trace'

/// Steps of a longer program that are written down: beyond this nobody reads them.
export const MOST_STEPS = 600

export function derivationOf(trace: Trace, title: string, summaryOf: SummaryOf): string {
  const { length } = timelineOf(trace)
  const shown = Math.min(length, MOST_STEPS)
  const parts = [`# ${title.replaceAll('\n', ' ')}`, fenced(trace.code)]
  let section = ''
  for (let index = 0; index < shown; index++) {
    const step = stepAt(trace, index)
    if (!step) continue
    const heading = headingOf(trace, step)
    if (heading !== section) parts.push(`## ${heading}`)
    section = heading
    parts.push(written(trace, step, summaryOf))
  }
  if (length === 0) parts.push('The program recorded nothing.')
  if (shown < length) parts.push(`*${(length - shown).toLocaleString('en')} more steps are left out.*`)
  return `${parts.join('\n\n')}\n`
}

function headingOf(trace: Trace, { kind, pass }: Step): string {
  if (kind === 'forward') return 'Forward'
  const name = trace.passes[pass]?.kind === 'grad' ? 'autograd.grad' : 'backward'
  return trace.passes.length > 1 ? `Back: pass ${pass + 1} of ${trace.passes.length} (\`${name}\`)` : `Back (\`${name}\`)`
}

function written(trace: Trace, step: Step, summaryOf: SummaryOf): string {
  const sentence = sentenceOf(trace, step, summaryOf)
  const { rule, program, numbers } = formulasOf(trace, step, summaryOf)
  const formulas = [...new Set([rule, program, numbers].filter((line) => line !== ''))]
  const [first = '', ...rest] = sentence.split(': ')
  return [`**${capital(first)}.** ${escapedProse(capital(rest.join(': ')))}.`, ...formulas.map((line) => `$$\n${plain(line)}\n$$`)].join('\n\n')
}

/// Without the page's two colours, which only the page's own KaTeX knows.
function plain(latex: string): string {
  return latex.replace(/\\(?:val|grd)\{/g, '{')
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/// Signs that Markdown would read stay signs; code between backticks is left alone.
function escapedProse(text: string): string {
  return text.split('`').map((part, i) => (i % 2 === 1 ? `\`${part}\`` : part.replace(/[\\*_[\]<>$|#]/g, '\\$&'))).join('')
}

/// A fence that is longer than any in the program.
function fenced(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}python\n${code.replace(/\n*$/, '')}\n${fence}`
}
