/// Opens the runner's frame in a real page and hands it one port. The frame's origin is opaque, so it can be named by
/// its window only.

import type { Link } from './client'
import { HELLO } from './wire'

export function openFrame(host: HTMLElement, url: string, hear: (message: unknown) => void): Promise<Link> {
  const frame = host.ownerDocument.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.hidden = true
  frame.title = 'Runner: the sandbox in which programs run'
  frame.tabIndex = -1
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = (event) => hear(event.data)
  return new Promise((resolve) => {
    frame.addEventListener(
      'load',
      () => {
        frame.contentWindow?.postMessage(HELLO, '*', [port2])
        resolve({
          post: (message, transfer = []) => port1.postMessage(message, [...transfer]),
          close() {
            port1.close()
            frame.remove()
          },
        })
      },
      { once: true },
    )
    frame.src = url
    host.append(frame)
  })
}
