/// How a number runs through the turns of a loop: a line to draw, and the same in words.

export interface Curve {
  /// Points of the line, x and y from 0 to 1 (y grows upward); pieces are broken where there is no finite number.
  readonly pieces: readonly (readonly { readonly x: number; readonly y: number }[])[]
  /// Where the number is NaN or infinite, from 0 to 1.
  readonly odd: readonly { readonly x: number; readonly kind: 'nan' | 'inf' }[]
  /// The turn that is looked at; y is null where it has no number to show.
  readonly here: { readonly x: number; readonly y: number | null }
  readonly log: boolean
  /// "shrinks 1e6-fold back through 50 turns: vanishes".
  readonly words: string
  /// The same without the turns: "shrinks 1e6-fold".
  readonly short: string
  readonly tone: 'calm' | 'vanishing' | 'exploding' | 'broken'
}

/// A range wider than this is drawn on a logarithmic scale.
const WIDE = 30
/// What changes by more than this is called vanishing or exploding.
const FAR = 100
/// Most points of a line: more turns are gathered, of each part the smallest and the largest.
const POINTS = 200

/// `norms`: one for each turn, null where it is not there. `here`: the turn that is looked at. `back`: one gradient that goes
/// back through all turns; else each turn has a gradient of its own.
export function curveOf(norms: readonly (number | null)[], here: number, back: boolean): Curve {
  const last = Math.max(1, norms.length - 1)
  const finite = norms.filter((one): one is number => one !== null && Number.isFinite(one))
  const positive = finite.filter((one) => one > 0)
  const [low, high] = [Math.min(...positive), Math.max(...positive)]
  const log = positive.length > 1 && high / low > WIDE
  const [from, to] = log ? [Math.log10(low), Math.log10(high)] : [Math.min(0, ...finite), Math.max(...finite, 0)]
  const scale = (one: number): number => (log ? (one > 0 ? (Math.log10(one) - from) / (to - from) : 0) : to > from ? (one - from) / (to - from) : 0.5)
  const x = (k: number): number => k / last
  const pieces: { x: number; y: number }[][] = []
  let open: { x: number; y: number }[] | null = null
  const kept = gathered(norms)
  norms.forEach((one, k) => {
    if (one === null || !Number.isFinite(one)) {
      open = null
      return
    }
    if (!kept.has(k)) return
    if (!open) pieces.push((open = []))
    open.push({ x: x(k), y: scale(one) })
  })
  const odd = norms.flatMap((one, k) => (one === null || Number.isFinite(one) ? [] : [{ x: x(k), kind: Number.isNaN(one) ? ('nan' as const) : ('inf' as const) }]))
  const now = norms[here] ?? null
  return {
    pieces,
    odd: odd.slice(0, POINTS),
    here: { x: x(Math.min(here, last)), y: now !== null && Number.isFinite(now) ? scale(now) : null },
    log,
    ...wordsOf(norms, back),
  }
}

/// Positions that are drawn: all of few, of many the extremes of each part.
function gathered(norms: readonly (number | null)[]): ReadonlySet<number> {
  if (norms.length <= POINTS) return new Set(norms.keys())
  const kept = new Set<number>()
  const part = Math.ceil(norms.length / (POINTS / 2))
  for (let start = 0; start < norms.length; start += part) {
    let [least, most] = [-1, -1]
    for (let k = start; k < Math.min(norms.length, start + part); k++) {
      const one = norms[k] ?? NaN
      if (!Number.isFinite(one)) continue
      if (least < 0 || one < (norms[least] ?? 0)) least = k
      if (most < 0 || one > (norms[most] ?? 0)) most = k
    }
    if (least >= 0) kept.add(least)
    if (most >= 0) kept.add(most)
  }
  kept.add(norms.length - 1)
  return kept
}

type Words = Pick<Curve, 'words' | 'short' | 'tone'>

const TONES = { calm: '', vanishing: ': vanishes', exploding: ': explodes', broken: '' } as const

function wordsOf(norms: readonly (number | null)[], back: boolean): Words {
  const turns = `${norms.length.toLocaleString('en')} turns`
  const say = (short: string, tone: Curve['tone'] = 'calm', way = back ? ` back through ${turns}` : ` over ${turns}`): Words => ({ words: `${short}${way}${TONES[tone]}`, short, tone })
  const known = norms.filter((one) => one !== null)
  if (known.length === 0) return say('none', 'calm', '')
  const odd = known.filter((one) => !Number.isFinite(one))
  if (odd.length > 0) return say(odd.some(Number.isNaN) ? 'NaN' : 'infinite', 'broken', ` in ${odd.length.toLocaleString('en')} of ${turns}`)
  if (known.every((one) => one === 0)) return say('zero', 'calm', ` in all ${turns}`)
  // One gradient goes from the last turn back to the first; gradients of their own are read as the program runs.
  const [first, last] = [known[0] ?? 0, known.at(-1) ?? 0]
  const [start, end] = back ? [last, first] : [first, last]
  if (end === 0) return say('falls to zero', back ? 'vanishing' : 'calm')
  if (start === 0) return say(`from zero to ${brief(end)}`)
  const ratio = end / start
  if (ratio >= 2) return say(`grows ${brief(ratio)}-fold`, ratio >= FAR ? 'exploding' : 'calm')
  if (ratio <= 0.5) return say(`shrinks ${brief(1 / ratio)}-fold`, back && 1 / ratio >= FAR ? 'vanishing' : 'calm')
  const positive = known.filter((one) => one > 0)
  const spread = Math.max(...positive) / Math.min(...positive)
  return say(spread > 2 ? `up and down ${brief(spread)}-fold` : 'about the same')
}

/// "7.4", "1200", "3e6".
function brief(value: number): string {
  if (value >= 1e4 || value < 1e-3) return value.toExponential(0).replace('e+', 'e')
  return String(Number(value.toPrecision(2)))
}
