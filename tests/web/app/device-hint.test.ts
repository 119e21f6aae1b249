/// When the server is suggested, and in which words.

import { describe, expect, it } from 'vitest'
import { WORTH, amount, hintText } from '../../../web/src/app/device/hint'

describe('the hint', () => {
  it('says how much was computed, and with what it would be there', () => {
    expect(hintText({ work: 4.12e9, calls: 300 }, 12_000, 'NumPy 2')).toBe(
      'This run computed 4.1 GFLOP in 12 s. Operations as large as these (14 MFLOP on average) are usually faster on the server: NumPy 2.',
    )
  })

  it('is not given for many small operations, or where nothing was counted', () => {
    expect(hintText({ work: 1e9, calls: 1e9 / WORTH + 1 }, 60_000, '')).toBeNull()
    expect(hintText({ work: 1e9, calls: 1e9 / WORTH }, 60_000, '')).not.toBeNull()
    expect(hintText({ work: 0, calls: 0 }, 60_000, '')).toBeNull()
  })

  it('has amounts of three figures at most', () => {
    expect([0, 999, 1000, 9_960_000, 999_600_000, 4e15].map(amount)).toEqual(['0 FLOP', '999 FLOP', '1.0 kFLOP', '10 MFLOP', '1.0 GFLOP', '4000 TFLOP'])
  })
})
