/// Gets layouts without holding the page up: small graphs at once, larger ones from a worker, and whatever happens in the end
/// there is a picture. A newer request ends the older one.

import { layout, type LayoutGraph, type Placement } from '../graph'

/// What a placer needs of a worker.
export interface LayoutWorker {
  postMessage(graph: LayoutGraph): void
  terminate(): void
  onmessage: ((event: { readonly data: Placement }) => void) | null
  onerror: ((event: unknown) => void) | null
}

export interface Placer {
  /// Calls `done` before it returns when the graph is small, else later; never for a request that a newer one replaced.
  place(graph: LayoutGraph, done: (placement: Placement) => void): void
  /// Ends what is under way.
  cancel(): void
  destroy(): void
}

/// Nodes and edges up to which a layout takes less time (some 20 ms) than a reader would notice.
const AT_ONCE = 4_000
/// Milliseconds that a worker gets. Afterwards the quick layout is made here.
const DEADLINE = 2_000

/// `start` makes a worker; null where there are none.
export function createPlacer(start: () => LayoutWorker | null, after: (milliseconds: number, act: () => void) => () => void): Placer {
  let worker: LayoutWorker | null = null
  let busy = false
  let cancelClock = (): void => undefined

  const end = (): void => {
    cancelClock()
    if (!busy) return
    // A layout cannot be interrupted; a new worker starts in the time that an old one would still take.
    worker?.terminate()
    worker = null
    busy = false
  }

  return {
    place(graph, done) {
      end()
      if (graph.nodes.length + graph.edges.length <= AT_ONCE) return done(layout(graph))
      const answer = (placement: Placement): void => {
        cancelClock()
        busy = false
        done(placement)
      }
      const quick = (): void => {
        end()
        done(layout(graph, true))
      }
      worker ??= start()
      if (!worker) return quick()
      busy = true
      cancelClock = after(DEADLINE, quick)
      worker.onmessage = ({ data }) => answer(data)
      worker.onerror = quick
      worker.postMessage(graph)
    },
    cancel: end,
    destroy() {
      end()
      worker?.terminate()
      worker = null
    },
  }
}

/// A worker of this page; null where the page may have none.
export function startWorker(): LayoutWorker | null {
  try {
    return new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' }) as LayoutWorker
  } catch {
    return null
  }
}
