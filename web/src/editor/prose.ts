/// Prose between the cells: Markdown without HTML or images, with formulas in `$...$` and `$$...$$`.

import MarkdownIt from 'markdown-it'
import { loadKatex } from './katex'

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: true }).disable('image')

markdown.inline.ruler.before('escape', 'formula', (state, silent) => {
  const { src, pos } = state
  if (src[pos] !== '$') return false
  const fence = src[pos + 1] === '$' ? '$$' : '$'
  const from = pos + fence.length
  const to = src.indexOf(fence, from)
  // "$5 and $6" is no formula: a closing dollar stands behind a non-blank and before a non-digit.
  if (to <= from || to >= state.posMax) return false
  if (fence === '$' && (/\s/.test(src[from] ?? '') || /\s/.test(src[to - 1] ?? '') || /\d/.test(src[to + 1] ?? ''))) return false
  if (!silent) {
    const token = state.push('formula', '', 0)
    token.content = src.slice(from, to).trim()
    token.markup = fence
  }
  state.pos = to + fence.length
  return true
})

markdown.renderer.rules.formula = (tokens, index) => {
  const token = tokens[index]
  const kind = token?.markup === '$$' ? ' class="formula display"' : ' class="formula"'
  return `<span${kind}>${markdown.utils.escapeHtml(token?.content ?? '')}</span>`
}

markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  tokens[index]?.attrSet('rel', 'noreferrer noopener')
  tokens[index]?.attrSet('target', '_blank')
  return self.renderToken(tokens, index, options)
}

/// Fills `host` with the prose. `settled` is called when late formulas have changed its height.
export function renderProse(host: HTMLElement, text: string, settled: () => void): void {
  // markdown-it escapes everything that is not Markdown (html: false), so this is safe for any text.
  host.innerHTML = markdown.render(text)
  const formulas = [...host.querySelectorAll<HTMLElement>('.formula')]
  if (formulas.length === 0) return
  loadKatex().then(
    ({ default: { render } }) => {
      for (const formula of formulas) {
        const displayMode = formula.classList.contains('display')
        render(formula.textContent ?? '', formula, { displayMode, throwOnError: false, maxExpand: 200, maxSize: 20 })
      }
      settled()
    },
    // Offline: the source of the formula stays readable.
    () => {},
  )
}

/// Title and first sentence of a markdown cell, as plain text: what a menu shows.
export function titleOf(text: string): string | null {
  return /^#\s+(.+)$/m.exec(text)?.[1]?.replace(/[*_`$]/g, '').trim() ?? null
}
