/// The page's sentences about where a run stands: for the status pill, the notice beside the graph, screen readers.

import { LONG_DEADLINE, STORED, type Run, type State } from './state'

export interface Status {
  readonly tone: 'calm' | 'busy' | 'ok' | 'error' | 'warn'
  readonly text: string
  /// From 0 to 1 while something is under way whose end is known.
  readonly fraction: number | null
}

export function statusOf({ engine, run }: State): Status {
  if (engine.phase === 'failed') return { tone: 'error', text: 'could not start', fraction: null }
  if (run?.status === 'running' || run?.status === 'stopping') {
    const text = run.status === 'stopping' ? 'stopping' : `running${inLine(run.lines[run.active] ?? -1)}`
    return { tone: 'busy', text, fraction: null }
  }
  if (engine.phase === 'starting' && (!run || run.status === 'queued')) {
    return { tone: 'busy', text: `${engine.label} · ${Math.round(engine.fraction * 100)} %`, fraction: engine.fraction }
  }
  if (!run || run.status === 'queued' || !run.ending) return { tone: 'calm', text: 'ready', fraction: null }
  switch (run.ending.kind) {
    case 'ok':
      if (run.id === STORED) return { tone: 'ok', text: 'stored run', fraction: null }
      return { tone: 'ok', text: `${count(run.ops, 'op')} · ${duration(run.milliseconds)}`, fraction: null }
    case 'error':
      return { tone: 'error', text: `${run.ending.message}${inLine(run.ending.line)}`, fraction: null }
    case 'deadline':
      return { tone: 'warn', text: `stopped after ${duration(run.deadline)}`, fraction: null }
    case 'stopped':
      return { tone: 'warn', text: 'stopped', fraction: null }
    case 'budget':
      return { tone: 'warn', text: `stopped at a limit${inLine(run.ending.line)}`, fraction: null }
    case 'memory':
      return { tone: 'error', text: 'out of memory', fraction: null }
    case 'crash':
      return { tone: 'error', text: 'Python broke down', fraction: null }
  }
}

export interface Notice {
  readonly tone: 'error' | 'warn'
  readonly title: string
  readonly text: string
  readonly action: { readonly label: string; readonly deadline: number } | null
  readonly line: number
}

/// What is said beside the graph when a run did not reach its end; null when it did.
export function noticeOf(run: Run | null): Notice | null {
  if (!run?.ending) return null
  const again = { label: 'Run again', deadline: run.deadline }
  switch (run.ending.kind) {
    case 'ok':
      return null
    case 'error': {
      const { message, line } = run.ending
      if (message === 'DeviceLost') {
        return { tone: 'error', title: `${message}${inLine(line)}`, text: 'The graph shows what was known before it. Why, and what to do, stands below the program.', action: again, line }
      }
      return { tone: 'error', title: `${message}${inLine(line)}`, text: 'The graph shows what ran before it.', action: null, line }
    }
    case 'deadline':
      return {
        tone: 'warn',
        title: `Stopped after ${duration(run.deadline)}`,
        text: 'The program was still running. What it did until then stays on screen.',
        action:
          run.deadline < LONG_DEADLINE
            ? { label: `Run with ${duration(LONG_DEADLINE)}`, deadline: LONG_DEADLINE }
            : { label: 'Run again', deadline: LONG_DEADLINE },
        line: -1,
      }
    case 'stopped':
      return { tone: 'warn', title: 'Stopped', text: 'What the program did until then stays on screen.', action: again, line: -1 }
    case 'budget':
      return { tone: 'warn', title: `Stopped at a limit${inLine(run.ending.line)}`, text: run.ending.message, action: null, line: run.ending.line }
    case 'memory':
      return {
        tone: 'error',
        title: 'Too much data',
        text: 'The program used more memory than the page can give it, so Python was started afresh. Use smaller arrays.',
        action: null,
        line: -1,
      }
    case 'crash':
      return {
        tone: 'error',
        title: 'Python broke down',
        text: 'It was started afresh; your code is unharmed. Very deep recursion or very large arrays can do this.',
        action: again,
        line: -1,
      }
  }
}

/// For screen readers: coarse, so that progress does not talk all the time.
export function announcementOf(state: State): string {
  const { engine, run } = state
  if (state.doc.problem) return `${state.doc.problem.title}.`
  if (engine.phase === 'failed') return `Python could not start. ${engine.label}`
  if (run?.status === 'queued') return 'The program runs as soon as Python has started.'
  if (run?.status === 'running' || run?.status === 'stopping') return run.slow ? 'Running.' : ''
  if (run?.id === STORED && run.ending?.kind === 'ok') return 'A stored run is shown. Python starts when you run or edit the program.'
  if (run?.ending?.kind === 'ok') return `Done: ${count(run.ops, 'operation')} in ${duration(run.milliseconds)}.`
  const notice = noticeOf(run)
  if (notice) return `${notice.title}. ${run?.error?.message ?? notice.text}`
  return engine.phase === 'ready' ? 'Python is ready.' : 'Python is starting.'
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1) return '< 1 ms'
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`
}

const count = (n: number, noun: string) => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`
const inLine = (line: number) => (line > 0 ? ` · line ${line}` : '')
