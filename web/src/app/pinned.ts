/// Which nodes are pinned in a document: what its link says, until the reader pins or unpins; then that, kept in the browser.

import type { Doc } from './documents'
import type { Store } from './store'

/// Most pins that are kept.
const MOST = 64

export const linkedPins = (doc: Doc): readonly string[] => doc.link?.view.pins ?? []

const keyOf = (doc: Doc): string => `pins:${doc.slug}`

export function keptPins(store: Store, doc: Doc): readonly string[] {
  try {
    const kept: unknown = JSON.parse(store.get(keyOf(doc)) ?? 'null')
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string').slice(0, MOST) : linkedPins(doc)
  } catch {
    return linkedPins(doc)
  }
}

export function keepPins(store: Store, doc: Doc, pins: readonly string[]): void {
  const usual = linkedPins(doc)
  const same = pins.length === usual.length && pins.every((pin, i) => pin === usual[i])
  store.set(keyOf(doc), same ? null : JSON.stringify(pins.slice(0, MOST)))
}
