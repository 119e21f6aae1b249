/// What can be opened: the lessons, an empty program, and what a link holds.

import { proseOf, splitCells, titleOf } from '../editor'
import { LinkError, decodeLink, fingerprint, type LinkCode, type LinkDocument } from '../share'

export interface Doc {
  readonly slug: string
  /// 1, 2, … for lessons; 0 for everything else.
  readonly number: number
  readonly title: string
  readonly code: string
  /// The link that it came in. Drafts never stand in for what a link holds.
  readonly link?: LinkDocument
  /// Why its link could not be opened: there is nothing to run.
  readonly problem?: LinkCode
}

export const EMPTY: Doc = {
  slug: 'empty',
  number: 0,
  title: 'Empty program',
  code: 'from mxnet import autograd, np, npx\n\nnpx.set_np()\n\n',
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

function titleOfCode(code: string): string | null {
  const lines = code.split('\n')
  const first = splitCells(lines).find((cell) => cell.kind === 'markdown')
  return first ? titleOf(proseOf(lines.slice(first.first - 1, first.last))) : null
}

/// The document that a fragment names (`#lesson=slug`), if any.
export function docOfHash(hash: string, docs: readonly Doc[]): Doc | null {
  const slug = new URLSearchParams(hash.replace(/^#/, '')).get('lesson')
  return docs.find((doc) => doc.slug === slug) ?? null
}

/// The document that a fragment names or holds; null when it leaves that to the page. Never another one in its place.
export async function docOfFragment(hash: string, docs: readonly Doc[]): Promise<Doc | null> {
  const lesson = docOfHash(hash, docs)
  if (lesson || hash === '' || hash === '#' || hash.startsWith('#lesson=')) return lesson
  try {
    const link = await decodeLink(hash)
    return { slug: `link-${fingerprint(link)}`, number: 0, title: 'Shared program', code: link.code, link }
  } catch (error) {
    if (error instanceof LinkError) return { slug: 'broken-link', number: 0, title: 'Broken link', code: '', problem: error.code }
    throw error
  }
}
