import { describe, expect, it } from 'vitest'
import { proseOf, splitCells } from '../../../web/src/editor/cells'

const split = (text: string) => splitCells(text.split('\n')).map((cell) => `${cell.kind} ${cell.first}-${cell.last}`)

describe('cells', () => {
  it('stand between the marker lines', () => {
    expect(split('# %%\na = 1\n# %%\nb = 2\nb')).toEqual(['code 2-2', 'code 4-5'])
  })

  it('begin with the text before the first marker, when there is any', () => {
    expect(split('import x\n# %%\n1')).toEqual(['code 1-1', 'code 3-3'])
    expect(split('\n\n# %%\n1')).toEqual(['code 4-4'])
    expect(split('1')).toEqual(['code 1-1'])
  })

  it('can be prose', () => {
    expect(split('# %% [markdown]\n# Hello\n# %% Title [Markdown]\n# %%\n1')).toEqual(['markdown 2-2', 'markdown 4-3', 'code 5-5'])
  })

  it('carry the title behind their marker', () => {
    expect(splitCells(['# %% A title', '#%%', '# %% [markdown] B']).map((cell) => cell.title)).toEqual(['A title', '', 'B'])
  })

  it('are none in an empty program', () => {
    expect(split('')).toEqual([])
    expect(split('\n \n')).toEqual([])
  })

  it('give their prose without comment signs', () => {
    expect(proseOf(['# # Title', '#', '#   indented', 'plain'])).toBe('# Title\n\n  indented\nplain')
  })
})
