/// One TypeScript file with all that it imports, as one classic script; what it exports is in one global name.

import { resolve } from 'node:path'
import { build, type Plugin } from 'vite'

const web = resolve(import.meta.dirname, '..')

export async function bundle(entry: string, plugins: readonly Plugin[] = [], name = '_runner'): Promise<string> {
  const result = await build({
    configFile: false,
    root: web,
    logLevel: 'warn',
    publicDir: false,
    plugins: [...plugins],
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      lib: { entry: resolve(web, entry), formats: ['iife'], name },
    },
  })
  const output = (Array.isArray(result) ? result[0] : result) as { output: readonly { type: string; code?: string }[] }
  const chunks = output.output.filter((part) => part.type === 'chunk')
  if (chunks.length !== 1) throw new Error(`${entry} must bundle to one script, it became ${chunks.length}`)
  return chunks[0]?.code ?? ''
}
