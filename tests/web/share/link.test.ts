import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DEFAULTS, LINK_WORDS, LinkError, MOST_BYTES, MOST_CHARACTERS, adviceOf, decodeLink, encodeLink, fingerprint, type LinkCode, type LinkDocument } from '../../../web/src/share'
import { crc32 } from '../../../web/src/share/bytes'
import { canonicalJson } from '../../../web/src/share/document'
import { randoms, type Randoms } from './randoms'

const FOLDER = resolve(import.meta.dirname, '../fixtures/links')
const read = <T>(name: string): T => JSON.parse(readFileSync(resolve(FOLDER, name), 'utf8')) as T
const golden = readdirSync(FOLDER).filter((name) => /^v\d+-/.test(name))

const EMPTY: LinkDocument = { ...DEFAULTS, code: '' }
const OK = await encodeLink({ code: 'print(1)\n', seed: 3 })

/// A golden document with what later keys say of it.
const filled = (document: LinkDocument): LinkDocument => ({ ...DEFAULTS, ...document, view: { ...DEFAULTS.view, ...document.view } })

/// What opening a link comes to: its document, or the code of what is wrong.
const outcome = (link: string): Promise<LinkDocument | LinkCode> =>
  decodeLink(link).catch((error: unknown) => {
    if (error instanceof LinkError) return error.code
    throw error
  })

/// A link whose frame and checksum are right, whatever is in it.
function sealed(payload: Uint8Array): string {
  const text = `1.${Buffer.from(payload).toString('base64url')}`
  return `#${text}.${crc32(text)}`
}

describe('golden links', () => {
  it.each(golden)('%s opens', async (name) => {
    const { document, links } = read<{ document: LinkDocument; links: Record<string, string> }>(name)
    for (const link of Object.values(links)) expect(await decodeLink(link)).toEqual(filled(document))
  })

  it('are there for every version', () => {
    expect(new Set(golden.map((name) => name.split('-')[0]))).toEqual(new Set(['v1']))
    expect(golden.length).toBeGreaterThan(4)
  })

  it.each(read<{ what: string; link: string; document: LinkDocument }[]>('unusual.json'))('unusual: $what', async ({ link, document }) => {
    expect(await decodeLink(link)).toEqual(filled(document))
  })

  it.each(read<{ what: string; link: string; code: LinkCode }[]>('refused.json'))('refused: $what', async ({ link, code }) => {
    expect(await outcome(link)).toBe(code)
  })
})

describe('round trips', () => {
  it('give every document back, always by the same link', async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const document = someDocument(randoms(seed))
      const link = await encodeLink(document)
      expect(link, `seed ${seed}`).toMatch(/^#1\.[\w-]+\.[0-9a-f]{8}$/)
      expect(await decodeLink(link), `seed ${seed}`).toEqual(document)
      expect(await encodeLink({ ...document })).toBe(link)
    }
  })

  it('work without the sign, and with the whole address', async () => {
    const document = { ...EMPTY, code: 'print(1)\n', seed: 3 }
    expect(await decodeLink(OK.slice(1))).toEqual(document)
    expect(await decodeLink(`https://example.org/a/?q=1${OK}`)).toEqual(document)
  })

  it('keep a program of many lines short', async () => {
    const { document } = read<{ document: LinkDocument }>('v1-program.json')
    expect((await encodeLink(document)).length).toBeLessThan(460)
  })
})

describe('the spelling of a document', () => {
  it('has sorted keys and no defaults', () => {
    expect(canonicalJson({ ...EMPTY, code: 'x' })).toBe('{"code":"x"}')
    expect(canonicalJson({ view: { pins: ['p'], tab: 'graph', rolled: false, run: true, except: ['for 9:4'] }, trace: [1], step: 2, seed: 1, node: 0, engine: '0.1.0', code: 'x' })).toBe(
      '{"code":"x","engine":"0.1.0","node":0,"seed":1,"step":2,"trace":[1],"view":{"except":["for 9:4"],"pins":["p"],"rolled":false,"run":true,"tab":"graph"}}',
    )
  })

  it.each(golden)('is the one that Python packed: %s', async (name) => {
    const { document, links } = read<{ document: LinkDocument; links: Record<'python', string> }>(name)
    const payload = Buffer.from(links.python.split('.')[1] ?? '', 'base64url')
    expect(canonicalJson(filled(document))).toBe(inflateRawSync(payload).toString())
  })
})

