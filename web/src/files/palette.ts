/// The colours of a picture that leaves the page: those of `app/tokens.css` (a test compares them), mixed here because
/// programs that read SVG do not know `color-mix`.

export interface Palette {
  readonly bg: string
  readonly panel: string
  readonly ink: string
  readonly dim: string
  readonly line: string
  readonly value: string
  readonly grad: string
  readonly gradSoft: string
}

export const LIGHT: Palette = {
  bg: '#fbfbfa',
  panel: '#ffffff',
  ink: '#1f2328',
  dim: '#5a626d',
  line: '#e4e4e0',
  value: '#1d5fd1',
  grad: '#b94e07',
  gradSoft: '#fdeee2',
}

export const DARK: Palette = {
  bg: '#14161a',
  panel: '#1b1e24',
  ink: '#e6e8eb',
  dim: '#9aa3af',
  line: '#2c313a',
  value: '#7fb0ff',
  grad: '#ffa866',
  gradSoft: '#3a2718',
}

/// `share` percent of `color`, the rest `base`; both as #rrggbb.
export function mix(color: string, share: number, base: string): string {
  const [a, b] = [channels(color), channels(base)]
  const mixed = a.map((one, i) => Math.round((one * share + (b[i] ?? 0) * (100 - share)) / 100))
  return `#${mixed.map((one) => one.toString(16).padStart(2, '0')).join('')}`
}

function channels(color: string): readonly number[] {
  return [1, 3, 5].map((from) => Number.parseInt(color.slice(from, from + 2), 16))
}
