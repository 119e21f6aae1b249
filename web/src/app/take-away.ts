/// The part of the Share popover that saves files: the picture, the trace, the derivation, the program.

import type { Summary } from '../protocol/trace'
import type { Scene } from '../graph'
import { wholeOf, type Trace } from '../trace'
import { h, setText } from './dom'
import type { State } from './state'

export interface Takeable {
  readonly state: State
  /// The picture as it is shown; null when there is none.
  readonly scene: Scene | null
  readonly dark: boolean
  /// Summaries of values that the trace left out, as far as they can be had.
  summaries(trace: Trace): Promise<(value: number) => Summary | null>
}

type Files = typeof import('../files')

interface Kind {
  readonly ending: string
  readonly label: string
  readonly about: string
  readonly needs: 'scene' | 'trace' | 'code'
  readonly mime: string
  make(files: Files, from: Takeable): Promise<string | Blob>
}

const KINDS: readonly Kind[] = [
  { ending: 'svg', label: 'SVG', about: 'the picture, sharp at any size', needs: 'scene', mime: 'image/svg+xml', make: async (files, from) => svgText(files, from) },
  { ending: 'png', label: 'PNG', about: 'the picture in pixels', needs: 'scene', mime: 'image/png', make: async (files, from) => files.pngOf(svgText(files, from)) },
  { ending: 'dot', label: 'DOT', about: 'the picture for Graphviz', needs: 'scene', mime: 'text/vnd.graphviz', make: async ({ dotOf }, { scene }) => (scene ? dotOf(scene) : '') },
  {
    ending: 'md',
    label: 'Derivation',
    about: 'each step worked out, with LaTeX',
    needs: 'trace',
    mime: 'text/markdown',
    make: async ({ derivationOf }, { state, summaries }) => {
      const trace = traceOf(state)
      return trace ? derivationOf(trace, state.doc.title, await summaries(trace)) : ''
    },
  },
  {
    ending: 'json',
    label: 'Trace',
    about: 'the recorded run; opens here again',
    needs: 'trace',
    mime: 'application/json',
    make: async ({ traceJson }, { state, summaries }) => {
      const trace = traceOf(state)
      return trace ? traceJson(wholeOf(trace), await summaries(wholeOf(trace))) : ''
    },
  },
  { ending: 'py', label: 'Python', about: 'the program', needs: 'code', mime: 'text/x-python', make: async (_files, { state }) => state.code },
  {
    ending: 'ipynb',
    label: 'Notebook',
    about: 'program and outputs for Jupyter',
    needs: 'code',
    mime: 'application/x-ipynb+json',
    // Outputs of an older text would be wrong under the new one.
    make: async ({ notebookOf }, { state }) => notebookOf(state.code, traceOf(state)?.code === state.code ? (state.run?.outputs ?? []) : []),
  },
]

const traceOf = ({ picture }: State): Trace | null => picture?.trace ?? null

const svgText = (files: Files, { scene, dark }: Takeable): string => (scene ? files.svgOf(scene, { palette: dark ? files.DARK : files.LIGHT }) : '')

export function createTakeAway(from: () => Takeable) {
  const said = h('p', { class: 'take-said', role: 'status' })
  const buttons = KINDS.map((kind) => {
    const button = h('button', { class: 'take-button', type: 'button' }, h('b', {}, kind.label), h('span', { class: 'take-ending' }, `.${kind.ending}`), h('span', { class: 'take-about' }, kind.about))
    button.addEventListener('click', () => void save(kind, button))
    return { kind, button }
  })
  const element = h('section', { class: 'take', 'aria-labelledby': 'take-title' }, h('h3', { id: 'take-title' }, 'Take it away'), h('div', { class: 'take-grid' }, ...buttons.map(({ button }) => button)), said)

  async function save(kind: Kind, button: HTMLButtonElement) {
    const name = `${fileName(from().state.doc.title)}.${kind.ending}`
    button.disabled = true
    setText(said, `Making ${name} …`)
    try {
      const made = await kind.make(await import('../files'), from())
      download(new Blob([made], { type: kind.mime }), name)
      setText(said, `Saved ${name}.`)
    } catch (error) {
      setText(said, `${name} could not be made: ${error instanceof Error ? error.message : 'the browser refused'}.`)
    }
    button.disabled = false
    button.focus()
  }

  return {
    element,
    /// Shows what can be had now.
    refresh() {
      const { state, scene } = from()
      const has = { scene: scene !== null, trace: traceOf(state) !== null, code: true }
      for (const { kind, button } of buttons) button.disabled = !has[kind.needs]
      setText(said, has.trace ? '' : 'Run the program first for a picture, a derivation and a trace.')
    },
  }
}

/// "Links that last" becomes "links-that-last".
export function fileName(title: string): string {
  const plain = title.normalize('NFKD').replace(/\.[a-z]+$/i, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  return plain.slice(0, 60) || 'program'
}

function download(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob)
  const link = h('a', { href: url, download: name })
  link.click()
  // The browser reads the bytes after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
