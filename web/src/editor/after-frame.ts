/// What can wait until the frame that is being made is on the screen: a picture goes before all that is not seen in it.

/// Where no frames are made, as in a frame that is out of sight, it is waited no longer than this, in milliseconds.
const PATIENCE = 1000

export function afterFrame(): Promise<void> {
  return new Promise((done) => {
    // A timer that is set in a frame fires when that frame has been handed on.
    requestAnimationFrame(() => setTimeout(done))
    setTimeout(done, PATIENCE)
  })
}
