/// The most that the page reads of each thing. Far above what the engine's own budgets allow: they only keep a hostile
/// document from filling the memory of the page.

export const LIMITS = {
  code: 2_000_000,
  text: 200_000,
  label: 10_000,
  entries: 2_000_000,
  steps: 8_000_000,
  passes: 100_000,
  cells: 10_000,
  rank: 64,
  /// Keys of one operation's attributes, and how deep lists nest in them.
  attrs: 64,
  depth: 6,
} as const
