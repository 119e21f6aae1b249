import { describe, expect, it } from 'vitest'
import { withLines } from '../../../web/src/editor/lazy'

describe('lines of the program that is only read', () => {
  it('are replaced whole', () => {
    expect(withLines('a\nb\nc', 2, 2, 'x\ny\n')).toBe('a\nx\ny\n\nc')
    expect(withLines('a\nb\nc', 1, 3, 'x')).toBe('x')
  })

  it('are put in before nothing: an empty range is its first line', () => {
    expect(withLines('a\nb', 2, 1, 'x')).toBe('a\nx')
  })

  it('stay as they are beyond the end', () => {
    expect(withLines('a', 3, 4, 'x')).toBe('a')
  })
})
