/// Raw deflate by the platform's own streams, with a bound on what comes out.

/// More would come out than is allowed.
export class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

/// A stream inflates each piece that it is given at once, to up to 1,032 times its size: small pieces keep a bomb small.
const PIECE = 256

export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = pieces(bytes, bytes.length).pipeThrough(new CompressionStream('deflate-raw'))
  return collect(stream, Infinity)
}

/// Throws `TooMuch` as soon as more than `most` bytes have come out, and the platform's error when the bytes are no
/// whole deflate stream.
export async function inflate(bytes: Uint8Array<ArrayBuffer>, most: number): Promise<Uint8Array> {
  const stream = pieces(bytes, PIECE).pipeThrough(new DecompressionStream('deflate-raw'))
  return collect(stream, most)
}

function pieces(bytes: Uint8Array<ArrayBuffer>, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let from = 0
  return new ReadableStream(
    {
      pull(controller) {
        if (from >= bytes.length) return controller.close()
        controller.enqueue(bytes.slice(from, from + size))
        from += size
      },
    },
    { highWaterMark: 0 },
  )
}

async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > most) {
      await reader.cancel().catch(() => {})
      throw new TooMuch()
    }
    chunks.push(value)
  }
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
