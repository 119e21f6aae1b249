/// Where to put the camera, as plain arithmetic. A picture point p is drawn at `k * p + (x, y)`.

export interface Transform {
  readonly k: number
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Rect extends Size {
  readonly x: number
  readonly y: number
}

/// A picture that is whole only when it is smaller than `least` may be seen that small.
export const ZOOM = { least: 0.02, most: 4 } as const
/// Small graphs are not blown up beyond this.
const FIT_MOST = 1.15
/// A first look goes no smaller than this: text must stay legible. Larger graphs open at their top.
const OPEN_LEAST = 0.62
const EDGE = 8
const LEAST_SEEN = 80

/// The largest scale at which a window shows all of a picture.
export function fitScale(window: Size, picture: Size): number {
  const room = { width: Math.max(1, window.width - 2 * EDGE), height: Math.max(1, window.height - 2 * EDGE) }
  return Math.min(room.width / Math.max(1, picture.width), room.height / Math.max(1, picture.height), FIT_MOST)
}

/// The whole picture in the middle of the window.
export function fitTransform(window: Size, picture: Size): Transform {
  const k = fitScale(window, picture)
  return { k, x: (window.width - k * picture.width) / 2, y: (window.height - k * picture.height) / 2 }
}

/// First look: all of it when that is legible, else its beginning, with `start` (a point of the picture) in the middle.
export function openTransform(window: Size, picture: Size, start: { readonly x: number }): Transform {
  const fit = fitTransform(window, picture)
  if (fit.k >= OPEN_LEAST) return fit
  const k = OPEN_LEAST
  const width = k * picture.width
  const x = width <= window.width ? (window.width - width) / 2 : clamp(window.width / 2 - k * start.x, window.width - width, 0)
  const height = k * picture.height
  return { k, x, y: height <= window.height ? (window.height - height) / 2 : EDGE }
}

/// A part of the picture in the middle of what nothing covers, with its surroundings, at a scale at which text is legible.
export function closeTransform(open: Rect, part: Rect): Transform {
  const fit = Math.min((0.6 * open.width) / Math.max(1, part.width), (0.6 * open.height) / Math.max(1, part.height))
  const k = clamp(fit, OPEN_LEAST, 1)
  return { k, x: open.x + open.width / 2 - k * (part.x + part.width / 2), y: open.y + open.height / 2 - k * (part.y + part.height / 2) }
}

/// Brings a rectangle of the picture into the part of the window that nothing covers: by the smallest move when some of it is
/// in sight, else to the middle.
export function revealTransform(now: Transform, open: Rect, rect: Rect, margin = 16): Transform {
  const move = (start: number, length: number, from: number, room: number): number => {
    if (length > room) return from - start
    if (start + length <= from || start >= from + room) return from + (room - length) / 2 - start
    const spare = Math.min(margin, Math.max(0, (room - length) / 2))
    if (start < from + spare) return from + spare - start
    return start + length > from + room - spare ? from + room - spare - start - length : 0
  }
  return {
    k: now.k,
    x: now.x + move(now.k * rect.x + now.x, now.k * rect.width, open.x, open.width),
    y: now.y + move(now.k * rect.y + now.y, now.k * rect.height, open.y, open.height),
  }
}

/// The same camera after the picture moved under it: point `before` is now at `after`.
export function anchoredTransform(now: Transform, before: { x: number; y: number }, after: { x: number; y: number }): Transform {
  return { k: now.k, x: now.x + now.k * (before.x - after.x), y: now.y + now.k * (before.y - after.y) }
}

/// Whether the window shows all of a picture.
export function isWhole(now: Transform, window: Size, picture: Size): boolean {
  const { x, y, width, height } = visibleRect(now, window)
  return x <= 0 && y <= 0 && x + width >= picture.width && y + height >= picture.height
}

/// The camera, moved back as far as it takes for `LEAST_SEEN` pixels of the picture (or all of it) to stay in the window.
export function keptInSight(now: Transform, window: Size, picture: Size): Transform {
  const kept = (start: number, length: number, room: number): number => {
    const seen = Math.min(LEAST_SEEN, length, room / 2)
    return clamp(start, seen - length, room - seen)
  }
  return { k: now.k, x: kept(now.x, now.k * picture.width, window.width), y: kept(now.y, now.k * picture.height, window.height) }
}

/// Part of the picture that the window shows.
export function visibleRect(now: Transform, window: Size): Rect {
  return { x: -now.x / now.k, y: -now.y / now.k, width: window.width / now.k, height: window.height / now.k }
}

export function touches(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
