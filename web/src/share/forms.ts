/// A link in the forms that people paste: an address, Markdown, an iframe, the element, a Sphinx directive.

export const FORMS = ['link', 'markdown', 'iframe', 'element', 'sphinx'] as const
export type Form = (typeof FORMS)[number]

export interface Shared {
  /// Folder of the site, with its slash: "https://example.org/playground/".
  readonly site: string
  /// `#1.…`
  readonly fragment: string
  readonly title: string
  readonly code: string
  readonly seed: number
  /// Options of an embed (web/src/embed/README.md); an empty value is one that is only there.
  readonly options?: Readonly<Record<string, string>>
}

/// Height of an embed whose page has no script that could fit it.
const HEIGHT = 460

export function formOf(form: Form, shared: Shared): string {
  const { site, fragment, title } = shared
  switch (form) {
    case 'link':
      return site + fragment
    case 'markdown':
      return `[${title.replace(/[\\[\]]/g, '\\$&')}](${site}${fragment})`
    case 'iframe':
      return `<iframe src="${attribute(`${site}embed.html${queryOf(shared)}${fragment}`)}" title="${attribute(title)}" width="100%" height="${heightOf(shared)}" loading="lazy" style="border: 0"></iframe>`
    case 'element':
      return [
        `<script async src="${attribute(`${site}embed.js`)}"></script>`,
        `<autograd-playground src="${attribute(fragment)}" title="${attribute(title)}"${attributesOf(shared)}><pre>${text(shared.code.trimEnd())}</pre></autograd-playground>`,
      ].join('\n')
    case 'sphinx':
      return directive(shared)
  }
}

/// The program stands in the page's source, so that it is read, searched and printed with it.
function directive({ title, code, seed, options: chosen = {} }: Shared): string {
  const options = [`:title: ${title.replace(/\s+/g, ' ')}`, ...(seed === 0 ? [] : [`:seed: ${seed}`]), ...Object.entries(chosen).map(([name, value]) => `:${name}: ${value}`.trimEnd())]
  const body = code.trimEnd().split('\n')
  return ['.. autograd-playground::', ...[...options, '', ...body].map((line) => (line === '' ? '' : `   ${line}`)), ''].join('\n')
}

/// `height` is of the element alone: a frame has its own.
function queryOf({ options = {} }: Shared): string {
  const query = new URLSearchParams(Object.entries(options).filter(([name]) => name !== 'height')).toString()
  return query === '' ? '' : `?${query}`
}

function heightOf({ options = {} }: Shared): string {
  return /^\d+$/.test(options.height ?? '') ? (options.height ?? '') : String(HEIGHT)
}

function attributesOf({ options = {} }: Shared): string {
  return Object.entries(options).map(([name, value]) => (value === '' ? ` ${name}` : ` ${name}="${attribute(value)}"`)).join('')
}

function attribute(value: string): string {
  return text(value).replaceAll('"', '&quot;')
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
