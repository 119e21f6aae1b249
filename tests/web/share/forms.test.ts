/// A link in the forms that people paste.

import { describe, expect, it } from 'vitest'
import { FORMS, formOf, type Shared } from '../../../web/src/share'

const SHARED: Shared = {
  site: 'https://example.org/play/',
  fragment: '#1.abc.00000000',
  title: 'A [title] with "quotes" & <tags>',
  code: 'x = 1\n\nif x < 2 and x > 0:\n    print("</pre>", \'&\')\n',
  seed: 7,
}

describe('formOf', () => {
  it('gives the address', () => expect(formOf('link', SHARED)).toBe('https://example.org/play/#1.abc.00000000'))

  it('escapes what Markdown would read', () => {
    expect(formOf('markdown', SHARED)).toBe('[A \\[title\\] with "quotes" & <tags>](https://example.org/play/#1.abc.00000000)')
  })

  it('writes an iframe that no title can leave', () => {
    expect(formOf('iframe', SHARED)).toBe(
      '<iframe src="https://example.org/play/embed.html#1.abc.00000000" title="A [title] with &quot;quotes&quot; &amp; &lt;tags&gt;" width="100%" height="460" loading="lazy" style="border: 0"></iframe>',
    )
  })

  it('writes the element with the program as text', () => {
    const made = formOf('element', SHARED)
    expect(made).toContain('<script async src="https://example.org/play/embed.js"></script>')
    expect(made).toContain('print("&lt;/pre&gt;", \'&amp;\')</pre></autograd-playground>')
    expect(made.split('</pre>')).toHaveLength(2)
  })

  it('indents the program under its directive', () => {
    expect(formOf('sphinx', SHARED).split('\n')).toEqual([
      '.. autograd-playground::',
      '   :title: A [title] with "quotes" & <tags>',
      '   :seed: 7',
      '',
      '   x = 1',
      '',
      '   if x < 2 and x > 0:',
      '       print("</pre>", \'&\')',
      '',
    ])
  })

  it('never changes the program with the form', () => {
    for (const form of FORMS) expect(formOf(form, { ...SHARED, code: '' })).not.toContain('undefined')
  })
})
