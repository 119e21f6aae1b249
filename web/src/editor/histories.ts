/// What was done in documents that are not open now, so that it can still be undone when they are opened again.

import type { EditorState } from '@codemirror/state'

/// Documents that are remembered; the oldest is forgotten.
const MOST = 30

export interface Histories {
  keep(state: EditorState): void
  /// The state in which a document with this text was left.
  of(code: string): EditorState | null
}

export function createHistories(): Histories {
  const kept = new Map<string, EditorState>()
  return {
    keep(state) {
      const code = state.doc.toString()
      kept.delete(code)
      kept.set(code, state)
      const [oldest] = kept.keys()
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest)
    },
    of: (code) => kept.get(code) ?? null,
  }
}
