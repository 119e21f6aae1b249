/// How often a picture is drawn anew while a program runs.

/// Partial traces are drawn during a run for at most one part in this many of the time.
export const PARTIAL_SHARE = 5
