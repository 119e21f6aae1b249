/// A run as still pictures, without any browser: `picture.js`, for pages that are printed. JSON in, JSON out, so that any
/// engine of JavaScript can be asked (web/sphinx/autograd_playground/sphinx/pictures.py asks it).

import { passAt, passShown, picturesOf, positionsAtStep, rollOf, rolledSceneOf, sceneOf, shownAt, withStep, LAST, ROLLED, type Scene, type View } from '../graph'
import { documentOf, readTrace, stepAt, timelineOf, type Trace } from '../trace'
import { svgOf } from './svg'

export interface Still {
  readonly svg: string
  /// Pixels.
  readonly width: number
  readonly height: number
  /// "record · line 9"
  readonly title: string
  /// What is to be seen, for those who cannot.
  readonly label: string
}

export interface Stills {
  readonly pictures: readonly Still[]
  /// Pictures that are not among them, because there are more or they are too large for paper.
  readonly left: number
}

/// More would be pages of pictures.
const MOST_PICTURES = 4
/// Boxes that can still be read on paper.
const MOST_BOXES = 150

/// `request`: `{ code, trace, step }`, the trace in its compact form, the step counted from 1 (0: the end).
export function draw(request: string): string {
  const { code, trace, step } = JSON.parse(request) as { readonly code: string; readonly trace: unknown; readonly step: number }
  return JSON.stringify(stillsOf(readTrace(documentOf(trace, code)), step - 1))
}

export function stillsOf(trace: Trace, step: number): Stills {
  const index = step < 0 ? null : Math.min(step, timelineOf(trace).length - 1)
  const all = picturesOf(trace, ROLLED)
  const wanted = index === null ? all : withNode(all, stepAt(trace, index)?.node ?? -1)
  const scenes = wanted.map((view) => ({ view, scene: sceneAtStep(trace, view, index) }))
  const shown = scenes.filter(({ scene }) => scene.nodes.length <= MOST_BOXES).slice(0, MOST_PICTURES)
  return {
    pictures: shown.map(({ view, scene }) => ({ svg: svgOf(scene), width: scene.width, height: scene.height, title: view.title, label: scene.label })),
    left: scenes.length - shown.length,
  }
}

/// The picture that a step is in.
function withNode(views: readonly View[], node: number): readonly View[] {
  const found = views.find(({ nodes }) => nodes.includes(node))
  return found ? [found] : views.slice(0, 1)
}

function sceneAtStep(trace: Trace, view: View, index: number | null): Scene {
  const last = view.passes.at(-1) ?? -1
  const pass = index === null ? last : passAt(trace, view, index)
  const rolled = rollOf(trace, view, ROLLED)
  const input = { trace, view, pass, selected: [] }
  if (rolled.frames.length === 0) return stepped(sceneOf(input), trace, pass, index)
  const positions = index === null ? LAST : positionsAtStep(trace, rolled, index, LAST)
  const shown = passShown(rolled, view, shownAt(rolled, positions), pass)
  return stepped(rolledSceneOf({ ...input, pass: shown, rolled, positions }), trace, shown, index)
}

function stepped(scene: Scene, trace: Trace, pass: number, index: number | null): Scene {
  const known = (value: number) => trace.values.summaries[value] ?? null
  return index === null ? scene : withStep(scene, trace, pass, index, known)
}
