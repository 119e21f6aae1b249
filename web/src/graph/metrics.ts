/// Sizes of text in the picture. The font is monospaced, so a width is a number of characters; the advance is a parameter
/// because only a browser can measure it.

export interface Metrics {
  /// Width of one character as a fraction of the font size.
  readonly advance: number
}

export const DEFAULT_METRICS: Metrics = { advance: 0.602 }

/// Font sizes and line heights, in units of the picture.
export const TITLE = { size: 13, line: 18 } as const
export const SMALL = { size: 11, line: 15 } as const

export function widthOf(text: string, size: number, metrics: Metrics): number {
  return [...text].length * size * metrics.advance
}
