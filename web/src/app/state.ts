/// Everything that the page shows, as one value, and the one function that changes it. No browser in here.

import type { CheckEnd, Verdict } from '../protocol/check'
import type { Output, ProgramError } from '../protocol/trace'
import type { Limits } from '../protocol/messages'
import type { RunnerEvent } from '../runner'
import { splitCells } from '../editor/cells'
import type { RollOptions } from '../graph'
import { at, nodeCount, stepAt, timelineOf, type Trace } from '../trace'
import type { Doc, Entry } from './documents'
import { linkedPins } from './pinned'
import { coveredFor } from './predict'
import { USUAL, rolledToNodes, rolledToStep, turned, type Rolling } from './rolling'

export type Theme = 'auto' | 'light' | 'dark'
export type Tab = 'code' | 'graph' | 'output'

export interface State {
  readonly entries: readonly Entry[]
  readonly doc: Doc
  readonly code: string
  readonly engine: Engine
  readonly run: Run | null
  /// What the graph draws: the newest trace, which may be of the run before while a new one has not sent any.
  readonly picture: Picture | null
  readonly selection: Selection
  /// Step of the timeline at which everything stands; null: the end, nobody steps.
  readonly step: number | null
  /// Which loops are rolled up, and the turn that each shows.
  readonly rolling: Rolling
  /// Pinned nodes, by what they are: the same ones in a later run.
  readonly pins: readonly string[]
  readonly player: Player
  /// The check of the newest run's gradients, when there was one.
  readonly check: Check | null
  /// Questions about covered values that are answered: their values are shown.
  readonly answered: ReadonlySet<string>
  readonly theme: Theme
  readonly tab: Tab
  /// Width of the code pane, in percent.
  readonly split: number
  /// Text that can be brought back.
  readonly offer: Offer | null
  /// Why something that the reader asked for was not done.
  readonly refusal: string | null
}

export interface Offer {
  /// `undo`: what was there before a reset, until the next edit. `draft`: an earlier edit of the program that a link holds.
  readonly kind: 'undo' | 'draft'
  readonly code: string
  /// What was tried in exercises went with it.
  readonly forgets?: boolean
}

/// How the reader walks through the steps.
export interface Player {
  readonly playing: boolean
  /// Steps a second.
  readonly speed: number
  /// Whether the formulas are open, and the list of all steps.
  readonly maths: boolean
  readonly list: boolean
}

export interface Check {
  readonly run: number
  readonly total: number
  readonly verdicts: readonly Verdict[]
  /// Null while it goes on; `lost`: Python had to be started afresh.
  readonly end: CheckEnd | 'lost' | null
  readonly table: boolean
}

export interface Picture {
  readonly run: number
  readonly trace: Trace
}

export interface Engine {
  /// `asleep`: nobody has needed it yet.
  readonly phase: 'asleep' | 'starting' | 'ready' | 'failed'
  readonly fraction: number
  /// While starting: what is going on. When failed: what went wrong.
  readonly label: string
  /// Of the engine alone, and of everything for people.
  readonly version: string
  readonly versions: string
  readonly milliseconds: number
}

export interface Run {
  readonly id: number
  readonly deadline: number
  /// First line of every cell of the program that runs.
  readonly lines: readonly number[]
  readonly status: 'queued' | 'running' | 'stopping' | 'ended'
  /// It takes long enough that Stop is offered.
  readonly slow: boolean
  /// The cell that runs, -1 when none does.
  readonly active: number
  readonly outputs: readonly Output[]
  readonly error: ProgramError | null
  readonly milliseconds: number
  readonly ops: number
  readonly ending: Ending | null
}

export type Ending =
  | { readonly kind: 'ok' | 'stopped' | 'deadline' | 'memory' | 'crash' }
  | { readonly kind: 'error' | 'budget'; readonly message: string; readonly line: number }

