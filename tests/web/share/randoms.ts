/// Numbers that look random and are the same for the same seed.

export interface Randoms {
  below(end: number): number
  pick<T>(list: readonly T[]): T
}

/// Mulberry32.
export function randoms(seed: number): Randoms {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number) => Math.floor(next() * end)
  return { below, pick: (list) => list[below(list.length)] as (typeof list)[number] }
}
