/// Completion of the facade's names. The table is written at build time from the engine's own rows (`python -m engine names
/// --json`); without it, only Python's words and the program's own names are offered.

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

  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos)
    const match = DOTTED.exec(line.text.slice(0, context.pos - line.from))
    if (!match) return null
    const [, owner = '', typed = ''] = match
    const known = options.get(moduleOf(owner, options)) ?? []
    return known.length > 0 ? { from: context.pos - typed.length, options: known, validFor: /^\w*$/ } : null
  }
}

/// `mx.nd` and `mxnet.nd` are `nd`; anything else that is no module is taken for an array.
function moduleOf(owner: string, modules: ReadonlyMap<string, unknown>): string {
  const path = owner.replace(/^(mx|mxnet)\./, '')
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
