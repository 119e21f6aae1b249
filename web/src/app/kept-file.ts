/// The file that was opened last, kept by the browser so that loading the page again brings its program back.

import { docOfFile, type Doc } from './documents'
import type { Store } from './store'

export function keepFile(store: Store, { title, code }: Doc) {
  store.set('file', JSON.stringify({ title, code }))
}

/// The kept program, if a file is what was open last; its trace is not kept.
export function keptFile(store: Store): Doc | null {
  if (!store.get('open')?.startsWith('file-')) return null
  try {
    const kept: unknown = JSON.parse(store.get('file') ?? 'null')
    if (typeof kept !== 'object' || kept === null || !('title' in kept) || !('code' in kept)) return null
    return typeof kept.title === 'string' && typeof kept.code === 'string' ? docOfFile(kept.title, kept.code) : null
  } catch {
    return null
  }
}