export interface Selection {
  readonly nodes: readonly number[]
  readonly by: 'graph' | 'code' | 'step' | null
  /// The inspector is open; while the reader steps it stays as it is and follows.
  readonly open: boolean
}

export type Event =
  | RunnerEvent
  | { readonly type: 'edited'; readonly code: string }
  | { readonly type: 'opened'; readonly doc: Doc; readonly code: string; readonly draft: string | null; readonly answered?: ReadonlySet<string>; readonly pins?: readonly string[] }
  /// What the reader left in the open document, where that is looked for later.
  | { readonly type: 'found'; readonly draft: string; readonly answered: ReadonlySet<string> }
  | { readonly type: 'pinned'; readonly pins: readonly string[] }
  | { readonly type: 'answered'; readonly answered: ReadonlySet<string> }
  /// `forgets`: what was tried in exercises and predictions, too.
  | { readonly type: 'reset'; readonly forgets?: boolean }
  | { readonly type: 'declined' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'asked'; readonly run: number; readonly deadline: number }
  | { readonly type: 'slow'; readonly run: number }
  | { readonly type: 'stopping' }
  | { readonly type: 'picture'; readonly run: number; readonly trace: Trace }
  | { readonly type: 'restarted' }
  | { readonly type: 'woken' }
  | { readonly type: 'sleeping' }
  | { readonly type: 'selected'; readonly nodes: readonly number[]; readonly by: 'graph' | 'code' }
  | { readonly type: 'stepped'; readonly step: number | null }
  | { readonly type: 'turned'; readonly frame: string; readonly index: number }
  | { readonly type: 'rolled'; readonly options: RollOptions }
  | { readonly type: 'player'; readonly change: Partial<Player> }
  | { readonly type: 'theme'; readonly theme: Theme }
  | { readonly type: 'checking' }
  | { readonly type: 'checkShown'; readonly change: { readonly table: boolean } | null }
  | { readonly type: 'tab'; readonly tab: Tab }
  | { readonly type: 'split'; readonly split: number }

export const DEADLINE = 10_000
export const LONG_DEADLINE = 60_000

export const limitsOf = (deadline: number): Limits => ({
  deadline,
  ops: 200_000,
  output: 200_000,
  arrayBytes: 256 << 20,
  traceBytes: 256 << 20,
})

export const SPLIT = { least: 20, most: 80, usual: 44 }

const NOTHING: Selection = { nodes: [], by: null, open: false }
export const SPEEDS: readonly number[] = [0.5, 1, 2, 5, 20]
/// Number of a run that was stored; those that happen here count from 1.
export const STORED = 0
const STARTING: Engine = { phase: 'starting', fraction: 0, label: 'Fetching Python', version: '', versions: '', milliseconds: 0 }
const ASLEEP: Engine = { ...STARTING, phase: 'asleep', label: '' }

export type Look = Pick<State, 'theme' | 'split'> & { readonly maths?: boolean; readonly pins?: readonly string[] }

export function initialState(entries: readonly Entry[], doc: Doc, code: string, { theme, split, maths = true, pins = linkedPins(doc) }: Look, draft: string | null = null, answered: ReadonlySet<string> = new Set()): State {
  const state: State = {
    entries,
    doc,
    code,
    engine: doc.trace ? ASLEEP : STARTING,
    ...storedRun(doc, answered),
    answered,
    selection: NOTHING,
    step: null,
    check: null,
    rolling: rollingOf(doc),
    pins,
    player: { playing: false, speed: 1, maths, list: false },
    tab: tabOf(doc),
    offer: draftOffer(draft),
    refusal: doc.lost ?? null,
    theme,
    split,
  }
  return atPlace(state)
}

