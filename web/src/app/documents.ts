/// What can be opened: the lessons, an empty program, and what a link holds.

import { proseOf, splitCells, titleOf } from '../editor'
import { DEFAULTS, LINK_WORDS, LinkError, checksum, decodeLink, fingerprint, type LinkDocument, type LinkWords } from '../share'
import { TraceError, documentOf, readTrace, type Trace } from '../trace'

export interface Doc {
  readonly slug: string
  /// 1, 2, … for lessons; 0 for everything else.
  readonly number: number
  readonly title: string
  readonly code: string
  /// The link that it came in. Drafts never stand in for what a link holds.
  readonly link?: LinkDocument
  /// Why what the address names could not be opened: there is nothing to run.
  readonly problem?: LinkWords
  /// What of it could not be read: the rest is there.
  readonly lost?: string
  /// It came as a file. Drafts do not stand in for that either.
  readonly file?: true
  /// A run that was stored: it is shown without Python.
  readonly trace?: Trace
}

export const EMPTY: Doc = {
  slug: 'empty',
  number: 0,
  title: 'Empty program',
  code: 'from mxnet import autograd, np, npx\n\nnpx.set_np()\n\n',
}

/// A program that came as a file, and the trace that the file held. The same text is the same document.
export function docOfFile(title: string, code: string, trace?: Trace): Doc {
  return { slug: `file-${checksum(code)}${trace ? '-trace' : ''}`, number: 0, title, code, file: true, ...(trace ? { trace } : {}) }
}

/// A program that was handed over by the page around an embed.
export function docOfCode(code: string, seed: number): Doc {
  return { slug: `code-${checksum(code)}`, number: 0, title: titleOfCode(code) ?? 'Program', code, link: { ...DEFAULTS, code, seed } }
}

/// What the menu offers. The text of a lesson is fetched when it is opened.
export interface Entry {
  readonly slug: string
  readonly number: number
  readonly title: string
  readonly load: () => Promise<string>
}

export const EMPTY_ENTRY: Entry = { slug: EMPTY.slug, number: 0, title: EMPTY.title, load: async () => EMPTY.code }

/// Lessons by file path (`…/01-attach-and-backward.py`), in the order of their numbers: their titles, and how their texts are fetched.
export function readLessons(titles: Readonly<Record<string, string>>, texts: Readonly<Record<string, () => Promise<string>>>): readonly Entry[] {
  return Object.entries(titles)
    .flatMap(([path, title]): readonly Entry[] => {
      const [, number = '0', slug = path] = /(\d+)-([^/]+)\.py$/.exec(path) ?? []
      const load = texts[path]
      return load ? [{ slug, number: Number(number), title, load }] : []
    })
    .toSorted((a, b) => a.number - b.number)
}

/// The document of an entry of the menu.
export async function docOfEntry(entry: Entry): Promise<Doc> {
  if (entry.slug === EMPTY.slug) return EMPTY
  const { slug, number, title } = entry
  try {
    return { slug, number, title, code: await entry.load() }
  } catch {
    return { ...NOTHING_TO_RUN, title, problem: { title: 'This lesson could not be fetched', text: 'The network is away, or the site has changed since this page was opened. Load the page again.' } }
  }
}

/// The first heading of a program's prose.
export function titleOfCode(code: string): string | null {
  const lines = code.split('\n')
  const first = splitCells(lines).find((cell) => cell.kind === 'markdown')
  return first ? titleOf(proseOf(lines.slice(first.first - 1, first.last))) : null
}

/// The entry that a fragment names (`#lesson=slug`), if any.
export function entryOfHash(hash: string, entries: readonly Entry[]): Entry | null {
  const slug = new URLSearchParams(hash.replace(/^#/, '')).get('lesson')
  return entries.find((entry) => entry.slug === slug) ?? null
}

/// Stands for what could not be opened.
export const NOTHING_TO_RUN = { slug: 'broken-link', number: 0, code: '' }

/// The document that a fragment names or holds; null when it leaves that to the page. Never another one in its place.
export async function docOfFragment(hash: string, entries: readonly Entry[]): Promise<Doc | null> {
  const lesson = entryOfHash(hash, entries)
  if (lesson) return docOfEntry(lesson)
  if (hash === '' || hash === '#' || hash.startsWith('#lesson=')) return null
  try {
    const link = await decodeLink(hash)
    return { slug: `link-${fingerprint(link)}`, number: 0, title: titleOfCode(link.code) ?? 'Shared program', code: link.code, link, ...runOfLink(link) }
  } catch (error) {
    if (error instanceof LinkError) return { ...NOTHING_TO_RUN, title: 'Broken link', problem: LINK_WORDS[error.code] }
    throw error
  }
}

/// The run that a link carries. Hostile like the rest of it: one that cannot be read is not shown, its program is.
function runOfLink({ trace, code }: LinkDocument): Pick<Doc, 'trace' | 'lost'> {
  if (!trace) return {}
  try {
    return { trace: readTrace(documentOf(trace, code)) }
  } catch (error) {
    if (!(error instanceof TraceError || error instanceof RangeError)) throw error
    return { lost: 'The picture in this link cannot be read. Run the program to see it.' }
  }
}
