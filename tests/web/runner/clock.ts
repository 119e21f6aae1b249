/// A clock that tests move by hand.

export function fakeClock() {
  let now = 0
  const timers = new Map<number, { readonly at: number; readonly act: () => void }>()
  let last = 0
  return {
    after(milliseconds: number, act: () => void) {
      const id = ++last
      timers.set(id, { at: now + milliseconds, act })
      return () => void timers.delete(id)
    },
    pass(milliseconds: number) {
      const end = now + milliseconds
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.at <= end).toSorted(([, a], [, b]) => a.at - b.at)[0]
        if (!due) break
        timers.delete(due[0])
        now = due[1].at
        due[1].act()
      }
      now = end
    },
  }
}