export function update(state: State, event: Event): State {
  switch (event.type) {
    // ----- The program -----
    case 'edited':
      return { ...state, code: event.code, offer: state.offer?.kind === 'draft' ? state.offer : null }
    case 'opened':
      return atPlace({
        ...state,
        doc: event.doc,
        code: event.code,
        ...storedRun(event.doc, event.answered ?? new Set()),
        answered: event.answered ?? new Set(),
        ...STILL(state),
        check: null,
        rolling: rollingOf(event.doc),
        pins: event.pins ?? linkedPins(event.doc),
        offer: draftOffer(event.draft),
        refusal: event.doc.lost ?? null,
        tab: tabOf(event.doc),
      })
    case 'pinned':
      return { ...state, pins: event.pins }
    case 'answered':
      return withAnswers(state, event.answered)
    case 'found':
      // Who writes already is not asked.
      return state.code !== state.doc.code ? state : { ...(event.answered.size > 0 ? withAnswers(state, event.answered) : state), offer: draftOffer(event.draft) }
    case 'reset':
      return { ...state, code: state.doc.code, offer: { kind: 'undo', code: state.code, ...(event.forgets ? { forgets: true } : {}) } }
    case 'declined':
      return state.refusal === null ? { ...state, offer: null } : { ...state, refusal: null }
    case 'refused':
      return { ...state, refusal: event.reason }

    // ----- The runner -----
    case 'boot':
      return { ...state, engine: { ...state.engine, phase: 'starting', fraction: event.fraction, label: event.label } }
    case 'ready': {
      const versions = `Python ${event.python} · NumPy ${event.numpy} · engine ${event.engine}`
      return { ...state, engine: { phase: 'ready', fraction: 1, label: '', version: event.engine, versions, milliseconds: event.milliseconds } }
    }
    case 'failed': {
      const run = state.run && state.run.status !== 'ended' ? null : state.run
      return { ...state, run, engine: { ...state.engine, phase: 'failed', label: event.message } }
    }
    case 'sleeping':
      return { ...state, engine: ASLEEP }
    case 'restarted':
    case 'woken':
      return { ...state, engine: STARTING }
    case 'asked':
      return { ...state, ...STILL(state), check: null, run: newRun(event.run, event.deadline, state.code) }
    case 'queued':
      return withRun(state, event.run, { status: 'queued', slow: true })
    case 'started':
      return withRun(state, event.run, { status: 'running', slow: false })
    case 'slow':
      return state.run?.status === 'running' ? withRun(state, event.run, { slow: true }) : state
    case 'stopping':
      return state.run && isGoing(state.run) ? { ...state, run: { ...state.run, status: 'stopping' } } : state
    case 'cell':
      return withRun(state, event.run, { active: event.cell })
    case 'output': {
      const { output } = event
      const error = output.type === 'error' ? output.error : (state.run?.error ?? null)
      return withRun(state, event.run, { outputs: [...(state.run?.outputs ?? []), output], error })
    }
    case 'picture':
      if (event.run !== state.run?.id) return state
      return { ...state, picture: { run: event.run, trace: coveredFor(event.trace, state.answered) }, selection: linkedSelection(state, event.trace) }
    case 'done': {
      if (!state.run || event.run !== state.run.id) return state
      const { milliseconds, ops } = event
      return atPlace(withRun(state, event.run, { status: 'ended', active: -1, milliseconds, ops, ending: endingOf(state.picture, state.run) }))
    }
    case 'replaced':
      return withRun(state, event.run, {
        status: 'ended',
        active: -1,
        ending: { kind: event.reason === 'stop' ? 'stopped' : event.reason },
      })
    case 'checking':
      return state.run ? { ...state, check: { run: state.run.id, total: 0, verdicts: [], end: null, table: state.check?.table ?? false } } : state
    case 'checked': {
      const { check } = state
      if (check?.run !== event.run || check.end !== null) return state
      return { ...state, check: { ...check, total: event.total, verdicts: [...check.verdicts, ...event.verdicts], end: event.end } }
    }
    case 'checkLost':
      return state.check?.run === event.run ? { ...state, check: { ...state.check, end: 'lost' } } : state
    case 'checkShown':
      return state.check ? { ...state, check: event.change && { ...state.check, ...event.change } } : state
    case 'device':
    case 'elements':
    case 'trace':
    case 'summaries':
      // Read by the shell: they become 'picture', or go to the graph, or stand beside the device's switch.
      return state

    // ----- The screen -----
    case 'selected':
      return {
        ...state,
        selection: { nodes: event.nodes, by: event.by, open: event.nodes.length > 0 },
        rolling: state.picture ? rolledToNodes(state.picture.trace, state.rolling, event.nodes) : state.rolling,
      }
    case 'stepped':
      return stepped(state, event.step)
    case 'turned': {
      if (!state.picture) return state
      const { rolling, step, nodes } = turned(state.picture.trace, state.rolling, event.frame, event.index, state.step, state.selection.nodes)
      // While someone steps, the selection is the step's.
      const at = step === null ? null : stepAt(state.picture.trace, step)
      const selection = at && state.selection.by === 'step' ? { ...state.selection, nodes: [at.node], by: 'step' as const } : { ...state.selection, nodes }
      return { ...state, rolling, step, selection, player: { ...state.player, playing: false } }
    }
    case 'rolled': {
      const rolling = { ...state.rolling, options: event.options }
      const { picture, step, selection } = state
      if (!picture) return { ...state, rolling }
      const shown = step === null ? rolledToNodes(picture.trace, rolling, selection.nodes) : rolledToStep(picture.trace, rolling, step)
      return { ...state, rolling: shown }
    }
    case 'player': {
      const player = { ...state.player, ...event.change }
      // Played from the end, the walk begins at the first step.
      const start = player.playing && !state.player.playing && (state.step === null || state.step === lastStep(state))
      return start ? stepped({ ...state, player }, 0) : { ...state, player: { ...player, playing: player.playing && lastStep(state) > 0 } }
    }
    case 'theme':
      return { ...state, theme: event.theme }
    case 'tab':
      return { ...state, tab: event.tab }
    case 'split':
      return { ...state, split: Math.min(SPLIT.most, Math.max(SPLIT.least, event.split)) }
  }
}