describe('hostile and broken links', () => {
  it('cut at any length say so', async () => {
    for (let length = 2; length < OK.length; length++) expect(await outcome(OK.slice(0, length)), `${length}`).toBe('truncated')
    expect(await outcome('#')).toBe('not-a-link')
  })

  it('never open when one bit of one character differs', async () => {
    for (let at = 0; at < OK.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const link = OK.slice(0, at) + String.fromCharCode(OK.charCodeAt(at) ^ (1 << bit)) + OK.slice(at + 1)
        expect(typeof (await outcome(link)), link).toBe('string')
      }
    }
  })

  it('never open when two neighbours change places', async () => {
    for (let at = 1; at < OK.length - 1; at++) {
      const link = OK.slice(0, at) + OK.charAt(at + 1) + OK.charAt(at) + OK.slice(at + 2)
      if (link !== OK) expect(typeof (await outcome(link)), link).toBe('string')
    }
  })

  it('of 50 MB in 48 KB are refused before they are unpacked', async () => {
    const bomb = sealed(deflateRawSync(Buffer.alloc(50_000_000, '0'), { level: 9 }))
    expect(bomb.length).toBeLessThan(MOST_CHARACTERS)
    const before = process.memoryUsage().arrayBuffers
    expect(await outcome(bomb)).toBe('too-large')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000)
  })

  it('of any length are answered', async () => {
    expect(await outcome(`#1.${'A'.repeat(MOST_CHARACTERS)}.00000000`)).toBe('too-long')
    expect(await outcome(`#${'9'.repeat(5_000_000)}`)).toBe('too-long')
  })

  it('of random payloads never open', async () => {
    const random = randoms(7)
    for (let turn = 0; turn < 300; turn++) {
      const link = sealed(Uint8Array.from({ length: random.below(40) }, () => random.below(256)))
      expect(['corrupted', 'bad-content'], link).toContain(await outcome(link))
    }
  })
})

describe('making a link', () => {
  it('refuses a program that does not fit', async () => {
    await expect(encodeLink({ code: '0'.repeat(MOST_BYTES) })).rejects.toMatchObject({ code: 'too-large' })
    const random = randoms(5)
    const noise = Array.from({ length: 60_000 }, () => String.fromCharCode(33 + random.below(90))).join('')
    await expect(encodeLink({ code: noise })).rejects.toMatchObject({ code: 'too-long' })
  })

  it('opens what just fits', async () => {
    const code = '0'.repeat(MOST_BYTES - '{"code":""}'.length)
    expect((await decodeLink(await encodeLink({ code }))).code).toBe(code)
  })

  it.each([{ seed: 0.5 }, { step: -2 }, { node: Number.NaN }, { engine: 'a b' }])('refuses %o', async (wrong) => {
    await expect(encodeLink({ code: '', ...wrong })).rejects.toMatchObject({ code: 'bad-content' })
  })
})

it('documents are named by what they hold', () => {
  expect(fingerprint({ ...EMPTY, code: 'é' })).toBe(fingerprint({ code: 'é', ...DEFAULTS }))
  const others = [{ code: 'e' }, { seed: 1 }, { node: 0 }, { trace: [1] }, { view: { ...EMPTY.view, tab: 'graph' } }, { view: { ...EMPTY.view, rolled: false } }, { view: { ...EMPTY.view, pins: ['x'] } }] as const
  expect(new Set(others.map((other) => fingerprint({ ...EMPTY, ...other }))).size).toBe(others.length)
  expect(fingerprint(EMPTY)).toMatch(/^[0-9a-f]{8}-[0-9a-z]+$/)
})

it('long links come with advice', () => {
  expect([0, 2000, 2001, 8000, 8001, 60_000].map((length) => adviceOf(length).tone)).toEqual(['calm', 'calm', 'warn', 'warn', 'error', 'error'])
  expect(adviceOf(2000).text).toBe('')
  expect(adviceOf(2001).text).toContain('2,000')
})

it('every code has its words', () => {
  for (const { title, text } of Object.values(LINK_WORDS)) {
    expect(title).not.toMatch(/\.$/)
    expect(text).toMatch(/\.$/)
  }
  expect(new LinkError('truncated').message).toBe('This link was cut short')
})

function someDocument(random: Randoms): LinkDocument {
  const texts = ['x', '\n', ' ', '"', '\\', '\u0000', '\u2028', 'é', '漢', '😀', '\ud800', '\udc00', 'import mxnet\n', '\r\n', '\u007f', '</script>']
  const maybe = (value: () => number, usual: number) => (random.below(2) ? value() : usual)
  return {
    code: Array.from({ length: random.below(60) }, () => random.pick(texts)).join(''),
    engine: random.pick(['', '0.1.0', '1.2.3-rc.1+x']),
    seed: maybe(() => random.pick([1, -1, 42, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]), 0),
    step: maybe(() => random.below(0x7fffffff), -1),
    node: maybe(() => random.below(10), -1),
    trace: random.pick<LinkDocument['trace']>([null, [], [1, 'x', null, [0.5]]]),
    view: {
      tab: random.pick(['code', 'graph', 'output']),
      run: random.below(2) === 1,
      rolled: random.below(2) === 1,
      except: random.pick([[], ['for 9:4'], ['call f 1:0', 'while 2:4']]),
      pins: random.pick([[], ['["y","sum","x.sum()"]#0'], ['é', '😀', '\ud800']]),
    },
  }
}
