/// From a trace to a picture, measured part by part in the browser that shows it; crossings compared with dagre's.

import { DEFAULT_METRICS, buildGraph, layout, layoutGraphOf, sceneAt, viewsOf, type Columns, type LayoutGraph } from '../../../web/src/graph'
import { layersOf, layoutLayered } from '../../../web/src/graph/layout-layered'
import { membersOf, netOf } from '../../../web/src/graph/net'
import { crossingsIn } from '../../../web/src/graph/order'
import { plated } from '../../../web/src/graph/plates'
import { svg } from '../../../web/src/render/dom'
import { openTransform } from '../../../web/src/render/fit'
import { createCanvasPainter } from '../../../web/src/render/paint-canvas'
import { createSvgPainter } from '../../../web/src/render/paint-svg'
import { SVG_MOST } from '../../../web/src/render/painter'
import { readTrace, type Trace } from '../../../web/src/trace'

const PARTS = ['read', 'view', 'graph', 'layout', 'scene', 'draw'] as const
const WINDOW = { width: 720, height: 600 }

const surface = svg('svg', WINDOW)
const pictures = svg('g')
const probe = svg('g')
const paper = document.createElement('canvas')
surface.append(probe, pictures)
document.body.append(paper, surface)
const painters = { svg: createSvgPainter(pictures, 'bench'), canvas: createCanvasPainter(surface, pictures, paper, probe) }

/// Resolves once the next frame is on its way to the screen.
function frameDone(): Promise<void> {
  return new Promise((done) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => done()
      channel.port2.postMessage(null)
    })
  })
}

/// Milliseconds of each part, and how large the picture is.
async function once(document: unknown): Promise<{ readonly times: readonly number[]; readonly nodes: number; readonly edges: number }> {
  const clock = [performance.now()]
  const tick = (): void => void clock.push(performance.now())
  const trace = readTrace(document)
  tick()
  const { view, pass } = firstView(trace)
  tick()
  const graph = buildGraph(trace, view, pass, (value) => trace.values.summaries[value] ?? null, DEFAULT_METRICS)
  const plain = layoutGraphOf(graph)
  tick()
  const placement = layout(plain)
  tick()
  const scene = sceneAt({ trace, view, pass, selected: [] }, graph, placement)
  tick()
  const painter = scene.nodes.length + scene.edges.length > SVG_MOST ? painters.canvas : painters.svg
  painter.show(scene)
  const camera = openTransform(WINDOW, scene, { x: scene.nodes[0]?.x ?? 0 })
  pictures.setAttribute('transform', `translate(${camera.x},${camera.y}) scale(${camera.k})`)
  painter.look(camera, WINDOW)
  await frameDone()
  tick()
  painter.clear()
  return { times: PARTS.map((_, i) => (clock[i + 1] ?? 0) - (clock[i] ?? 0)), nodes: graph.boxes.length, edges: graph.edges.length }
}

function firstView(trace: Trace): { readonly view: ReturnType<typeof viewsOf>[number]; readonly pass: number } {
  const view = viewsOf(trace)[0]
  if (!view) throw new Error('The program records nothing.')
  return { view, pass: view.passes.at(-1) ?? -1 }
}

/// Crossings of links in a layout, bends counted as what they are.
function crossings(graph: LayoutGraph, { layer, x, passes }: Columns): number {
  const net = netOf(graph, layer, false)
  const at = new Float64Array(net.count)
  const tie = new Float64Array(net.count)
  for (let i = 0; i < net.nodes; i++) at[i] = tie[i] = x[i] ?? 0
  net.bends.forEach((bends, e) =>
    bends.forEach((bend, k) => {
      at[bend] = passes[e]?.[k]?.x ?? 0
      tie[bend] = x[graph.edges[e]?.to ?? 0] ?? 0
    }),
  )
  const order = membersOf(net).map((members) => members.sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || (tie[a] ?? 0) - (tie[b] ?? 0)))
  return crossingsIn(net, order)
}

/// The same boxes, edges and plates for both.
async function compare(document: unknown): Promise<{ readonly ours: number; readonly dagre: number; readonly oursMs: number; readonly dagreMs: number }> {
  const { layoutDagre } = await import('./dagre')
  const trace = readTrace(document)
  const { view, pass } = firstView(trace)
  const plain = layoutGraphOf(buildGraph(trace, view, pass, (value) => trace.values.summaries[value] ?? null, DEFAULT_METRICS))
  const graph = plated(plain, layersOf(plain)).graph
  const timed = (make: () => Columns): readonly [Columns, number] => {
    const began = performance.now()
    return [make(), performance.now() - began]
  }
  const [ours, oursMs] = timed(() => layoutLayered(graph))
  const [dagre, dagreMs] = timed(() => layoutDagre(graph))
  return { ours: crossings(graph, ours), dagre: crossings(graph, dagre), oursMs, dagreMs }
}

Object.assign(globalThis, { once, compare, PARTS })