/// Nothing selected, nobody steps.
const STILL = ({ player }: State): Pick<State, 'selection' | 'step' | 'player'> => ({ selection: NOTHING, step: null, player: { ...player, playing: false } })

/// The newest run has gradients, Python still knows them, and nothing else goes on.
export function canCheck({ picture, run, engine, check }: State): boolean {
  const ended = run?.status === 'ended' && run.id !== STORED && picture?.run === run.id && engine.phase === 'ready'
  return ended && picture.trace.passes.length > 0 && check?.end !== null && run.ending?.kind !== 'memory' && run.ending?.kind !== 'crash'
}

/// -1 when the picture has no steps.
export function lastStep({ picture }: State): number {
  return picture ? timelineOf(picture.trace).length - 1 : -1
}

/// The selection follows the step; the player rests at the last one.
function stepped(state: State, wanted: number | null): State {
  const last = lastStep(state)
  if (wanted === null || last < 0 || !state.picture) return { ...state, ...STILL(state) }
  const index = Math.min(last, Math.max(0, wanted))
  const step = stepAt(state.picture.trace, index)
  const nodes = step ? [step.node] : []
  const rolling = rolledToStep(state.picture.trace, state.rolling, index)
  return { ...state, step: index, rolling, selection: { nodes, by: 'step', open: state.selection.open }, player: { ...state.player, playing: state.player.playing && index < last } }
}

export const isGoing = (run: Run | null): run is Run => run !== null && run.status !== 'ended'

/// Nodes of the picture whose places in the code can be marked: those of the newest run.
export function markedNodes({ picture, run, selection }: State): readonly number[] {
  return picture && picture.run === run?.id ? selection.nodes : []
}

