/// Fetches what a start needs (`py/manifest.json` and the files that it names) for the runner, which has no network. The
/// page fetches: same origin, the browser's own cache, and progress in real bytes.

import type { Manifest } from './wire'

export interface AssetNeeds {
  /// Where py/ lies.
  readonly base: string
  fetch(url: string): Promise<Response>
  progress(loaded: number, total: number): void
  /// Called with each file as soon as it is complete.
  deliver(name: string, bytes: ArrayBuffer): void
}

/// Fetches everything, or throws an `Error` that says which file, what happened and what to do.
export async function fetchAssets(needs: AssetNeeds): Promise<Manifest> {
  const manifest = readManifest(await fetchFile(needs, 'manifest.json', '', () => {}))
  const total = manifest.files.reduce((sum, file) => sum + file.size, 0)
  let loaded = 0
  const fetchOne = async ({ name, size, sha256 }: Manifest['files'][number]) => {
    // With its hash in the address, a server may let browsers keep a file for ever.
    const bytes = await fetchFile(needs, name, `?v=${sha256}`, (count) => needs.progress((loaded += count), total))
    if (bytes.byteLength !== size) {
      throw new Error(
        `py/${name} has ${bytes.byteLength} bytes, the manifest says ${size}. ` +
          'The download broke off or the site was being updated: load the page again.',
      )
    }
    needs.deliver(name, bytes)
  }
  // Python starts while NumPy and the engine arrive: they must not slow down what it starts from.
  const isPackage = ({ name }: { readonly name: string }) => name === manifest.numpy || name === manifest.engine
  // The biggest first: it is compiled while the others arrive.
  const core = manifest.files.filter((file) => !isPackage(file)).toSorted((a, b) => b.size - a.size)
  await Promise.all(core.map(fetchOne))
  await Promise.all(manifest.files.filter(isPackage).map(fetchOne))
  return manifest
}

async function fetchFile(
  needs: AssetNeeds,
  name: string,
  version: string,
  count: (bytes: number) => void,
): Promise<ArrayBuffer> {
  let response: Response
  try {
    response = await needs.fetch(needs.base + name + version)
  } catch {
    throw new Error(`py/${name} could not be fetched. Check the connection (is the server still running?), then retry.`)
  }
  if (!response.ok) {
    throw new Error(
      `py/${name} is not on the server (status ${response.status}). The site is incomplete: build it again with "make site".`,
    )
  }
  try {
    return await readAll(response, count)
  } catch {
    throw new Error(`The download of py/${name} broke off. Check the connection, then retry.`)
  }
}

async function readAll(response: Response, count: (bytes: number) => void): Promise<ArrayBuffer> {
  if (!response.body) {
    const bytes = await response.arrayBuffer()
    count(bytes.byteLength)
    return bytes
  }
  const reader = response.body.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value)
    count(value.byteLength)
  }
  return new Blob(chunks).arrayBuffer()
}

export function readManifest(bytes: ArrayBuffer): Manifest {
  const broken = (what: string) => new Error(`py/manifest.json ${what}. Build the site again with "make site".`)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw broken('is not JSON')
  }
  const manifest = value as Partial<Manifest> | null
  for (const field of ['pyodide', 'numpy', 'engine', 'engineVersion'] as const) {
    if (typeof manifest?.[field] !== 'string') throw broken(`lacks "${field}"`)
  }
  const files = manifest?.files
  if (!Array.isArray(files)) throw broken('lacks "files"')
  for (const file of files as readonly Partial<Manifest['files'][number]>[]) {
    if (typeof file.name !== 'string' || /[/\\?#]/.test(file.name) || !Number.isSafeInteger(file.size) || !/^[0-9a-f]{64}$/.test(file.sha256 ?? '')) {
      throw broken('names a file wrongly')
    }
  }
  return manifest as Manifest
}
