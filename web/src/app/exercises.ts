/// Exercises: checks answers by running the program, gives hints and the solution, and keeps what was tried.

import type { Output } from '../protocol/trace'
import { answerOf, exercisesOf, type Exercise } from '../editor'
import { checksum } from '../share'
import { createExercisePanel, type ExercisePanel, type Standing } from './exercise-panel'
import { NO_TRIES, type ProgressBook } from './progress'
import { isGoing, type State } from './state'

/// What the page around an embed is told.
export interface Answered {
  readonly exercise: string
  readonly correct: boolean
  readonly attempts: number
  /// The solution, or the value, had been shown.
  readonly shown: boolean
}

export interface ExercisesActions {
  state(): State
  run(): void
  /// Writes lines of the program, as an edit of the reader's; the text has whole lines.
  write(first: number, last: number, text: string): void
  /// A panel has another height.
  measure(): void
  report(answered: Answered): void
}

export function createExercises(book: ProgressBook, act: ExercisesActions) {
  const panels = new Map<string, ExercisePanel>()
  let asked: { readonly exercise: Exercise; readonly run: number; readonly answer: string } | null = null
  /// Why the last check came to no verdict, by exercise.
  const failed = new Map<string, string>()

  const linesOf = ({ code }: State): readonly string[] => code.split('\n')
  const found = (key: string): Exercise | undefined => exercisesOf(linesOf(act.state())).find((each) => each.key === key)
  const answerNow = (exercise: Exercise): string => checksum(answerOf(linesOf(act.state()), exercise))

  function panel(exercise: Exercise): HTMLElement {
    const known = panels.get(exercise.key)
    if (known) return known.element
    const { key } = exercise
    const made = createExercisePanel(exercise.key, {
      check: () => check(key),
      hint: () => note(key, { hints: (book.now().tries.get(key) ?? NO_TRIES).hints + 1 }),
      show: () => note(key, { shown: true }),
      use: () => {
        const now = found(key)
        if (now?.solution) act.write(now.first, now.last, `${now.solution}\n`)
      },
      again: () => again(key),
    })
    panels.set(key, made)
    draw(exercise, made)
    return made.element
  }

  function note(key: string, change: Parameters<ProgressBook['tried']>[1]) {
    book.tried(key, change)
    drawAll()
  }

  function check(key: string) {
    const exercise = found(key)
    if (!exercise || isGoing(act.state().run)) return
    failed.delete(key)
    const answer = answerNow(exercise)
    act.run()
    asked = { exercise, run: act.state().run?.id ?? -1, answer }
    drawAll()
  }

  /// As the author wrote it, and nothing tried.
  function again(key: string) {
    const now = found(key)
    const lines = act.state().doc.code.split('\n')
    const first = exercisesOf(lines).find((each) => each.key === key)
    if (now && first) act.write(now.first, now.last, lines.slice(first.first - 1, first.last).join('\n'))
    failed.delete(key)
    note(key, null)
  }

  /// The run that a check asked for has ended.
  function judge({ run }: State) {
    if (!asked || !run) return
    const { exercise, answer } = asked
    asked = null
    const verdict = verdictOf(exercise, run.outputs)
    if (!verdict) return void failed.set(exercise.key, 'Not checked: the run ended before it came to this exercise.')
    const { attempts, shown } = book.now().tries.get(exercise.key) ?? NO_TRIES
    book.tried(exercise.key, { attempts: attempts + 1, last: { ...verdict, answer } })
    act.report({ exercise: exercise.key, correct: verdict.correct, attempts: attempts + 1, shown })
  }

  function draw(exercise: Exercise, shown: ExercisePanel): boolean {
    const { run, engine, doc } = act.state()
    const tries = book.now().tries.get(exercise.key) ?? NO_TRIES
    const checking = asked?.exercise.key === exercise.key
    const changed = doc.code !== act.state().code
    const standing: Standing = {
      tries,
      stale: tries.last !== null && tries.last.answer !== answerNow(exercise),
      busy: checking ? (engine.phase === 'ready' ? 'Checking …' : 'Starting Python …') : isGoing(run) ? 'Running …' : null,
      failed: failed.get(exercise.key) ?? null,
      fresh: tries === NO_TRIES && !changed,
    }
    return shown.draw(exercise, standing)
  }

  function drawAll() {
    if (panels.size === 0) return
    for (const exercise of exercisesOf(linesOf(act.state()))) {
      const shown = panels.get(exercise.key)
      if (shown && draw(exercise, shown)) act.measure()
    }
  }

  return {
    host: {
      panel,
      opened: ({ key, solution }: Exercise) => {
        if (solution !== null) note(key, { shown: true })
      },
    },
    /// What was tried is another: all of it was forgotten, or brought back.
    refresh() {
      failed.clear()
      drawAll()
    },
    update(state: State, before: State) {
      if (state.doc !== before.doc) {
        panels.clear()
        failed.clear()
        asked = null
        return
      }
      if (asked && state.run?.id === asked.run && state.run.status === 'ended') judge(state)
      else if (asked && state.run?.id !== asked.run) asked = null
      if (state.code !== before.code || state.run !== before.run || state.engine.phase !== before.engine.phase) drawAll()
    },
  }
}

/// What all checks of an exercise say together; null when one did not run.
export function verdictOf({ checks }: Exercise, outputs: readonly Output[]): { readonly correct: boolean; readonly text: string } | null {
  const verdicts = outputs.flatMap((output) => (output.type === 'verdict' && checks.includes(output.cell) ? [output] : []))
  if (verdicts.length < checks.length || checks.length === 0) return null
  const first = verdicts.find(({ correct }) => !correct)
  return first ? { correct: false, text: first.text } : { correct: true, text: verdicts.map(({ text }) => text).filter((text) => text !== '').join('\n') }
}
