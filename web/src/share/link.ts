/// Links (contract 5): a whole program in the fragment of an address, `#1.<base64url(deflate-raw(JSON))>.<crc32>`. The
/// same in `engine/links.py`. Every version ever issued keeps opening.

import { crc32, fromBase64Url, toBase64Url } from './bytes'
import { TooMuch, deflate, inflate } from './deflate'
import { DEFAULTS, canonicalJson, readDocument, type LinkDocument, type LinkView } from './document'
import { LinkError } from './problem'

/// Most characters of a link that are looked at, and most bytes of JSON that one may hold.
export const MOST_CHARACTERS = 65_536
export const MOST_BYTES = 262_144

/// One way of writing links. All share the frame: version, payload and checksum of both, with dots between.
interface Version {
  readonly pack: (json: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>
  readonly unpack: (payload: Uint8Array<ArrayBuffer>, most: number) => Promise<Uint8Array>
  readonly read: (value: unknown) => LinkDocument
}

const VERSIONS: ReadonlyMap<string, Version> = new Map([['1', { pack: deflate, unpack: inflate, read: readDocument }]])
const NEWEST = '1'

const HEAD = /^([0-9]{1,6})(?:\.|$)/
const WHOLE = /^[0-9]+\.([A-Za-z0-9_-]*)\.([0-9a-f]{8})$/
/// A beginning of a link, perhaps with the dots of whoever shortened it.
const CUT = /^[0-9]+(?:\.[A-Za-z0-9_-]*(?:\.[0-9a-f]{0,7})?)?(?:…|%E2%80%A6|\.{3})?$/

/// The fragment, from its `#` on. What is left out of the document has its default.
export async function encodeLink(document: Pick<LinkDocument, 'code'> & Partial<Omit<LinkDocument, 'view'>> & { readonly view?: Partial<LinkView> }): Promise<string> {
  const version = versionOf(NEWEST)
  const json = new TextEncoder().encode(canonicalJson(version.read({ ...DEFAULTS, ...document })))
  if (json.length > MOST_BYTES) throw new LinkError('too-large', `${json.length} bytes`)
  const sealed = `${NEWEST}.${toBase64Url(await version.pack(json))}`
  const link = `${sealed}.${crc32(sealed)}`
  if (link.length > MOST_CHARACTERS) throw new LinkError('too-long', `${link.length} characters`)
  return `#${link}`
}

/// What a fragment (with or without its `#`) or a whole address holds; throws a `LinkError` for everything else.
export async function decodeLink(text: string): Promise<LinkDocument> {
  const link = text.slice(text.indexOf('#') + 1)
  if (link.length > MOST_CHARACTERS) throw new LinkError('too-long', `${link.length} characters`)
  const version = versionOf(HEAD.exec(link)?.[1])
  const [, payload, sum] = WHOLE.exec(link) ?? []
  if (payload === undefined) throw new LinkError(CUT.test(link) ? 'truncated' : 'corrupted')
  if (crc32(link.slice(0, link.lastIndexOf('.'))) !== sum) throw new LinkError('corrupted', 'the checksum differs')
  return version.read(parse(await unpacked(version, payload)))
}

function versionOf(name: string | undefined): Version {
  if (name === undefined) throw new LinkError('not-a-link')
  const version = VERSIONS.get(name)
  if (!version) throw new LinkError('unknown-version', `version ${name}; this page reads ${[...VERSIONS.keys()].join(', ')}`)
  return version
}

async function unpacked(version: Version, payload: string): Promise<Uint8Array> {
  try {
    return await version.unpack(fromBase64Url(payload), MOST_BYTES)
  } catch (error) {
    if (error instanceof TooMuch) throw new LinkError('too-large', `more than ${MOST_BYTES} bytes`)
    throw new LinkError('corrupted', 'it cannot be unpacked')
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    throw new LinkError('bad-content', 'it is not JSON in UTF-8')
  }
}
