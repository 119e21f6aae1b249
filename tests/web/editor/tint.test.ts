/// Colours of a program that is only read.

import { describe, expect, it } from 'vitest'
import { tinted } from '../../../web/src/editor/tint'

const words = (code: string): readonly string[] => tinted(code).map(({ from, to, tint }) => `${tint} ${code.slice(from, to)}`)

describe('tinted', () => {
  it('knows keywords, names, numbers, strings and comments', () => {
    expect(words('def f(x):  # no\n    return x ** 2.5 + "a\\"b"')).toEqual(['keyword def', 'name f', 'comment # no', 'keyword return', 'number 2.5', 'string "a\\"b"'])
    expect(words("for i in range(3): s = f'{i}' if True else None")).toEqual(['keyword for', 'keyword in', 'number 3', "string f'{i}'", 'keyword if', 'number True', 'keyword else', 'number None'])
  })

  it('takes no keyword inside of strings, comments or longer names', () => {
    expect(words('"""for\nin""" # if\nfortune = \'not\'')).toEqual(['string """for\nin"""', 'comment # if', "string 'not'"])
  })

  it('never overlaps and stays inside of any text', () => {
    for (const code of ['', '"', "'''", 'class', 'class A', '1e5 0xff 1_000', '"a\nb"', 'def  \n f']) {
      let end = 0
      for (const { from, to } of tinted(code)) {
        expect(from).toBeGreaterThanOrEqual(end)
        expect(to).toBeGreaterThan(from)
        expect(to).toBeLessThanOrEqual(code.length)
        end = to
      }
    }
  })
})
