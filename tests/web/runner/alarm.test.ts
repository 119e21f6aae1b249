import { describe, expect, it } from 'vitest'
import { AGAIN, LOOK, createAlarm } from '../../../web/src/runner/alarm'

function clocked() {
  let time = 1000
  const alarm = createAlarm(() => time)
  return { alarm, read: () => alarm.buffer[0], pass: (milliseconds: number) => (time += milliseconds) }
}

describe('alarm', () => {
  it('is silent until it is armed', () => {
    const { read, pass } = clocked()
    pass(1e9)
    expect(read()).toBe(0)
  })

  it('rings once at the deadline, then again later', () => {
    const { alarm, read, pass } = clocked()
    alarm.arm(300, null)
    expect(read()).toBe(0)
    pass(300)
    expect([read(), read()]).toEqual([2, 0])
    pass(AGAIN - 1)
    expect(read()).toBe(0)
    pass(1)
    expect(read()).toBe(2)
  })

  it('is silent after it was disarmed', () => {
    const { alarm, read, pass } = clocked()
    alarm.arm(300, null)
    alarm.disarm()
    pass(1000)
    expect(read()).toBe(0)
  })

  it('rings when the token ends, which it asks only now and then', () => {
    const { alarm, read, pass } = clocked()
    let asked = 0
    let ended = false
    alarm.arm(10_000, () => (asked++, ended))
    for (let i = 0; i < 100; i++) read()
    expect(asked).toBe(0)
    pass(LOOK)
    read()
    read()
    expect(asked).toBe(1)
    ended = true
    pass(LOOK)
    expect(read()).toBe(2)
  })

  it('counts polls, so that a buffer that does nothing is noticed', () => {
    const { alarm, read } = clocked()
    alarm.arm(1, null)
    expect(alarm.polls()).toBe(0)
    read()
    expect(alarm.polls()).toBe(1)
  })

  it('takes the 0 that the interpreter writes back', () => {
    const { alarm } = clocked()
    expect(() => (alarm.buffer[0] = 0)).not.toThrow()
  })
})
