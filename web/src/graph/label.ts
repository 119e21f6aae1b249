/// The text of an operation: its sign, with literals and attributes inside ("× 2", "2 −", "take [0]", "Σ axis=0").

import { at, operandArgs, type Trace } from '../trace'

const COMMUTES = new Set(['+', '×', '·', '=', '==', '≠', '!='])
const MOST = 28

export function operationLabel(trace: Trace, node: number): string {
  const op = trace.ops[at(trace.nodes.op, node)]
  if (!op) return '?'
  // A dot alone is too small to be read as a title.
  const operands = operandArgs(trace, node).map((arg) => trace.literals[at(trace.args.literal, arg)] ?? null)
  const attrs = attrsText(trace.attrs[at(trace.nodes.attrs, node)] ?? {})
  return clip([signWithLiterals(op.symbol === '·' ? op.name : op.symbol, operands), attrs].filter((part) => part !== '').join(' '))
}

/// `operands`: the text of each literal operand, null for an array.
function signWithLiterals(symbol: string, operands: readonly (string | null)[]): string {
  const literals = operands.filter((operand) => operand !== null)
  if (literals.length === 0) return symbol
  if (operands.length !== 2) return [symbol, ...literals].join(' ')
  const [left, right] = operands
  if (left !== null && left !== undefined && right === null && isInfix(symbol) && !COMMUTES.has(symbol)) return `${left} ${symbol}`
  return [symbol, ...literals].join(' ')
}

function isInfix(symbol: string): boolean {
  return symbol === 'mod' || !/[\p{L}\p{N}|]/u.test(symbol)
}

const INDEX = new Set(['key', 'index', 'indices'])

/// Attributes that say something: those that are null, false or empty are left out.
function attrsText(attrs: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(attrs).filter(([, value]) => value !== null && value !== false && value !== '')
  return shown.map(([key, value]) => (INDEX.has(key) ? indexText(value) : `${key}=${attrText(value)}`)).join(' ')
}

function attrText(value: unknown): string {
  if (Array.isArray(value)) return `(${value.map(attrText).join(', ')}${value.length === 1 ? ',' : ''})`
  if (value === true) return 'True'
  if (typeof value === 'object' && value !== null) return '…'
  return String(value)
}

function indexText(value: unknown): string {
  if (typeof value === 'string') return value.startsWith('[') ? value : `[${value}]`
  return Array.isArray(value) ? `[${value.map(attrText).join(', ')}]` : `[${attrText(value)}]`
}

function clip(text: string): string {
  const chars = [...text]
  return chars.length > MOST ? `${chars.slice(0, MOST - 1).join('')}…` : text
}
