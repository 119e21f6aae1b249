/// The worker that lays out large graphs: one message in, one out.

import { layout, type LayoutGraph } from '../graph'

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<LayoutGraph>) => void) | null
  postMessage(message: unknown): void
}

scope.onmessage = ({ data }) => scope.postMessage(layout(data))
