/// What can be opened: the lessons, and an empty program.

import { proseOf, splitCells, titleOf } from '../editor'

export interface Doc {
  readonly slug: string
  /// 1, 2, … for lessons; 0 for the empty program.
  readonly number: number
  readonly title: string
  readonly code: string
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
