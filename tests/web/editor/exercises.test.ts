import { describe, expect, it } from 'vitest'
import cuts from '../fixtures/cells.json'
import { splitCells } from '../../../web/src/editor/cells'
import { answerOf, exercisesOf } from '../../../web/src/editor/exercises'
import { notebookOf, programOfNotebook } from '../../../web/src/files'

const PROGRAM = `# %%
x = 1
# %% exercise The square
# Make \`y\`
# **the square**.

y = x

# %% hint
# First.
# %% hint
# Second.
# %% solution
y = x * x

# %% check
y == x * x
# %% exercise
z = 1
# %%
z`.split('\n')

describe('exercises', () => {
  it('are cut as the engine cuts them', () => {
    for (const [text, expected] of cuts) {
      const found = splitCells(String(text).split('\n')).map(({ kind, first, last, role }) => [kind, first, last, role ?? ''])
      expect(found).toEqual(expected)
    }
  })

  it('have a task, an answer, hints, checks and a solution', () => {
    const [first, second] = exercisesOf(PROGRAM)
    expect(first).toEqual({
      key: 'The square',
      task: 'Make `y`\n**the square**.',
      marker: 3,
      first: 6,
      last: 8,
      folded: { first: 9, last: 17 },
      hints: ['First.', 'Second.'],
      checks: [5],
      solution: 'y = x * x',
    })
    expect(first && answerOf(PROGRAM, first)).toBe('y = x')
    expect(second).toMatchObject({ key: 'Exercise 2', task: '', first: 19, last: 19, folded: { first: 20, last: 19 }, hints: [], checks: [], solution: null })
  })

  it('of one name are told apart', () => {
    expect(exercisesOf(['# %% exercise A', '# %% exercise A', '# %% exercise']).map(({ key }) => key)).toEqual(['A', 'A (2)', 'Exercise 2'])
  })

  it('are none in an ordinary program', () => {
    expect(exercisesOf(['# %% check', '1', '# %% Exercises', '2'])).toEqual([])
  })

  it('go through a notebook and back', () => {
    const again = programOfNotebook(notebookOf(PROGRAM.join('\n'))).split('\n')
    const bare = (lines: readonly string[]) => exercisesOf(lines).map(({ key, task, hints, solution, checks }) => ({ key, task, hints, solution, checks }))
    expect(bare(again)).toEqual(bare(PROGRAM))
  })
})
