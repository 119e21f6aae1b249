/// The frame in the overview.

import { describe, expect, it } from 'vitest'
import { closeTransform } from '../../web/src/render/fit'
import { frameOf, overviewSize } from '../../web/src/render/overview'

describe('the overview', () => {
  it('has the form of the picture, and is never a thread', () => {
    const square = overviewSize({ width: 5000, height: 5000 })
    expect(square.width).toBe(square.height)
    expect(overviewSize({ width: 300, height: 700_000 }).width).toBeGreaterThan(30)
    expect(overviewSize({ width: 0, height: 0 }).height).toBeGreaterThan(0)
  })

  const picture = { width: 1000, height: 2000 }
  const overview = { width: 100, height: 160 }

  it('frames the part that the window shows', () => {
    expect(frameOf({ x: 250, y: 500, width: 500, height: 1000 }, picture, overview)).toEqual({ x: 25, y: 40, width: 50, height: 80 })
  })

  it('frames no more than there is', () => {
    expect(frameOf({ x: -500, y: -500, width: 5000, height: 5000 }, picture, overview)).toEqual({ x: 0, y: 0, ...overview })
  })

  it.each([0, 1000, 1999, -400, 2400])('has a frame that can be seen, inside of it, at y = %d', (y) => {
    const frame = frameOf({ x: 500, y, width: 1, height: 1 }, picture, overview)
    expect(frame.height).toBe(8)
    expect(frame.y).toBeGreaterThanOrEqual(0)
    expect(frame.y + frame.height).toBeLessThanOrEqual(overview.height)
  })
})

describe('closeTransform', () => {
  const open = { x: 0, y: 0, width: 800, height: 600 }

  it('puts a part into the middle at its own size', () => {
    const { k, x, y } = closeTransform(open, { x: 5000, y: 9000, width: 100, height: 40 })
    expect(k).toBe(1)
    expect([k * 5050 + x, k * 9020 + y]).toEqual([400, 300])
  })

  it('goes no smaller than text is legible', () => expect(closeTransform(open, { x: 0, y: 0, width: 90_000, height: 40 }).k).toBeGreaterThan(0.6))
})