/// What a document shows before anything runs: nothing, or the run whose trace it holds.
function storedRun({ trace }: Doc, answered: ReadonlySet<string>): Pick<State, 'run' | 'picture'> {
  if (!trace) return { run: null, picture: null }
  const picture: Picture = { run: STORED, trace: coveredFor(trace, answered) }
  const failed = trace.outputs.find((output) => output.type === 'error')
  const run = { ...newRun(STORED, DEADLINE, trace.code), outputs: trace.outputs, error: failed?.error ?? null, ops: nodeCount(trace) }
  return { picture, run: { ...run, status: 'ended', ending: endingOf(picture, run) } }
}

function newRun(id: number, deadline: number, code: string): Run {
  return {
    id,
    deadline,
    lines: splitCells(code.split('\n')).map((cell) => cell.first),
    status: 'queued',
    slow: false,
    active: -1,
    outputs: [],
    error: null,
    milliseconds: 0,
    ops: 0,
    ending: null,
  }
}

function withRun(state: State, id: number, change: Partial<Run>): State {
  return state.run?.id === id ? { ...state, run: { ...state.run, ...change } } : state
}

const rollingOf = ({ link }: Doc): Rolling => (link ? { ...USUAL, options: { all: link.view.rolled, except: link.view.except } } : USUAL)
const tabOf = (doc: Doc): Tab => doc.link?.view.tab ?? 'code'
const withAnswers = (state: State, answered: ReadonlySet<string>): State => ({ ...state, answered, picture: state.picture && { ...state.picture, trace: coveredFor(state.picture.trace, answered) } })
const draftOffer = (code: string | null): Offer | null => (code === null ? null : { kind: 'draft', code })

/// The step and the node that a link names, once its program, unchanged, has run and the reader is nowhere else.
function atPlace(state: State): State {
  const { doc, code, picture, run, selection } = state
  const here = doc.link && code === doc.code && picture && picture.run === run?.id && run.status === 'ended' && run.ending?.kind === 'ok'
  if (!doc.link || !here || selection.by === 'code' || state.step !== null) return state
  const { step, node } = doc.link
  const walked = step >= 0 && step <= lastStep(state) ? stepped(state, step) : state
  return node >= 0 && node < nodeCount(picture.trace) && selection.by === null ? { ...walked, selection: { nodes: [node], by: 'graph', open: true } } : walked
}

/// The node that a link names is selected as soon as its program, unchanged, has made it and the reader chose no other.
function linkedSelection(state: State, trace: Trace): Selection {
  const { doc, code, selection } = state
  const node = doc.link?.node ?? -1
  const wanted = selection.by === null && code === doc.code && node >= 0 && node < trace.nodes.kind.length
  return wanted ? { nodes: [node], by: 'graph', open: true } : keepSelection(state, trace)
}

/// A later part of the same trace keeps what was selected, as far as it is there.
function keepSelection({ selection, picture, run }: State, trace: Trace): Selection {
  if (picture?.run !== run?.id) return NOTHING
  const nodes = selection.nodes.filter((node) => at(trace.nodes.kind, node) >= 0)
  return nodes.length === selection.nodes.length ? selection : { ...selection, nodes }
}

function endingOf(picture: Picture | null, run: Run): Ending {
  const stop = picture?.run === run.id ? picture.trace.stops.at(-1) : undefined
  // Only the page knows that the reader pressed Stop.
  if (run.status === 'stopping' && (stop?.reason === 'deadline' || stop?.reason === 'interrupted')) return { kind: 'stopped' }
  switch (stop?.reason) {
    case 'deadline':
      return { kind: 'deadline' }
    case 'interrupted':
      return { kind: 'stopped' }
    case 'budget':
      return { kind: 'budget', message: stop.message, line: stop.line }
    default:
      if (run.error) return { kind: 'error', message: run.error.name, line: run.error.line }
      return stop ? { kind: 'error', message: stop.message, line: stop.line } : { kind: 'ok' }
  }
}
