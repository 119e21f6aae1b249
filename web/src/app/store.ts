/// Drafts and preferences in the browser's storage, which may be missing, full or forbidden: then nothing is kept and
/// everything else works.

export interface Store {
  get(key: string): string | null
  /// null removes.
  set(key: string, value: string | null): void
}

const PREFIX = 'autograd-playground:'

export function createStore(storage: () => Storage): Store {
  return {
    get(key) {
      try {
        return storage().getItem(PREFIX + key)
      } catch {
        return null
      }
    },
    set(key, value) {
      try {
        if (value === null) storage().removeItem(PREFIX + key)
        else storage().setItem(PREFIX + key, value)
      } catch {
        // Forbidden or full: the page goes on without.
      }
    },
  }
}
