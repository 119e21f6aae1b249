/// The shell: connects state, editor, runner and graph with the document. Decisions are in `state.ts`; `page.ts` starts it as a
/// page of its own, `embed/main.ts` inside of other pages.

import { afterFrame, createLazyEditor, type Place } from '../editor'
import { unpack } from '../protocol/packed'
import { lineValuesOf } from '../explain'
import { badgesOf, type Badge } from '../graph'
import type { CheckLimits, Elements } from '../protocol/check'
import type { Summary } from '../protocol/trace'
import { createGraphView } from '../render'
import type { Runner, RunnerEvent } from '../runner'
import type { Shared } from '../share'
import { nodesAt, nodesAtLine, rangeOfNode, readTrace, type Trace } from '../trace'
import { createBrokenLink } from './broken-link'
import { createCheckPanel } from './check-panel'
import { createExercises, type Answered } from './exercises'
import { answeredOf, createPredictPanel } from './predict-panel'
import { asks } from './predict'
import { NO_PROGRESS, createProgressBook, type Progress } from './progress'
import { createCodeBar } from './code-bar'
import { EMPTY, EMPTY_ENTRY, docOfEntry, docOfFragment, readLessons, type Doc, type Entry } from './documents'
import { h, setText } from './dom'
import type { HeaderActions } from './header'
import { showFormula } from './maths'
import { createLoops } from './loops'
import { nodeInTurn, toggled } from './rolling'
import { keepFile, keptFile } from './kept-file'
import { allSummaries } from './late'
import { createFileDoor, docOfAddress } from './open-file'
import { keepPins, keptPins } from './pinned'
import { createOutputPanel } from './output-panel'
import { PARTIAL_SHARE } from './picture'
import type { ShareDialog, Wish } from './share-dialog'
import { SEED, isCurrent, placeOf, sharedOf } from './sharing'
import { createSplitter } from './splitter'
import { createStage } from './stage'
import type { SceneFrame } from '../graph'
import { createStepList } from './step-list'
import { createStepper } from './stepper'
import { DEADLINE, SPLIT, STORED, initialState, isGoing, limitsOf, markedNodes, update, type Event, type State, type Theme } from './state'
import type { Store } from './store'
import { createTabs } from './tabs'
import { createToast } from './toast'
import { announcementOf } from './words'

/// A run longer than this shows Stop instead of Run.
const SLOW = 200

/// What a check may use up: some seconds in the page.
const CHECK: CheckLimits = { operations: 200_000, seconds: 8 }

/// What differs between a page of its own and an embed.
export interface Setting {
  readonly store: Store
  openRunner(host: HTMLElement, listen: (event: RunnerEvent) => void): Runner
  createHeader(state: State, act: HeaderActions): { readonly element: HTMLElement; update(state: State): void }
  /// Python waits until it is used, and what is shown is always what the author gave.
  readonly embedded: boolean
  /// What of the program can be edited.
  readonly editing?: { readonly readOnly: boolean; readonly locked: readonly (readonly [number, number])[] }
  /// Hears how exercises and predictions go.
  onAnswer?(answered: Answered): void
  /// What stands for a fragment, where the setting knows better.
  docOf?(fragment: string, entries: readonly Entry[]): Promise<Doc | null>
}

/// What can be done with the playground from outside.
export interface Controls {
  open(doc: Doc): void
  docOf(fragment: string): Promise<Doc>
  run(): void
  stop(): void
  go(step: number | null): void
  theme(theme: Theme): void
  state(): State
  /// The program as it stands, as a link.
  shared(): Promise<Shared>
  /// Hears of every change.
  watch(listen: (state: State, before: State) => void): void
}

