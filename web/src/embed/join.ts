/// Embeds of one site on one page share one runner. The first that needs Python opens it for all; the others find it among their
/// sibling frames. Where siblings cannot be reached (an embed in an opaque sandbox, or of another site), an embed has its own.

import type { Runner, RunnerEvent } from '../runner'
import { createHub, type Client, type Hub } from '../runner/hub'
import { clientOfPort, servePort } from '../runner/share-port'

/// What the window of the embed that opened the runner holds for its siblings.
const DOOR = 'autogradRunner'

interface Door {
  enter(port: MessagePort): void
}

type Open = (listen: (event: RunnerEvent) => void) => Runner

/// A runner that is looked for, or opened, when it is first needed.
export function joinRunner(open: Open, listen: (event: RunnerEvent) => void): Runner {
  let client: Client | null = null
  let runs = 0
  let going = false

  function hear(event: RunnerEvent) {
    if (event.type === 'done' || event.type === 'replaced' || event.type === 'failed') going = false
    listen(event)
  }

  function joined(): Client {
    client ??= join(open, hear, () => {
      // Whoever had the runner was taken from the page. The next run looks for another one.
      client = null
      if (going) hear({ type: 'replaced', run: runs, reason: 'crash' })
    })
    return client
  }

  // A new client counts its runs from 1 again: numbers go on here.
  let offset = 0
  const counted = (): Client => {
    const before = client
    const now = joined()
    if (now !== before) offset = runs - (now.nextRun() - 1)
    return now
  }

  return {
    start: () => counted().start(),
    nextRun: () => runs + 1,
    run(program) {
      const to = counted()
      runs++
      going = true
      to.run(program)
      return runs
    },
    stop: () => client?.stop(),
    summaries: (values) => counted().summaries(values),
    elements: (value, row, col) => counted().elements(value, row, col),
    check: (limits) => client?.check(limits) ?? false,
    retry: () => counted().retry(),
  }

  function join(open: Open, hear: (event: RunnerEvent) => void, lost: () => void): Client {
    const renumbered = (event: RunnerEvent) => hear('run' in event ? { ...event, run: event.run + offset } : event)
    const door = siblingsDoor()
    if (door) {
      const { port1, port2 } = new MessageChannel()
      const found = clientOfPort(port1, renumbered)
      door.enter(port2)
      watchDoor(door, lost)
      addEventListener('pagehide', () => found.detach())
      return found
    }
    const hub = createHub(open)
    openDoor(hub)
    return hub.attach(renumbered)
  }
}

function openDoor(hub: Hub) {
  const door: Door = { enter: (port) => void servePort(hub, port) }
  Object.defineProperty(window, DOOR, { value: door, configurable: true })
}

function siblings(): readonly Window[] {
  if (parent === window) return []
  return Array.from({ length: parent.length }, (_, i) => parent[i]).filter((each) => each !== undefined && each !== window) as Window[]
}

function doorOf(sibling: Window): Door | null {
  try {
    const door: unknown = Reflect.get(sibling, DOOR)
    return typeof door === 'object' && door !== null ? (door as Door) : null
  } catch {
    // Another origin.
    return null
  }
}

function siblingsDoor(): Door | null {
  for (const sibling of siblings()) {
    const door = doorOf(sibling)
    if (door) return door
  }
  return null
}

/// A frame that is taken from the page says nothing; its window is not among the siblings any more.
function watchDoor(door: Door, lost: () => void) {
  const timer = setInterval(() => {
    if (siblings().some((sibling) => doorOf(sibling) === door)) return
    clearInterval(timer)
    lost()
  }, 500)
}
