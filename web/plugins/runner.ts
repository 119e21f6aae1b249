/// Vite plugin: writes runner.html as one self-contained file. The worker's bundle travels as text inside the frame's
/// bundle, and the frame's bundle stands inside the page with its hash in the policy, so nothing is fetched in there.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'
import { bundle } from './bundle'

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
  const worker = await bundle('src/runner/worker.ts')
  const frame = await bundle('src/runner/frame.ts', [textModule(WORKER_SOURCE, worker)])
  const script = frame.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
  const hash = createHash('sha256').update(script).digest('base64')
  const template = await readFile(resolve(web, 'runner.html'), 'utf8')
  return template.replace('%HASH%', hash).replace('%SCRIPT%', () => script)
}

function textModule(name: string, text: string): Plugin {
  const id = `\0${name}`
  return {
    name: `text-module:${name}`,
    resolveId: (source) => (source === name ? id : null),
    load: (source) => (source === id ? `export default ${JSON.stringify(text)}` : null),
  }
}
