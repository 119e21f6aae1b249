/// All summaries of a trace, for a file or a link: what the trace left out is asked for, in pieces.

import type { Summary } from '../protocol/trace'
import type { Trace } from '../trace'

/// How many in all and at once, and how long each batch is waited for, in milliseconds.
const MOST = 100_000
const BATCH = 2_000
const PATIENCE = 10_000

type SummaryOf = (value: number) => Summary | null

export interface Source {
  readonly known: SummaryOf
  ask(values: readonly number[], answered: (summaries: readonly (Summary | null)[]) => void): void
  /// False when nobody can answer any more.
  asks(): boolean
}

export async function allSummaries(trace: Trace, { known, ask, asks }: Source): Promise<SummaryOf> {
  const late = new Map<number, Summary | null>()
  const missing = trace.values.summaries.flatMap((own, value) => (own ?? known(value) ? [] : [value])).slice(0, MOST)
  for (let from = 0; from < missing.length && asks(); from += BATCH) {
    const batch = missing.slice(from, from + BATCH)
    const answer = await new Promise<readonly (Summary | null)[]>((done) => {
      ask(batch, done)
      setTimeout(() => done([]), PATIENCE)
    })
    batch.forEach((value, i) => late.set(value, answer[i] ?? null))
  }
  return (value) => known(value) ?? late.get(value) ?? null
}
