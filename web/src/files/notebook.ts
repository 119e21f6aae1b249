/// Programs as Jupyter notebooks (nbformat 4.5) and back. A cell is what stands between `# %%` lines.

import type { Output } from '../protocol/trace'
import { proseOf, splitCells } from '../editor/cells'

/// What is wrong with a file that was given; the text is for the reader.
export class FileProblem extends Error {}

interface Cell {
  readonly cell_type: 'code' | 'markdown'
  readonly source: string
  readonly title: string
}

/// `outputs` are those of the last run, by cell.
export function notebookOf(code: string, outputs: readonly Output[] = []): string {
  const lines = code.split('\n')
  let count = 0
  const cells = splitCells(lines).map(({ kind, first, last, title }, index) => {
    const text = trimmed(lines.slice(first - 1, last))
    const common = { id: `cell-${index + 1}`, metadata: title === '' ? {} : { name: title } }
    if (kind === 'markdown') return { cell_type: 'markdown', ...common, source: sourceOf(proseOf(text.split('\n'))) }
    const number = ++count
    return {
      cell_type: 'code',
      ...common,
      execution_count: outputs.length > 0 ? number : null,
      outputs: outputs.filter(({ cell }) => cell === index).flatMap((output) => outputOf(output, number)),
      source: sourceOf(text),
    }
  })
  const metadata = { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' }, language_info: { name: 'python' } }
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`
}

function outputOf(output: Output, number: number): readonly object[] {
  switch (output.type) {
    case 'stdout':
    case 'stderr':
      return [{ output_type: 'stream', name: output.type, text: sourceOf(output.text) }]
    case 'result':
      return [{ output_type: 'execute_result', execution_count: number, data: { 'text/plain': sourceOf(output.text) }, metadata: {} }]
    case 'error': {
      const { name, message, line } = output.error
      return [{ output_type: 'error', ename: name, evalue: message, traceback: [`${name}${line > 0 ? ` (line ${line})` : ''}: ${message}`] }]
    }
    // No output of a cell: elsewhere the check itself would run.
    case 'verdict':
      return []
  }
}

/// Notebooks keep text as lines that end with their line break.
function sourceOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}

function trimmed(lines: readonly string[]): string {
  return lines.join('\n').replace(/^\s*\n/, '').trimEnd()
}

// ----- Back -----

/// The program of a notebook: one `# %%` cell for each of its cells. Outputs stay behind.
export function programOfNotebook(text: string): string {
  const cells = cellsOf(parsed(text))
  if (cells.length === 0) throw new FileProblem('The notebook has no cells.')
  return `${cells.map(written).join('\n\n')}\n`
}

function written({ cell_type: kind, source, title }: Cell): string {
  const head = ['# %%', ...(kind === 'markdown' ? ['[markdown]'] : []), ...(title === '' ? [] : [title])].join(' ')
  const lines = source.replace(/\s+$/, '').split('\n')
  const body = kind === 'markdown' ? lines.map((line) => `# ${line}`.trimEnd()) : lines.map(withoutMagic)
  return [head, ...body].join('\n')
}

/// Commands of Jupyter (`%matplotlib inline`, `!pip`) are no Python: they stay as comments.
function withoutMagic(line: string): string {
  return /^\s*[%!]/.test(line) ? `# ${line}` : line
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new FileProblem('The notebook is not JSON: it may have been cut off.')
  }
}

function cellsOf(notebook: unknown): readonly Cell[] {
  const { nbformat, cells } = fieldsOf(notebook)
  if (!Array.isArray(cells)) throw new FileProblem(`This is no notebook of format 4${typeof nbformat === 'number' ? ` but of format ${nbformat}` : ''}: it has no list of cells.`)
  return cells.flatMap((given: unknown): readonly Cell[] => {
    const { cell_type: kind, source, metadata } = fieldsOf(given)
    if (kind !== 'code' && kind !== 'markdown') return []
    const text = Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : typeof source === 'string' ? source : ''
    const { name } = fieldsOf(metadata)
    return [{ cell_type: kind, source: text, title: typeof name === 'string' ? name.replaceAll('\n', ' ') : '' }]
  })
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {}
}
