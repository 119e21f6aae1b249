/// The script of runner.html: an opaque-origin frame without network, which holds the worker that runs user code. It
/// takes one port from the page, then assets, then commands. A worker starts as soon as Python's own files are there.

import workerSource from 'virtual:worker-source'
import type { Report } from '../protocol/messages'
import { createPool } from './pool'
import { HELLO, type Core, type FromWorker, type Manifest, type Packages, type ToFrame, type ToWorker } from './wire'

const CORE = ['pyodide.mjs', 'pyodide.asm.js', 'python_stdlib.zip', 'pyodide-lock.json']
const assets = new Map<string, ArrayBuffer>()
let wasm: Promise<WebAssembly.Module> | null = null

addEventListener('message', function connect(event: MessageEvent) {
  const port = event.ports[0]
  if (event.source !== parent || event.data !== HELLO || !port) return
  removeEventListener('message', connect)
  serve(port)
})

function serve(port: MessagePort) {
  const report = (message: Report) => {
    const transfer = message.type === 'trace' && message.columns instanceof ArrayBuffer ? [message.columns] : []
    port.postMessage(message, transfer)
  }
  let pool: ReturnType<typeof createPool> | null = null
  let arrived: (packages: Packages) => void
  const packages = new Promise<Packages>((resolve) => (arrived = resolve))
  const start = async (compiled: Promise<WebAssembly.Module>) => {
    const core = coreOf(await compiled)
    pool = createPool({
      spawn: (listen) => spawnWorker(core, packages, listen),
      report,
      token: createToken,
      after: (milliseconds, act) => {
        const timer = setTimeout(act, milliseconds)
        return () => clearTimeout(timer)
      },
    })
    pool.start()
  }
  const failed = (error: unknown) => report({ type: 'failed', message: String(error) })
  let starting: Promise<void> | null = null
  port.onmessage = (event: MessageEvent<ToFrame>) => {
    const message = event.data
    if (message.type === 'asset') {
      // Compiling starts at once, beside the remaining downloads; the module is kept for every later worker.
      if (message.name === 'pyodide.asm.wasm') wasm = WebAssembly.compile(message.bytes)
      else assets.set(message.name, message.bytes)
      if (wasm && CORE.every((name) => assets.has(name))) (starting ??= start(wasm)).catch(failed)
    } else if (message.type === 'assets') {
      try {
        if (!starting) throw new Error(`${['pyodide.asm.wasm', ...CORE].join(', ')} are not all among the files of the start`)
        arrived(packagesOf(message.manifest))
      } catch (error) {
        failed(error)
      }
    } else pool?.handle(message)
  }
}

function take(name: string): ArrayBuffer {
  const bytes = assets.get(name)
  if (!bytes) throw new Error(`${name} is missing among the files of the start`)
  return bytes
}

const coreOf = (wasm: WebAssembly.Module): Core => ({
  loader: take('pyodide.mjs'),
  glue: take('pyodide.asm.js'),
  stdlib: take('python_stdlib.zip'),
  lock: take('pyodide-lock.json'),
  wasm,
})

const packagesOf = (manifest: Manifest): Packages => ({
  numpy: { name: manifest.numpy, bytes: take(manifest.numpy) },
  engine: { name: manifest.engine, version: manifest.engineVersion, bytes: take(manifest.engine) },
})

function spawnWorker(core: Core, packages: Promise<Packages>, listen: (message: FromWorker) => void) {
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }))
  // Classic: a module worker from a blob does not start in an opaque origin.
  const worker = new Worker(url)
  const probe = createToken()
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = (event: MessageEvent<FromWorker>) => {
    if (typeof event.data !== 'object' || event.data === null) return
    if (event.data.type === 'gentle') probe.end()
    if (event.data.type === 'crash') console.warn('Python broke down:', event.data.message)
    listen(event.data)
  }
  worker.onerror = (event) => {
    event.preventDefault()
    listen({ type: 'crash', message: event.message || 'The worker could not start' })
  }
  worker.postMessage(null, [port2])
  const post = (message: ToWorker) => port1.postMessage(message)
  post({ type: 'start', core, probe: probe.url })
  void packages.then((packages) => post({ type: 'packages', packages }))
  return {
    post,
    terminate() {
      worker.terminate()
      port1.close()
      URL.revokeObjectURL(url)
      probe.end()
    },
  }
}

function createToken() {
  const url = URL.createObjectURL(new Blob(['1']))
  return { url, end: () => URL.revokeObjectURL(url) }
}
