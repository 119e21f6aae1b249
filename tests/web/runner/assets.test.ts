import { describe, expect, it } from 'vitest'
import { fetchAssets, readManifest } from '../../../web/src/runner/assets'

const HASH = 'a'.repeat(64)
const manifest = (files: unknown) => JSON.stringify({ pyodide: '0', numpy: 'n', engine: 'e', engineVersion: '1', files })
const file = (name: string, size: number) => ({ name, size, sha256: HASH })

function site(files: Readonly<Record<string, string | number>>) {
  const asked: string[] = []
  const got: string[] = []
  const steps: number[] = []
  const fetched = fetchAssets({
    base: 'https://x/py/',
    fetch(url) {
      asked.push(url)
      const body = files[new URL(url).pathname.split('/').pop() ?? '']
      if (body === undefined) return Promise.reject(new TypeError('Failed to fetch'))
      return Promise.resolve(typeof body === 'number' ? new Response('', { status: body }) : new Response(body))
    },
    progress: (loaded, total) => steps.push(loaded / total),
    deliver: (name) => void got.push(name),
  })
  return { fetched, asked, got, steps }
}

describe('assets', () => {
  it('fetches all that the manifest names, with progress to the end', async () => {
    const { fetched, asked, got, steps } = site({ 'manifest.json': manifest([file('a', 2), file('b', 3)]), a: 'aa', b: 'bbb' })
    await fetched
    expect(got.toSorted()).toEqual(['a', 'b'])
    expect(steps.at(-1)).toBe(1)
    expect(asked).toEqual(['https://x/py/manifest.json', `https://x/py/b?v=${HASH}`, `https://x/py/a?v=${HASH}`])
  })

  it.each([
    ['a file of another size', { 'manifest.json': manifest([file('a', 9)]), a: 'aa' }, /has 2 bytes, the manifest says 9/],
    ['a missing file', { 'manifest.json': manifest([file('a', 9)]), a: 404 }, /status 404.*make site/],
    ['no network', {}, /manifest\.json could not be fetched/],
    ['a broken manifest', { 'manifest.json': '<html>' }, /is not JSON/],
  ])('says what to do about %s', async (_what, files, message) => {
    await expect(site(files as Record<string, string | number>).fetched).rejects.toThrow(message)
  })

  it('refuses a manifest that names a file elsewhere', () => {
    const bytes = new TextEncoder().encode(manifest([file('../index.html', 1)])).buffer
    expect(() => readManifest(bytes)).toThrow(/names a file wrongly/)
  })
})
