/// Vite plugin: writes runner.html as one self-contained file. The worker's bundle travels as text inside the frame's
/// bundle, and the frame's bundle stands inside the page with its hash in the policy, so nothing is fetched in there.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build, type Plugin } from 'vite'

const web = resolve(import.meta.dirname, '..')
const WORKER_SOURCE = 'virtual:worker-source'

export function runnerPage(): Plugin {
  return {
    name: 'runner-page',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'runner.html', source: await renderRunner() })
    },
    configureServer(server) {
      server.middlewares.use('/runner.html', (_request, response) => {
        void renderRunner().then((html) => response.setHeader('Content-Type', 'text/html').end(html))
      })
    },
  }
}

async function renderRunner(): Promise<string> {
  const worker = await bundle('src/runner/worker.ts', [])
  const frame = await bundle('src/runner/frame.ts', [textModule(WORKER_SOURCE, worker)])
  const script = frame.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
  const hash = createHash('sha256').update(script).digest('base64')
  const template = await readFile(resolve(web, 'runner.html'), 'utf8')
  return template.replace('%HASH%', hash).replace('%SCRIPT%', () => script)
}

async function bundle(entry: string, plugins: readonly Plugin[]): Promise<string> {
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
      lib: { entry: resolve(web, entry), formats: ['iife'], name: '_runner' },
    },
  })
  const output = (Array.isArray(result) ? result[0] : result) as { output: readonly { type: string; code?: string }[] }
  const chunks = output.output.filter((part) => part.type === 'chunk')
  if (chunks.length !== 1) throw new Error(`${entry} must bundle to one script, it became ${chunks.length}`)
  return chunks[0]?.code ?? ''
}

function textModule(name: string, text: string): Plugin {
  const id = `\0${name}`
  return {
    name: `text-module:${name}`,
    resolveId: (source) => (source === name ? id : null),
    load: (source) => (source === id ? `export default ${JSON.stringify(text)}` : null),
  }
}
