/// Where the camera goes.

import { describe, expect, it } from 'vitest'
import { anchoredTransform, fitTransform, isWhole, keptInSight, openTransform, revealTransform, touches, visibleRect } from '../../web/src/render/fit'

const window = { width: 800, height: 600 }

describe('fitTransform', () => {
  it('does not blow small graphs up', () => expect(fitTransform(window, { width: 100, height: 100 }).k).toBe(1.15))

  it('centres the picture', () => {
    const { k, x, y } = fitTransform(window, { width: 1600, height: 400 })
    expect(x + k * 800).toBeCloseTo(400)
    expect(y + k * 200).toBeCloseTo(300)
  })

  it('survives a window without size', () => expect(fitTransform({ width: 0, height: 0 }, { width: 0, height: 0 }).k).toBeGreaterThan(0))
})

describe('openTransform', () => {
  it('shows all of it when that is legible', () => {
    expect(openTransform(window, { width: 700, height: 500 }, { x: 0 })).toEqual(fitTransform(window, { width: 700, height: 500 }))
  })

  it('shows the top of a long graph at a legible size, with its start in the middle', () => {
    const { k, x, y } = openTransform(window, { width: 3000, height: 9000 }, { x: 1500 })
    expect(k).toBeGreaterThan(0.5)
    expect(y).toBeGreaterThan(0)
    expect(x + k * 1500).toBeCloseTo(400)
  })

  it('leaves no empty half when the start is at the side', () => {
    const { x } = openTransform(window, { width: 3000, height: 900 }, { x: 10 })
    expect(x).toBe(0)
  })
})

describe('revealTransform', () => {
  const open = { x: 0, y: 0, width: 800, height: 600 }

  it('does not move for what is in sight', () => {
    const now = { k: 1, x: 5, y: 6 }
    expect(revealTransform(now, open, { x: 100, y: 100, width: 50, height: 50 })).toEqual(now)
  })

  it('moves as little as needed for what is partly in sight', () => {
    expect(revealTransform({ k: 1, x: 0, y: 0 }, open, { x: 780, y: 100, width: 50, height: 50 })).toEqual({ k: 1, x: -46, y: 0 })
  })

  it('brings what is out of sight to the middle', () => {
    expect(revealTransform({ k: 1, x: 0, y: 0 }, open, { x: 900, y: 100, width: 50, height: 50 })).toEqual({ k: 1, x: -525, y: 0 })
  })

  it('shows the start of what is larger than the window', () => {
    expect(revealTransform({ k: 1, x: 0, y: 0 }, open, { x: 50, y: 100, width: 5000, height: 50 }).x).toBe(-50)
  })
})

describe('anchoredTransform', () => {
  it('keeps a point where it was on the screen', () => {
    const now = { k: 0.5, x: 10, y: 20 }
    const after = anchoredTransform(now, { x: 100, y: 100 }, { x: 300, y: 40 })
    expect([after.k * 300 + after.x, after.k * 40 + after.y]).toEqual([60, 70])
  })
})

describe('visibleRect', () => {
  it('is the window in the picture', () => {
    const seen = visibleRect({ k: 2, x: -100, y: 0 }, window)
    expect(seen).toMatchObject({ x: 50, width: 400, height: 300 })
    expect(touches(seen, { x: 440, y: 10, width: 20, height: 20 })).toBe(true)
    expect(touches(seen, { x: 451, y: 10, width: 20, height: 20 })).toBe(false)
  })
})

describe('keptInSight', () => {
  const picture = { width: 400, height: 300 }

  it('leaves a camera alone that sees enough of the picture', () => {
    const now = { k: 1, x: -200, y: 100 }
    expect(keptInSight(now, window, picture)).toEqual(now)
  })

  it('does not let the picture leave the window on any side', () => {
    expect(keptInSight({ k: 1, x: -5000, y: -5000 }, window, picture)).toEqual({ k: 1, x: 80 - 400, y: 80 - 300 })
    expect(keptInSight({ k: 1, x: 5000, y: 5000 }, window, picture)).toEqual({ k: 1, x: 800 - 80, y: 600 - 80 })
  })
})

describe('isWhole', () => {
  it('is true when no side is cut off', () => {
    expect(isWhole({ k: 1, x: 0, y: 0 }, window, { width: 800, height: 600 })).toBe(true)
    expect(isWhole({ k: 1, x: -1, y: 0 }, window, { width: 800, height: 600 })).toBe(false)
    expect(isWhole({ k: 1.1, x: 0, y: 0 }, window, { width: 800, height: 600 })).toBe(false)
  })
})
