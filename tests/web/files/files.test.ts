/// Files that leave the page and come back: pictures, derivations, traces, notebooks.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DARK, FileProblem, LIGHT, MOST_STEPS, derivationOf, dotOf, missingValues, notebookOf, programOfNotebook, readFile, scaleFor, svgOf, traceJson, type Palette } from '../../../web/src/files'
import { escaped } from '../../../web/src/files/escaped'
import { mix } from '../../../web/src/files/palette'
import { LAST, ROLLED, picturesOf, rollOf, rolledSceneOf, sceneOf, viewsOf, type Scene } from '../../../web/src/graph'
import { readTrace } from '../../../web/src/trace'
import { chain, detached, diamond, mlpStep, multiOutput, square } from '../fixtures/graphs'
import { stored } from '../fixtures/traces'

function scene(document: ReturnType<typeof square>): Scene {
  const trace = readTrace(document)
  const [view] = viewsOf(trace)
  if (!view) throw new Error('no view')
  return sceneOf({ trace, view, pass: view.passes.at(-1) ?? -1, selected: [] })
}

const count = (text: string, part: string): number => text.split(part).length - 1

describe('svgOf', () => {
  it('draws every node, edge and text of a scene', () => {
    for (const document of [square(), diamond(), detached(), multiOutput(), mlpStep()]) {
      const made = scene(document)
      const svg = svgOf(made)
      expect(count(svg, '<title>')).toBe(made.nodes.length + 1)
      expect(count(svg, 'marker-end=')).toBe(made.edges.length)
      for (const { texts } of made.nodes) for (const { text } of texts) expect(svg).toContain(`>${escaped(text)}</text>`)
    }
  })

  it('needs no style sheet, no script and no colour function', () => {
    expect(svgOf(scene(mlpStep()))).not.toMatch(/class=|style|script|color-mix|var\(|href/)
  })

  it('takes the palette that it is given', () => {
    expect(svgOf(scene(square()), { palette: DARK })).toContain(DARK.bg)
    expect(svgOf(scene(square()), { palette: DARK })).not.toContain(LIGHT.value)
  })

  it('leaves out gradients that a step has not reached', () => {
    const made = scene(square())
    const future = { ...made, edges: made.edges.map((edge) => ({ ...edge, phase: 'future' as const })) }
    expect(count(svgOf(future), 'marker-end=')).toBe(made.edges.filter(({ role }) => role === 'value').length)
  })

  it('makes text of signs that XML would read or cannot hold', () => {
    expect(escaped('<a & "b">')).toBe('&lt;a &amp; &quot;b&quot;&gt;')
    expect(escaped('a\u0000b\ud800c\u{1f600}')).toBe('a\ufffdb\ufffdc\u{1f600}')
  })
})

describe('a rolled loop', () => {
  const trace = stored('recurrent')
  const [view] = picturesOf(trace, ROLLED)
  if (!view) throw new Error('no picture')
  const made = rolledSceneOf({ trace, view, rolled: rollOf(trace, view, ROLLED), positions: LAST, pass: view.passes.at(-1) ?? -1, selected: [] })

  it('keeps its frame, its curve and the edges that lead to the next turn', () => {
    const svg = svgOf(made)
    const carried = made.edges.filter((edge) => edge.carried)
    expect(made.frames).toHaveLength(1)
    expect(carried.length).toBeGreaterThan(0)
    expect(count(svg, 'stroke-dasharray="7 4"')).toBe(carried.length)
    expect(svg).toContain('for ')
    expect(svg).toContain('‖∂')
  })

  it('is a cluster in DOT, whose back edges do not order it', () => {
    const dot = dotOf(made)
    expect(dot).toMatch(/subgraph cluster_0 \{ label="for .*×/)
    expect(count(dot, 'style="dashed", constraint="false"')).toBeGreaterThanOrEqual(made.edges.filter((edge) => edge.carried).length)
  })
})

describe('palettes', () => {
  const css = readFileSync(new URL('../../../web/src/app/tokens.css', import.meta.url), 'utf8')
  const NAMES: Readonly<Record<keyof Palette, string>> = { bg: 'bg', panel: 'panel', ink: 'ink', dim: 'dim', line: 'line', value: 'value', grad: 'grad', gradSoft: 'grad-soft' }
  const blocks: readonly (readonly [string, Palette])[] = [
    [':root {', LIGHT],
    ['[data-theme="dark"] {', DARK],
  ]
  it.each(blocks)('are those of the page: %s', (opening, palette) => {
    const block = css.slice(css.indexOf(opening), css.indexOf('}', css.indexOf(opening)))
    for (const [key, name] of Object.entries(NAMES)) {
      const color = new RegExp(`--${name}: (#[0-9a-f]+);`).exec(block)?.[1] ?? ''
      const long = color.length === 4 ? `#${[...color.slice(1)].map((one) => one + one).join('')}` : color
      expect(palette[key as keyof Palette], name).toBe(long)
    }
  })

  it('mix as color-mix does', () => {
    expect(mix('#ffffff', 50, '#000000')).toBe('#808080')
    expect(mix('#1d5fd1', 100, '#000000')).toBe('#1d5fd1')
  })
})

describe('dotOf', () => {
  it('keeps values in front and sends gradients back without turning the picture', () => {
    const dot = dotOf(scene(diamond()))
    expect(dot).toContain('n0 -> n1 [color="#1d5fd1"]')
    expect(dot).toMatch(/n1 -> n0 \[color="#b94e07", style="dashed", constraint="false"\]/)
    expect(count(dot, '[label=')).toBe(scene(diamond()).nodes.length + 1)
  })

  it('quotes what would end a label', () => {
    const made = scene(diamond())
    const [first] = made.nodes
    if (!first) throw new Error('no node')
    const hostile = { ...made, nodes: [{ ...first, label: 'a"] b\\N\n' }] }
    expect(dotOf(hostile)).toContain('tooltip="a\\"] b\\\\N\\n"')
  })
})

describe('derivationOf', () => {
  const none = () => null

  it('works out every step, forward and back, with the rule, the program and the numbers', () => {
    const trace = readTrace(square())
    const text = derivationOf(trace, 'Square', (value) => trace.values.summaries[value] ?? null)
    expect(text).toMatch(/^# Square\n\n```python\nx = nd\.array/)
    expect(text).toContain('## Forward')
    expect(text).toContain('## Back (`backward`)')
    expect(count(text, '**Step ')).toBe(5)
    expect(text).not.toContain('\\val{')
    expect(text).not.toContain('\\grd{')
  })

  it('fences a program that holds fences itself', () => {
    const trace = { ...readTrace(square()), code: '# ````\nx = 1' }
    expect(derivationOf(trace, 'T', none)).toContain('`````python\n# ````\nx = 1\n`````')
  })

  it('is cut where nobody reads on, and says so', () => {
    const text = derivationOf(readTrace(chain(MOST_STEPS)), 'Chain', none)
    expect(count(text, '**Step ')).toBe(MOST_STEPS)
    expect(text).toMatch(/\*601 more steps are left out\.\*/)
  })
})

describe('traceJson', () => {
  it('gives back the same trace', () => {
    for (const name of ['second_order', 'broadcast', 'interleaved', 'doubling'] as const) {
      const trace = stored(name)
      expect(readTrace(JSON.parse(traceJson(trace, () => null)))).toEqual(trace)
    }
  })

  it('holds summaries that came late', () => {
    const trace = readTrace(square())
    const bare = { ...trace, values: { ...trace.values, summaries: trace.values.summaries.map(() => null) } }
    expect(missingValues(bare, () => null)).toHaveLength(trace.values.summaries.length)
    expect(missingValues(bare, (value) => trace.values.summaries[value] ?? null)).toEqual([])
    expect(readTrace(JSON.parse(traceJson(bare, (value) => trace.values.summaries[value] ?? null)))).toEqual(trace)
  })
})

describe('notebooks', () => {
  const code = '# %% [markdown]\n# # Title\n# Some $x$.\n\n# %% first\nx = 1\n\nx\n\n# %%\nprint("a")\n'

  it('hold the cells of a program', () => {
    const made = JSON.parse(notebookOf(code)) as { cells: readonly { cell_type: string; source: readonly string[]; metadata: object; execution_count?: number | null }[]; nbformat: number }
    expect(made.nbformat).toBe(4)
    expect(made.cells.map(({ cell_type, source }) => `${cell_type}: ${source.join('')}`)).toEqual(['markdown: # Title\nSome $x$.', 'code: x = 1\n\nx', 'code: print("a")'])
    expect(made.cells[1]).toMatchObject({ execution_count: null, metadata: { name: 'first' } })
  })

  it('hold what the cells printed', () => {
    const error = { name: 'MXNetError', message: 'no', hint: null, line: 6, col: 0, endLine: 6, endCol: 1, frames: [] }
    const made = JSON.parse(
      notebookOf(code, [
        { cell: 1, type: 'result', text: '1' },
        { cell: 2, type: 'stdout', text: 'a\nb\n' },
        { cell: 2, type: 'error', error },
      ]),
    ) as { cells: readonly { outputs?: readonly object[] }[] }
    expect(made.cells[1]?.outputs).toEqual([{ output_type: 'execute_result', execution_count: 1, data: { 'text/plain': ['1'] }, metadata: {} }])
    expect(made.cells[2]?.outputs?.[0]).toEqual({ output_type: 'stream', name: 'stdout', text: ['a\n', 'b\n'] })
    expect(made.cells[2]?.outputs?.[1]).toMatchObject({ output_type: 'error', ename: 'MXNetError', evalue: 'no' })
  })

  it('become the same program again', () => {
    expect(programOfNotebook(notebookOf(code))).toBe(code)
  })

  it('of other programs are read too: text as one string, magics as comments, raw cells left out', () => {
    const other = { nbformat: 4, cells: [{ cell_type: 'raw', source: 'x' }, { cell_type: 'code', source: '%matplotlib inline\nx = 1' }] }
    expect(programOfNotebook(JSON.stringify(other))).toBe('# %%\n# %matplotlib inline\nx = 1\n')
  })

  it.each([
    ['{"cells": [', /not JSON/],
    ['{"nbformat": 3, "worksheets": []}', /format 3/],
    ['[]', /no list of cells/],
    ['{"cells": []}', /no cells/],
    ['{"cells": [null, 3, {"cell_type": "code", "source": [1, {}]}]}', null],
  ])('that are broken say so: %s', (text, message) => {
    if (message) {
      expect(() => programOfNotebook(text)).toThrow(FileProblem)
      expect(() => programOfNotebook(text)).toThrow(message)
    } else expect(programOfNotebook(text)).toBe('# %%\n\n')
  })
})

describe('readFile', () => {
  it('opens programs, notebooks and stored traces by their ending', () => {
    expect(readFile('a/b/mine.PY', '\ufeffx = 1\r\ny = 2\r')).toEqual({ kind: 'program', title: 'mine.PY', code: 'x = 1\ny = 2\n' })
    expect(readFile('n.ipynb', notebookOf('x = 1\n'))).toMatchObject({ kind: 'program', code: '# %%\nx = 1\n' })
    const trace = stored('doubling')
    expect(readFile('t.json', traceJson(trace, () => null))).toEqual({ kind: 'trace', title: 't.json', trace })
  })

  it.each([
    ['picture.png', '', /cannot be opened here.*\.py/],
    ['noending', '', /cannot be opened here/],
    ['t.json', '{', /not JSON/],
    ['t.json', '{"version": 9}', /version 9/],
    ['t.json', '{"version": 1, "code": 3}', /no trace that can be shown.*code/],
  ])('says what is wrong with %s', (name, text, message) => {
    expect(() => readFile(name, text)).toThrow(FileProblem)
    expect(() => readFile(name, text)).toThrow(message)
  })
})

describe('scaleFor', () => {
  it('is two pixels a unit until a canvas would be too large', () => {
    expect(scaleFor(600, 400)).toBe(2)
    expect(scaleFor(16_000, 100)).toBe(1)
    const scale = scaleFor(15_000, 15_000)
    expect(15_000 * scale * 15_000 * scale).toBeLessThanOrEqual(120_000_001)
  })
})
