/// What the page's server says of its device: in `<meta>` elements of the page, and more at `/api/v1/hello`.

export interface Offer {
  /// Where the API is, as an absolute address without a slash at the end, and the server itself.
  readonly api: string
  readonly base: string
  /// "cuda", "cpu", "fake".
  readonly name: string
  /// The runner's document that may reach sessions of this server.
  readonly runner: string
  /// What opens sessions; null where the reader has to know it. It never leaves the page.
  readonly token: string | null
}

export interface Facts {
  /// In words: "CuPy 14.2 on NVIDIA A100". Null where the server tells no more than the name.
  readonly about: string | null
  /// Bytes of the device's memory, of the arrays of one session; seconds that one batch may run.
  readonly memory: number | null
  readonly sessionBytes: number | null
  readonly frameSeconds: number | null
}

export function readOffer(page: Document): Offer | null {
  const told = (name: string) => page.querySelector<HTMLMetaElement>(`meta[name="playground-${name}"]`)?.content ?? null
  const at = told('compute')
  if (at === null) return null
  const api = new URL(at, page.baseURI).href
  return {
    api,
    base: new URL('.', page.baseURI).href.replace(/\/$/, ''),
    name: told('compute-device') ?? 'device',
    runner: told('compute-runner') ?? 'runner-device.html',
    token: told('compute-token'),
  }
}

/// The facts in an answer of `/api/v1/hello`, of which nothing is believed but what is checked here.
export function readFacts(said: unknown): Facts {
  const device = at(said, 'devices', '0')
  const about = at(device, 'about')
  return {
    about: typeof about === 'string' ? about.slice(0, 200) : null,
    memory: sizeOf(at(device, 'memory')),
    sessionBytes: sizeOf(at(said, 'limits', 'session_bytes')),
    frameSeconds: sizeOf(at(said, 'limits', 'frame_seconds')),
  }
}

export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined), value)
}

const sizeOf = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null)
