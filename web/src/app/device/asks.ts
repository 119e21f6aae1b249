/// Whether a program asks for the server's device by itself.

import { splitCells } from '../../editor/cells'

/// Its code, prose and comments apart, has the word: `mx.gpu(0)`, `npx.gpu()`, `num_gpus()`, `Context('gpu')`, `try_gpu()`.
/// A program that gets at it in any other way finds no device: that is said, and nothing else happens.
export function asksForDevice(code: string): boolean {
  if (!code.includes('gpu')) return false
  const lines = code.split('\n')
  return splitCells(lines).some(({ kind, first, last }) => kind === 'code' && lines.slice(first - 1, last).some((line) => line.replace(/#.*/, '').includes('gpu')))
}
