import { describe, expect, it } from 'vitest'
import { EMPTY, type Doc } from '../../../web/src/app/documents'
import { keepPins, keptPins } from '../../../web/src/app/pinned'
import type { Store } from '../../../web/src/app/store'
import { DEFAULTS } from '../../../web/src/share'

function memory(): Store & { readonly all: Map<string, string> } {
  const all = new Map<string, string>()
  return { all, get: (key) => all.get(key) ?? null, set: (key, value) => void (value === null ? all.delete(key) : all.set(key, value)) }
}

const linked: Doc = { slug: 'link-1', number: 0, title: 'Shared', code: '', link: { ...DEFAULTS, code: '', view: { ...DEFAULTS.view, pins: ['theirs'] } } }

describe('pins', () => {
  it('are those of the link until the reader has own ones', () => {
    const store = memory()
    expect(keptPins(store, linked)).toEqual(['theirs'])
    keepPins(store, linked, [])
    expect(keptPins(store, linked)).toEqual([])
    keepPins(store, linked, ['theirs'])
    expect(store.all.size).toBe(0)
  })

  it('are kept by document', () => {
    const store = memory()
    keepPins(store, EMPTY, ['a', 'b'])
    expect([keptPins(store, EMPTY), keptPins(store, linked)]).toEqual([['a', 'b'], ['theirs']])
  })

  it('that cannot be read are none', () => {
    const store = memory()
    for (const text of ['{', '{}', '3', '[1, null]']) {
      store.set('pins:empty', text)
      expect(keptPins(store, EMPTY)).toEqual([])
    }
  })
})
