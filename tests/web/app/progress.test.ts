import { describe, expect, it } from 'vitest'
import { verdictOf } from '../../../web/src/app/exercises'
import { NO_PROGRESS, createProgressBook, readProgress, writeProgress } from '../../../web/src/app/progress'
import { exercisesOf } from '../../../web/src/editor'
import type { Output } from '../../../web/src/protocol/trace'

const memory = () => {
  const kept = new Map<string, string>()
  return { kept, get: (key: string) => kept.get(key) ?? null, set: (key: string, value: string | null) => void (value === null ? kept.delete(key) : kept.set(key, value)) }
}

describe('progress', () => {
  it('is there again when the document is opened again, and belongs to that document', () => {
    const store = memory()
    const book = createProgressBook(store, 'one')
    book.tried('A', { attempts: 2, last: { correct: false, text: 'no', answer: '1' } })
    book.guessed('y', { attempts: 1, end: 'right', text: 'yes' })
    book.open('two')
    expect(book.now()).toEqual(NO_PROGRESS)
    const again = createProgressBook(store, 'one').now()
    expect(again.tries.get('A')).toEqual({ attempts: 2, hints: 0, shown: false, last: { correct: false, text: 'no', answer: '1' } })
    expect(again.guesses.get('y')).toEqual({ attempts: 1, end: 'right', text: 'yes' })
  })

  it('leaves nothing behind when all of it is forgotten', () => {
    const store = memory()
    const book = createProgressBook(store, 'one')
    book.tried('__proto__', { hints: 1 })
    expect(store.kept.size).toBe(1)
    book.tried('__proto__', null)
    expect(store.kept.size).toBe(0)
  })

  it.each([null, '', '{', '7', 'null', '{"tries": 3}', '{"tries": [["a"], 4, [5, {}]], "guesses": [[null]]}'])('%s is read without harm', (text) => {
    expect([...readProgress(text).guesses]).toEqual([])
  })

  it('takes no numbers that are none', () => {
    const text = writeProgress(readProgress('{"tries": [["a", {"attempts": -1, "hints": "2", "shown": 1}]], "guesses": []}'))
    expect(readProgress(text).tries.get('a')).toEqual({ attempts: 0, hints: 0, shown: false, last: null })
  })
})

describe('the verdict on an answer', () => {
  const [exercise] = exercisesOf(['# %% exercise', '1', '# %% check', 'a', '# %% check', 'b'])
  if (!exercise) throw new Error('no exercise')
  const said = (cell: number, correct: boolean, text: string): Output => ({ cell, type: 'verdict', correct, text })

  it('is that of all its checks', () => {
    expect(verdictOf(exercise, [said(1, true, 'well'), said(2, true, '')])).toEqual({ correct: true, text: 'well' })
    expect(verdictOf(exercise, [said(1, true, 'well'), said(2, false, 'no')])).toEqual({ correct: false, text: 'no' })
  })

  it('is none when one of them did not run', () => {
    expect(verdictOf(exercise, [said(1, true, ''), said(7, true, '')])).toBeNull()
    expect(verdictOf({ ...exercise, checks: [] }, [])).toBeNull()
  })
})
