import { describe, expect, it } from 'vitest'
import { EMPTY, EMPTY_ENTRY, docOfFragment, entryOfHash, readLessons, titleOfCode } from '../../../web/src/app/documents'
import { LINK_WORDS, encodeLink, type LinkCode } from '../../../web/src/share'

const text = '# %% [markdown]\n# # Control *flow*\n# Text.\n# %%\n1'
const lessons = readLessons(
  { '../../lessons/02-control-flow.py': 'Control flow', '../../lessons/01-attach-and-backward.py': 'Attach and backward', '../../lessons/03-lost.py': 'Without a text' },
  {
    '../../lessons/02-control-flow.py': async () => text,
    '../../lessons/01-attach-and-backward.py': async () => {
      throw new TypeError('Failed to fetch dynamically imported module')
    },
  },
)

describe('documents', () => {
  it('are sorted by number, with their titles', () => {
    expect(lessons.map(({ slug, number, title }) => `${number} ${slug}: ${title}`)).toEqual([
      '1 attach-and-backward: Attach and backward',
      '2 control-flow: Control flow',
    ])
  })

  it('are titled by their first heading', () => {
    expect(titleOfCode(text)).toBe('Control flow')
    expect(titleOfCode('# %%\n1')).toBeNull()
  })

  it('are none while there are no lessons', () => {
    expect(readLessons({}, {})).toEqual([])
  })

  it('are named by the fragment', () => {
    const entries = [...lessons, EMPTY_ENTRY]
    expect(entryOfHash('#lesson=control-flow', entries)?.number).toBe(2)
    expect(entryOfHash('#lesson=empty', entries)).toBe(EMPTY_ENTRY)
    for (const hash of ['', '#', '#lesson=nothing', '#1.abc', '#lesson=%']) expect(entryOfHash(hash, entries)).toBeNull()
  })

  it('are fetched when they are opened', async () => {
    expect(await docOfFragment('#lesson=control-flow', lessons)).toEqual({ slug: 'control-flow', number: 2, title: 'Control flow', code: text })
    expect(await docOfFragment('#lesson=empty', [...lessons, EMPTY_ENTRY])).toBe(EMPTY)
    expect(await docOfFragment('#lesson=nothing', lessons)).toBeNull()
  })

  it('say so when they cannot be fetched', async () => {
    expect((await docOfFragment('#lesson=attach-and-backward', lessons))?.problem?.title).toBe('This lesson could not be fetched')
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
