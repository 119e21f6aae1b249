/// What is worked out from an object that never changes (a trace, a pass, a view) is worked out once, and forgotten with it.

export function once<K extends object, V>(build: (from: K) => V): (from: K) => V {
  const known = new WeakMap<K, { readonly value: V }>()
  return (from) => {
    const before = known.get(from)
    if (before) return before.value
    const value = build(from)
    known.set(from, { value })
    return value
  }
}