export async function start(root: HTMLElement, setting: Setting): Promise<Controls> {
  const { store, embedded } = setting
  const titles = import.meta.glob<string>('../../lessons/*.py', { query: '?title', import: 'default', eager: true })
  const texts = import.meta.glob<string>('../../lessons/*.py', { query: '?raw', import: 'default' })
  const entries: readonly Entry[] = [...readLessons(titles, texts), EMPTY_ENTRY]
  const draftOf = (doc: Doc) => store.get(`draft:${doc.slug}`)
  // A link or file shows what it holds; an own draft of it is only offered.
  const isGiven = (doc: Doc) => embedded || doc.link !== undefined || doc.file === true
  const codeOf = (doc: Doc) => (isGiven(doc) || doc.problem ? doc.code : (draftOf(doc) ?? doc.code))
  const offered = (doc: Doc) => (isGiven(doc) ? draftOf(doc) : null)
  /// Which questions of a program were answered before. Storage is not opened for a program that asks none.
  const answersTo = (...texts: readonly (string | null)[]) => (texts.some((text) => text !== null && asks(text)) ? answeredOf(book) : new Set<string>())
  const usual = async () => {
    const open = store.get('open')
    const entry = entries.find(({ slug }) => slug === open)
    return (entry ? null : keptFile(store)) ?? docOfEntry(entry ?? entries[0] ?? EMPTY_ENTRY)
  }
  const docOf = async (hash: string) => (await setting.docOf?.(hash, entries)) ?? (await docOfAddress(hash)) ?? (await docOfFragment(hash, entries)) ?? (await usual())
  const first = await docOf(location.hash)

  const look = { theme: readTheme(store.get('theme')), split: readSplit(store.get('split')), maths: readMaths(store.get('maths')), ...(embedded ? {} : { pins: keptPins(store, first) }) }
  const book = createProgressBook(store, first.slug)
  // An embed reads nothing of the reader's before its picture is there: a browser may take 40 ms to open its storage.
  const draft = embedded ? null : offered(first)
  let state = initialState(entries, first, codeOf(first), look, draft, answersTo(first.code, codeOf(first), draft))
  if (embedded) state = update(state, { type: 'sleeping' })
  const watchers: ((state: State, before: State) => void)[] = []

  // ----- Parts -----

  const runner = setting.openRunner(root, hearRunner)

  const header = setting.createHeader(state, {
    run: () => run(DEADLINE),
    stop,
    open: ({ slug }) => {
      if (slug !== state.doc.slug) location.hash = `lesson=${slug}`
    },
    reset: () => {
      const progress = book.now()
      const forgets = progress.tries.size + progress.guesses.size > 0
      forgotten = forgets ? progress : null
      dispatch({ type: 'reset', forgets })
      editor.replace(state.code)
      if (forgets) startFrom(NO_PROGRESS)
    },
    openFile: () => door.choose(),
    share: () => void share(),
    theme: (theme) => dispatch({ type: 'theme', theme }),
  })
  /// What the reader had tried before they went back to the original text.
  let forgotten: Progress | null = null
  function startFrom(progress: Progress) {
    book.replace(progress)
    exercises.refresh()
    predictions.refresh()
  }
  const go = (step: number | null) => dispatch({ type: 'stepped', step })
  const stepper = createStepper({
    go,
    player: (change) => dispatch({ type: 'player', change }),
    summaryOf: (value) => graph.summaryOf(value),
    want: (values) => graph.want(values),
    check: () => {
      if (runner.check(CHECK)) dispatch({ type: 'checking' })
    },
  })
  const checkPanel = createCheckPanel({
    stop: () => runner.stop(),
    table: (table) => dispatch({ type: 'checkShown', change: { table } }),
    close: () => dispatch({ type: 'checkShown', change: null }),
    select: (node) => dispatch({ type: 'selected', nodes: [node], by: 'graph' }),
  })
  const list = createStepList({
    go,
    close: () => dispatch({ type: 'player', change: { list: false } }),
    summaryOf: (value) => graph.summaryOf(value),
  })
  function turn(frame: string, index: number) {
    dispatch({ type: 'turned', frame, index })
  }
  const loops = createLoops({ turn, roll: (options) => dispatch({ type: 'rolled', options }) })
  let frames: readonly SceneFrame[] = []
  const stage = createStage({ retry, runFor: run, goToLine }, list.element, loops.element)
  const outputs = createOutputPanel(goToLine)
  let valuesShown = store.get('values') !== 'off'
  const codeBar = createCodeBar(valuesShown, {
    values: (on) => {
      valuesShown = on
      store.set('values', on ? null : 'off')
      showLines()
    },
    showAtCursor: () => editor.showAtCursor(),
  })
  const codeHost = h('div', { class: 'code-host' })
  const code = h('section', { class: 'code-pane', 'aria-label': 'Program' }, codeHost, codeBar.element)
  const panes = h('main', { class: 'panes' })
  const splitter = createSplitter(panes, (split) => dispatch({ type: 'split', split }))
  const tabs = createTabs({ code, graph: stage.element, output: outputs.element }, (tab) => dispatch({ type: 'tab', tab }))
  const toast = createToast({
    accept: (text) => {
      const back = state.offer?.kind === 'undo' ? forgotten : null
      dispatch({ type: 'declined' })
      editor.replace(text)
      if (back) startFrom(back)
    },
    decline: () => dispatch({ type: 'declined' }),
  })
  const brokenLink = createBrokenLink(() => (location.hash = `lesson=${EMPTY.slug}`))
  const keeper = document.querySelector<HTMLMetaElement>('meta[name="playground-short-links"]')?.content ?? null
  let shareKit: Promise<ShareDialog> | null = null
  async function share() {
    const at = state.doc
    shareKit ??= import('./share-kit').then(({ createShareKit }) => {
      const dialog = createShareKit({
        can: () => ({ picture: isCurrent(state), place: placeOf(state) }),
        make: sharedNow,
        takeable: () => ({ state, scene: graph.picture(), dark: isDark(), summaries: completed }),
        keeper,
        host: location.hostname,
      })
      root.append(dialog.element)
      return dialog
    })
    try {
      const dialog = await shareKit
      if (state.doc === at) dialog.open()
    } catch {
      shareKit = null
      dispatch({ type: 'refused', reason: 'Share could not be fetched: the network is away, or the site has changed since this page was opened.' })
    }
  }
  const door = createFileDoor(root, { open: openFile, refuse: (reason) => dispatch({ type: 'refused', reason }) })
  const live = h('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' })

  panes.append(code, splitter.element, stage.element, outputs.element)
  root.append(header.element, tabs.element, panes, brokenLink.element, toast.element, live)
  // On a narrow screen the bar is at hand under every tab.
  const narrow = matchMedia('(max-width: 719.98px)')
  const placeStepper = () => (narrow.matches ? tabs.element.after(stepper.element) : stage.element.append(stepper.element))
  const report = (answered: Answered) => setting.onAnswer?.(answered)
  const predictions = createPredictPanel(book, { answered: (answered) => dispatch({ type: 'answered', answered }), report, show: (node) => dispatch({ type: 'selected', nodes: [node], by: 'graph' }) })
  const exercises = createExercises(book, {
    state: () => state,
    run: () => run(DEADLINE),
    write: (from, to, text) => editor.write(from, to, text),
    measure: () => editor.measure(),
    report,
  })
  watchers.push(exercises.update)
  stage.element.append(predictions.element, checkPanel.element)
  narrow.addEventListener('change', placeStepper)
  placeStepper()

  const editor = createLazyEditor(codeHost, {
    code: state.code,
    ...setting.editing,
    exercises: exercises.host,
    onEdit: (text) => {
      // The editor reports its own reset too: that is no edit.
      if (text === state.code) return
      dispatch({ type: 'edited', code: text })
      wake()
    },
    onRun: () => run(DEADLINE),
    onCursor: (line, col) => {
      const trace = markable()
      if (trace) dispatch({ type: 'selected', nodes: nodesOfPlace(trace, line, col), by: 'code' })
    },
    onPoint: (place) => {
      const trace = place && markable()
      point(trace && place ? nodesAt(trace, place.line, place.col) : [])
    },
    onShow: (line, col) => {
      const trace = markable()
      const nodes = trace ? nodesOfPlace(trace, line, col) : []
      if (nodes.length === 0) return setText(live, 'No node was made here by the last run.')
      dispatch({ type: 'tab', tab: 'graph' })
      dispatch({ type: 'selected', nodes, by: 'code' })
      nodes.find((node) => graph.focus(node))
    },
  }, !embedded && !state.doc.trace)
  const requests = new Map<number, (summaries: readonly (Summary | null)[]) => void>()
  const stretches = new Map<number, (elements: Elements | null) => void>()
  const graph = createGraphView(stage.graph, {
    onSelect: (node) => dispatch({ type: 'selected', nodes: node === null ? [] : [node], by: 'graph' }),
    onCode: (node) => {
      const place = markable() && state.picture ? rangeOfNode(state.picture.trace, node) : null
      if (!place) return
      dispatch({ type: 'tab', tab: 'code' })
      editor.goTo(place)
    },
    onHover: (node) => point(node === null ? [] : [node]),
    formula: showFormula,
    requestElements: (value, row, col, answer) => {
      if (state.picture?.run === STORED || state.engine.phase !== 'ready') answer(null)
      else stretches.set(runner.elements(value, row, col), answer)
    },
    requestSummaries: (values) => ask(values, (summaries) => graph.addSummaries(values, summaries)),
    onSummaries: () => {
      stepper.refresh()
      list.refresh()
      showLines()
    },
    onTurn: turn,
    onUnroll: (loop) => dispatch({ type: 'rolled', options: toggled(state.rolling.options, loop) }),
    onPins: (pins) => dispatch({ type: 'pinned', pins }),
    onFrames: (shown) => {
      frames = shown
    },
  })

  // ----- Doors -----

  function dispatch(event: Event) {
    const before = state
    state = update(state, event)
    if (state === before) return
    show(before)
    for (const listen of watchers) listen(state, before)
  }

  /// The screen as a function of the state; each part writes only what changed.
  function show(before: State | null) {
    header.update(state)
    tabs.update(state)
    splitter.update(state)
    stage.update(state)
    outputs.update(state)
    toast.update(state)
    brokenLink.update(state)
    tabs.element.hidden = panes.hidden = state.doc.problem !== undefined
    setText(live, announcementOf(state))
    const { run, picture, selection, step, theme } = state
    // How many runs have ended: what a script that drives the page can wait for.
    if (run?.status === 'ended') root.dataset.ended = String(run.id)
    if (run !== before?.run) {
      editor.showRun(run && { run: run.id, outputs: run.outputs, active: isGoing(run) ? run.active : -1 })
      if (run?.error !== before?.run?.error) editor.markError(run?.error ?? null)
    }
    if (picture !== before?.picture || selection !== before?.selection || step !== before?.step || state.pins !== before?.pins || state.rolling !== before?.rolling || run?.status !== before?.run?.status || state.check !== before.check) {
      if (state.check !== before?.check || picture !== before?.picture) {
        badges = picture && state.check?.run === picture.run ? badgesOf(picture.trace, state.check.verdicts) : NO_BADGES
      }
      const going = isGoing(run)
      const status = going ? (picture?.run === run.id ? 'partial' : 'running') : 'idle'
      graph.update({ trace: picture?.trace ?? null, selected: selection.nodes, step, quiet: !selection.open, pins: state.pins, badges, rolling: state.rolling, status })
    }
    // After the graph, which is where late numbers are kept.
    if (picture !== before?.picture || step !== before?.step || state.rolling !== before?.rolling || run?.id !== before?.run?.id) showLines()
    predictions.update(state)
    checkPanel.update(state, badges)
    stepper.update(state)
    list.update(state)
    loops.update(state, frames)
    if (state.player !== before?.player || step !== before?.step) playOn()
    if (selection !== before?.selection) editor.markNodes(placesOf(state), selection.by !== 'code')
    if (theme !== before?.theme) {
      if (theme === 'auto') document.documentElement.removeAttribute('data-theme')
      else document.documentElement.setAttribute('data-theme', theme)
      store.set('theme', theme === 'auto' ? null : theme)
    }
    if (before && state.player.maths !== before.player.maths) store.set('maths', state.player.maths ? 'open' : 'closed')
    if (before && state.pins !== before.pins && state.doc === before.doc) keepPins(store, state.doc, state.pins)
    if (before && state.split !== before.split) store.set('split', String(state.split))
    if (before && state.code !== before.code && state.doc === before.doc) saveDraft()
    if (state.doc !== before?.doc) {
      // Which document is open: lessons are fetched, so a script that drives the page can wait for it.
      root.dataset.open = state.doc.slug
      document.title = state.doc !== EMPTY ? `${state.doc.title} · autograd playground` : 'autograd playground'
      if (!embedded && (entries.some(({ slug }) => slug === state.doc.slug) || state.doc.file)) store.set('open', state.doc.slug)
    }
  }

  let badges: ReadonlyMap<number, Badge> = NO_BADGES

  /// Values at the ends of the lines, of the newest run at its step.
  function showLines() {
    const trace = valuesShown ? markable() : null
    const found = trace && lineValuesOf(trace, state.step, (value) => graph.summaryOf(value), (node) => nodeInTurn(trace, state.rolling, node))
    editor.showValues(found?.lines ?? [])
    if (found && found.pending.length > 0) graph.want(found.pending)
  }

  /// What the pointer stands over, here or there, is lit on both sides.
  let pointed: readonly number[] = []
  function point(nodes: readonly number[]) {
    if (nodes.join() === pointed.join()) return
    pointed = nodes
    graph.light(nodes)
    const trace = markable()
    const places = trace ? nodes.map((node) => rangeOfNode(trace, node)).filter((place) => place !== null) : []
    editor.hint(places)
  }

  /// While the steps are played, each one calls for the next.
  let clock = 0
  function playOn() {
    clearTimeout(clock)
    const { player, step } = state
    if (player.playing && step !== null) clock = window.setTimeout(() => go(step + 1), 1000 / player.speed)
  }

  function hearRunner(event: RunnerEvent) {
    if (event.type === 'trace') return hearTrace(event)
    if (event.type === 'elements') {
      const answered = stretches.get(event.request)
      stretches.delete(event.request)
      return answered?.(event.elements)
    }
    if (event.type === 'summaries') {
      const answered = requests.get(event.request)
      requests.delete(event.request)
      answered?.(event.summaries)
      return
    }
    if (event.type === 'done') drawTrace()
    dispatch(event)
    if (event.type === 'started') setTimeout(() => dispatch({ type: 'slow', run: event.run }), SLOW)
  }

  // Partial traces may come faster than the screen can draw: only the newest of a frame is read, and a trace that took
  // long to draw is followed by a rest.
  let newest: Extract<RunnerEvent, { type: 'trace' }> | null = null
  let restUntil = 0
  function hearTrace(event: Extract<RunnerEvent, { type: 'trace' }>) {
    if (event.final) newest = event
    else if (performance.now() > restUntil) {
      if (!newest) requestAnimationFrame(drawTrace)
      newest = event
    }
  }

  function drawTrace() {
    const event = newest
    newest = null
    if (!event) return
    const began = performance.now()
    try {
      const trace = readTrace(unpack(event.header, event.columns))
      dispatch({ type: 'picture', run: event.run, trace })
    } catch (error) {
      // Hostile or broken: the picture stays as it is.
      console.warn('A trace was refused:', error)
    }
    const now = performance.now()
    restUntil = now + (now - began) * PARTIAL_SHARE
  }

  // ----- Acts -----

  /// `unasked`: the reader did not press Run, the program's link says so.
  function run(deadline: number, unasked = false) {
    if (state.doc.problem) return
    wake()
    editor.freeze()
    newest = null
    requests.clear()
    stretches.clear()
    // The runner answers with 'queued' or 'started' before `run` returns, so the state must know the run by then.
    dispatch({ type: 'asked', run: runner.nextRun(), deadline })
    runner.run({ code: state.code, seed: state.doc.link?.seed ?? SEED, limits: limitsOf(deadline), unasked })
  }

  /// A stored run needs no Python: it is started when the reader edits or runs.
  function wake() {
    if (state.engine.phase !== 'asleep') return
    dispatch({ type: 'woken' })
    runner.start()
  }

  function ask(values: readonly number[], answered: (summaries: readonly (Summary | null)[]) => void) {
    // Of a stored run nothing more can be known.
    if (state.picture?.run !== STORED) requests.set(runner.summaries(values), answered)
  }

  const completed = (trace: Trace) =>
    allSummaries(trace, { known: (value) => graph.summaryOf(value), ask, asks: () => state.picture?.run === state.run?.id && state.picture?.run !== STORED })

  function isDark(): boolean {
    return state.theme === 'dark' || (state.theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  }

  function stop() {
    dispatch({ type: 'stopping' })
    runner.stop()
  }

  function retry() {
    dispatch({ type: 'restarted' })
    runner.retry()
  }

  function open(doc: Doc) {
    if (doc.slug === state.doc.slug && doc.problem === state.doc.problem) return
    void shareKit?.then((dialog) => dialog.close())
    runner.stop()
    newest = null
    const text = codeOf(doc)
    book.open(doc.slug)
    predictions.reset()
    const draft = offered(doc)
    dispatch({ type: 'opened', doc, code: text, draft, answered: answersTo(doc.code, text, draft), ...(embedded ? {} : { pins: keptPins(store, doc) }) })
    editor.open(text)
    showStored()
    if (!doc.trace && !doc.problem && !embedded) wake()
    if (doc.link?.view.run) run(DEADLINE, true)
  }

  /// A file is no part of the address.
  function openFile(doc: Doc) {
    history.replaceState(null, '', location.pathname + location.search)
    newestHash = ''
    keepFile(store, doc)
    open(doc)
  }

  /// The editor shows the outputs of a stored run as soon as it has its text.
  function showStored() {
    const { run } = state
    if (run?.id === STORED) editor.showRun({ run: STORED, outputs: run.outputs, active: -1 })
  }

  const sharedNow = (wish: Wish) => sharedOf(state, wish, new URL('.', document.baseURI).href, completed)

  function goToLine(line: number) {
    dispatch({ type: 'tab', tab: 'code' })
    editor.goToLine(line)
  }

  function saveDraft() {
    store.set(`draft:${state.doc.slug}`, state.code === state.doc.code ? null : state.code)
  }

  /// The trace whose places the editor can mark: that of the newest run.
  function markable(): Trace | null {
    return state.picture && state.picture.run === state.run?.id ? state.picture.trace : null
  }

  function placesOf(now: State): readonly Place[] {
    const trace = now.picture?.trace
    if (!trace) return []
    return markedNodes(now).map((node) => rangeOfNode(trace, node)).filter((place) => place !== null)
  }

  // Links take a moment to unpack: only the newest address counts.
  let newestHash = location.hash
  addEventListener('hashchange', async () => {
    const hash = (newestHash = location.hash)
    const doc = await docOf(hash)
    if (hash === newestHash) open(doc)
  })
  addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) run(DEADLINE)
  })

  show(null)
  if (embedded) {
    void afterFrame().then(() => {
      const found = state.doc === first ? offered(first) : null
      if (found !== null) dispatch({ type: 'found', draft: found, answered: answersTo(first.code, found) })
    })
  }
  if (state.engine.phase !== 'asleep') runner.start()
  showStored()
  if (state.doc.link?.view.run) run(DEADLINE, true)
  return {
    open,
    docOf,
    run: () => run(DEADLINE),
    stop,
    go,
    theme: (theme) => dispatch({ type: 'theme', theme }),
    state: () => state,
    shared: () => sharedNow({ picture: false, place: true, run: false }),
    watch: (listen) => void watchers.push(listen),
  }
}

const NO_BADGES: ReadonlyMap<number, Badge> = new Map()

/// Those of the smallest sub-expression, else of the line.
function nodesOfPlace(trace: Trace, line: number, col: number): readonly number[] {
  const nodes = nodesAt(trace, line, col)
  return nodes.length > 0 ? nodes : nodesAtLine(trace, line)
}

function readTheme(value: string | null): Theme {
  return value === 'light' || value === 'dark' ? value : 'auto'
}

/// Open, unless it was closed or there is little room.
function readMaths(value: string | null): boolean {
  return value === null ? !matchMedia('(max-width: 719.98px)').matches : value === 'open'
}

function readSplit(value: string | null): number {
  const split = Number(value ?? SPLIT.usual)
  return split >= SPLIT.least && split <= SPLIT.most ? split : SPLIT.usual
}

