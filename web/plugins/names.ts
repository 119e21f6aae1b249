/// Vite plugin: the facade's names for completion, written before by the engine (`python -m engine names --json`) to
/// build/assets/names.json. Without that file the editor completes nothing of the facade.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'

const NAMES = 'virtual:names'
const file = resolve(import.meta.dirname, '../../build/assets/names.json')

export function facadeNames(): Plugin {
  return {
    name: 'facade-names',
    resolveId: (source) => (source === NAMES ? `\0${NAMES}` : null),
    async load(id) {
      if (id !== `\0${NAMES}`) return null
      const json = await readFile(file, 'utf8').catch(() => '{}')
      return `export default ${JSON.stringify(JSON.parse(json))}`
    },
  }
}
