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

/// Lessons by file path (`…/01-attach-and-backward.py`), in the order of their numbers.
export function readLessons(files: Readonly<Record<string, string>>): readonly Doc[] {
  return Object.entries(files)
    .map(([path, code]) => {
      const [, number = '0', slug = path] = /(\d+)-([^/]+)\.py$/.exec(path) ?? []
      return { slug, number: Number(number), title: titleOfCode(code) ?? slug.replaceAll('-', ' '), code }
    })
    .toSorted((a, b) => a.number - b.number)
}

/// The first heading of a program's prose.
export function titleOfCode(code: string): string | null {
  const lines = code.split('\n')
  const first = splitCells(lines).find((cell) => cell.kind === 'markdown')
  return first ? titleOf(proseOf(lines.slice(first.first - 1, first.last))) : null
}

/// The document that a fragment names (`#lesson=slug`), if any.
export function docOfHash(hash: string, docs: readonly Doc[]): Doc | null {
  const slug = new URLSearchParams(hash.replace(/^#/, '')).get('lesson')
  return docs.find((doc) => doc.slug === slug) ?? null
}

/// Stands for what could not be opened.
export const NOTHING_TO_RUN = { slug: 'broken-link', number: 0, code: '' }

/// The document that a fragment names or holds; null when it leaves that to the page. Never another one in its place.
export async function docOfFragment(hash: string, docs: readonly Doc[]): Promise<Doc | null> {
  const lesson = docOfHash(hash, docs)
  if (lesson || hash === '' || hash === '#' || hash.startsWith('#lesson=')) return lesson
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
