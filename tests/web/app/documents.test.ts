import { describe, expect, it } from 'vitest'
import { EMPTY, docOfHash, readLessons } from '../../../web/src/app/documents'

const lessons = readLessons({
  '../../lessons/02-control-flow.py': '# %% [markdown]\n# # Control *flow*\n# Text.\n# %%\n1',
  '../../lessons/01-attach-and-backward.py': '# %%\n1',
})

describe('documents', () => {
  it('are sorted by number and titled by their first heading', () => {
    expect(lessons.map(({ slug, number, title }) => `${number} ${slug}: ${title}`)).toEqual([
      '1 attach-and-backward: attach and backward',
      '2 control-flow: Control flow',
    ])
  })

  it('are none while there are no lessons', () => {
    expect(readLessons({})).toEqual([])
  })

  it('are named by the fragment', () => {
    const docs = [...lessons, EMPTY]
    expect(docOfHash('#lesson=control-flow', docs)?.number).toBe(2)
    expect(docOfHash('#lesson=empty', docs)).toBe(EMPTY)
    for (const hash of ['', '#', '#lesson=nothing', '#1.abc', '#lesson=%']) expect(docOfHash(hash, docs)).toBeNull()
  })
})
