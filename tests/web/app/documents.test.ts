import { describe, expect, it } from 'vitest'
import { EMPTY, docOfFragment, docOfHash, readLessons } from '../../../web/src/app/documents'
import { LINK_WORDS, encodeLink, type LinkCode } from '../../../web/src/share'

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

  it('come in links, each under a name of its own', async () => {
    const link = await encodeLink({ code: 'print(1)', seed: 3 })
    const doc = await docOfFragment(link, lessons)
    expect(doc).toMatchObject({ title: 'Shared program', code: 'print(1)', link: { seed: 3 } })
    expect(doc?.slug).toMatch(/^link-/)
    expect((await docOfFragment(await encodeLink({ code: 'print(2)', seed: 3 }), lessons))?.slug).not.toBe(doc?.slug)
  })

  it('are never others in place of a broken link', async () => {
    const link = await encodeLink({ code: 'print(1)' })
    const cases = { [link.slice(0, -1)]: 'truncated', [link.replace('.', '.A')]: 'corrupted', '#9.x': 'unknown-version', '#hello': 'not-a-link' }
    for (const [hash, problem] of Object.entries(cases)) {
      expect(await docOfFragment(hash, lessons)).toMatchObject({ code: '', problem: LINK_WORDS[problem as LinkCode] })
    }
  })

  it('are left to the page when the fragment asks for nothing that is there', async () => {
    for (const hash of ['', '#', '#lesson=nothing', '#lesson=']) expect(await docOfFragment(hash, lessons)).toBeNull()
    expect((await docOfFragment('#lesson=control-flow', lessons))?.number).toBe(2)
  })
})
