/// Completion of the facade's names. The table is written at build time from the engine's own rows (`python -m engine names
/// --json`); without it, only Python's words and the program's own names are offered. The same table answers what a name means.

import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete'

export interface Name {
  readonly name: string
  readonly doc: string
  readonly signature: string
}

/// Names by module (`np`, `nd`, `npx`, `autograd`) and the methods of an array.
export type Names = Readonly<Record<string, readonly Name[]>>

export function readNames(value: unknown): Names {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).map(([module, rows]) => [
      module,
      Array.isArray(rows) ? rows.map(readName).filter((row) => row !== null) : [],
    ]),
  )
}

function readName(value: unknown): Name | null {
  if (typeof value === 'string') return { name: value, doc: '', signature: '' }
  const row = value as Partial<Name> | null
  if (typeof row?.name !== 'string') return null
  return { name: row.name, doc: row.doc ?? '', signature: row.signature ?? '' }
}

const DOTTED = /([A-Za-z_][\w.]*)\.(\w*)$/

export function completeNames(names: Names): CompletionSource {
  const options = new Map<string, readonly Completion[]>()
  for (const [module, rows] of Object.entries(names)) options.set(module, rows.map((row) => optionOf(row)))
  options.set('array', methodsOf(names).map((row) => optionOf(row)))

  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos)
    const match = DOTTED.exec(line.text.slice(0, context.pos - line.from))
    if (!match) return null
    const [, owner = '', typed = ''] = match
    const module = moduleOf(owner, options, imported(context.state.doc.toString()))
    const known = options.get(module) ?? []
    return known.length > 0 ? { from: context.pos - typed.length, options: known, validFor: /^\w*$/ } : null
  }
}

/// What is known of the name at a column of a line (`np.dot`, `nn.Dense`, `x.sum`), for the help under the pointer; `text` is the
/// whole program, whose imports say what the names mean.
export function nameAt(names: Names, text: string, line: string, column: number): (Name & { readonly path: string }) | null {
  for (const match of line.matchAll(/[A-Za-z_][\w.]*/g)) {
    if (column < match.index || column >= match.index + match[0].length) continue
    const rest = match[0].slice(column - match.index)
    const path = match[0].slice(0, column - match.index) + (/^\w*/.exec(rest)?.[0] ?? '')
    const means = imported(text)
    const dot = path.lastIndexOf('.')
    // A name imported by itself (`from mxnet.gluon.nn import Dense`) is looked up under its module.
    const full = dot < 0 ? (means.get(path) ?? '') : path
    const cut = full.lastIndexOf('.')
    if (cut < 0) return null
    const modules = new Map(Object.entries(names))
    const module = dot < 0 ? full.slice(0, cut) : moduleOf(full.slice(0, cut), modules, means)
    const last = full.slice(cut + 1)
    const rows = module === 'array' ? methodsOf(names) : (names[module] ?? [])
    const found = rows.find((row) => row.name === last)
    return found ? { ...found, path: module === 'array' ? `array.${last}` : `${module}.${last}` } : null
  }
  return null
}

/// The methods of both classes of arrays, each once.
function methodsOf(names: Names): readonly Name[] {
  const rows = [...(names['array'] ?? []), ...(names['np.ndarray'] ?? []), ...(names['nd.NDArray'] ?? [])]
  return [...new Map(rows.map((row) => [row.name, row] as const)).values()]
}

const FROM = /^\s*from\s+mxnet((?:\.\w+)*)\s+import\s+([^#\n]+)/gm
const IMPORT = /^\s*import\s+mxnet((?:\.\w+)*)(?:\s+as\s+(\w+))?/gm
const LONG: Readonly<Record<string, string>> = { ndarray: 'nd', numpy: 'np', numpy_extension: 'npx', initializer: 'init' }

/// What the program's imports from mxnet mean: a name there -> its path below `mx`, with the short names of the modules.
function imported(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, path = '', list = ''] of text.matchAll(FROM)) {
    for (const part of list.replace(/[()]/g, '').split(',')) {
      const [name = '', alias = name] = part.trim().split(/\s+as\s+/)
      if (/^\w+$/.test(name)) found.set(alias, short(`${path}.${name}`))
    }
  }
  for (const [, path = '', alias] of text.matchAll(IMPORT)) if (alias) found.set(alias, path ? short(path) : 'mx')
  return found
}

function short(path: string): string {
  const parts = path.split('.').filter((part) => part !== '')
  return parts.map((part) => LONG[part] ?? part).join('.')
}

/// `mx.nd` and `mxnet.nd` are `nd`; anything else that is no module is taken for an array.
function moduleOf(owner: string, modules: ReadonlyMap<string, unknown>, means: ReadonlyMap<string, string>): string {
  const [first = '', ...rest] = owner.split('.')
  const path = short([means.get(first) ?? first, ...rest].join('.')).replace(/^(mx|mxnet)\.(?!random$)/, '')
  if (modules.has(path)) return path
  const last = path.split('.').pop() ?? ''
  return modules.has(last) && path.includes('.') ? last : 'array'
}

function optionOf({ name, doc, signature }: Name): Completion {
  return {
    label: name,
    type: signature ? 'function' : 'constant',
    ...(signature ? { detail: signature.startsWith(name) ? signature.slice(name.length) : signature } : {}),
    ...(doc ? { info: doc } : {}),
  }
}
