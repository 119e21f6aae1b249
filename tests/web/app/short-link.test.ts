import { describe, expect, test } from 'vitest'
import { isOwnComputer, keep } from '../../../web/src/app/short-link'

const LINK = 'http://127.0.0.1:8000/page#1.abc.01234567'

/// A server that gives one answer, and what it was asked.
function server(status: number, body: string) {
  const asked: [string, RequestInit][] = []
  const fetch = async (url: string, init: RequestInit) => {
    asked.push([url, init])
    return new Response(body, { status })
  }
  return { asked, fetch }
}

describe('a short link', () => {
  test('is made of the fragment alone, without cookies', async () => {
    const { asked, fetch } = server(201, '{"id":"7k2m9qd4xw","url":"http://127.0.0.1:8000/s/7k2m9qd4xw"}')
    expect(await keep(fetch, 'api/v1/links', LINK)).toEqual({ url: 'http://127.0.0.1:8000/s/7k2m9qd4xw' })
    expect(asked).toHaveLength(1)
    expect(asked[0]?.[0]).toBe('api/v1/links')
    expect(asked[0]?.[1]).toMatchObject({ method: 'POST', body: '{"link":"#1.abc.01234567"}', credentials: 'omit' })
  })

  test.each([
    [413, '{"detail":"too large for a link"}', 'too large for a link'],
    [429, '{"detail":"x"}', 'Wait a minute'],
    [500, '<h1>broken', 'it answered 500'],
    [200, '{"url":"javascript:alert(1)"}', 'it answered 200'],
    [200, '{"url":7}', 'it answered 200'],
    [200, 'null', 'it answered 200'],
    [503, `{"detail":"${'x'.repeat(5000)}"}`, 'it answered 503'],
  ])('that is not made says why: %i %s', async (status, body, words) => {
    const kept = await keep(server(status, body).fetch, 'api/v1/links', LINK)
    expect('problem' in kept && kept.problem).toContain(words)
  })

  test('of a server that is gone says that the long one needs none', async () => {
    const gone = async () => {
      throw new TypeError('failed to fetch')
    }
    expect(await keep(gone, 'api/v1/links', LINK)).toEqual({ problem: 'The server does not answer. The long link needs none.' })
  })

  test('of this computer alone is known by its host', () => {
    expect(['127.0.0.1', '127.8.0.1', 'localhost', 'a.localhost', '[::1]'].map(isOwnComputer)).toEqual([true, true, true, true, true])
    expect(['127.example.edu', '10.0.0.1', 'play.example.edu', 'localhost.example.edu'].map(isOwnComputer)).toEqual([false, false, false, false])
  })
})
