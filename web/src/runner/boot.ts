/// Starts Pyodide inside the worker from bytes that the page hands over: nothing is fetched, so the worker needs no
/// network at all and its policy can forbid it. Python starts while NumPy and the engine may still be on their way.

import type { PyodideInterface, loadPyodide as LoadPyodide } from 'pyodide'
import type { Core, Packages } from './wire'

/// A host that does not exist: Pyodide wants an absolute URL to resolve its file names against.
const NOWHERE = 'https://assets.invalid/'

export type Progress = (fraction: number, label: string) => void

/// A classic worker's own global functions that the DOM typings do not know.
interface ClassicWorker {
  importScripts(...urls: string[]): void
  fetch: typeof fetch
}

export async function bootPyodide(core: Core, packages: Promise<Packages>, progress: Progress): Promise<PyodideInterface> {
  const scope = globalThis as unknown as ClassicWorker
  progress(0.45, 'Starting Python')
  // Defines `_createPyodideModule`, which the loader then does not try to fetch.
  withBlobUrl(core.glue, (url) => scope.importScripts(url))
  const loader = await withBlobUrl(core.loader, (url) => import(/* @vite-ignore */ url))
  const loadPyodide = (loader as { loadPyodide: typeof LoadPyodide }).loadPyodide

  const table = new Map<string, ArrayBuffer>([
    ['pyodide-lock.json', core.lock],
    ['python_stdlib.zip', core.stdlib],
    ['pyodide.asm.wasm', new ArrayBuffer(0)],
  ])
  const realFetch = scope.fetch
  const realInstantiate = WebAssembly.instantiateStreaming
  scope.fetch = async (resource) => {
    const name = String(resource).split('/').pop() ?? ''
    const there = table.get(name)
    if (there) return new Response(there)
    const { numpy } = await packages
    if (name !== numpy.name) throw new TypeError(`${name} is not among the files that the page handed over`)
    progress(0.65, 'Unpacking NumPy')
    return new Response(numpy.bytes)
  }
  // The module was compiled while the other files were still arriving.
  WebAssembly.instantiateStreaming = async (_source: unknown, imports?: WebAssembly.Imports) => ({
    module: core.wasm,
    instance: await WebAssembly.instantiate(core.wasm, imports),
  })
  try {
    const pyodide = await loadPyodide({
      indexURL: NOWHERE,
      packages: ['numpy'],
      stdout: () => {},
      stderr: () => {},
    })
    // Before NumPy is imported: the engine's wheel brings NumPy's bytecode along.
    const site = pyodide.runPython('import sys; next(p for p in sys.path if p.endswith("site-packages"))') as string
    const { engine } = await packages
    pyodide.unpackArchive(engine.bytes, 'wheel', { extractDir: site })
    progress(0.8, 'Loading NumPy')
    await pyodide.runPythonAsync('import numpy')
    progress(0.92, 'Loading the engine')
    return pyodide
  } finally {
    scope.fetch = realFetch
    WebAssembly.instantiateStreaming = realInstantiate
  }
}

function withBlobUrl<T>(bytes: ArrayBuffer, use: (url: string) => T): T {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'text/javascript' }))
  const result = use(url)
  const release = () => URL.revokeObjectURL(url)
  if (result instanceof Promise) result.then(release, release)
  else release()
  return result
}
