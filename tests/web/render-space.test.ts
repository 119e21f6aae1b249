/// Which shapes a window shows.

import { describe, expect, it } from 'vitest'
import { sceneOf, viewsOf, type Scene } from '../../web/src/graph'
import { touches } from '../../web/src/render/fit'
import { spaceOf } from '../../web/src/render/space'
import { readTrace } from '../../web/src/trace'
import { sharedLoop } from './fixtures/graphs'

const trace = readTrace(sharedLoop(60))
const [view] = viewsOf(trace)
const scene: Scene = sceneOf({ trace, view: view ?? { id: '', title: '', cell: 0, nodes: [], passes: [], backwardNodes: 0 }, pass: 0, selected: [] })
const space = spaceOf(scene)

describe('the shapes in a rectangle', () => {
  it.each([
    ['the top', { x: 0, y: 0, width: 400, height: 300 }],
    ['the middle', { x: 50, y: scene.height / 2, width: 200, height: 900 }],
    ['everything', { x: 0, y: 0, width: scene.width, height: scene.height }],
    ['nothing', { x: -500, y: 0, width: 100, height: 100 }],
  ])('%s: are those that touch it, each once', (_, rect) => {
    const { nodes, edges } = space.within(rect)
    // Bands may give a little more than the rectangle, above and below it.
    scene.nodes.forEach((node, i) => {
      if (touches(node, rect)) expect(nodes).toContain(i)
      else if (nodes.includes(i)) expect(node.x <= rect.x + rect.width && node.x + node.width >= rect.x).toBe(true)
    })
    expect(new Set(nodes).size).toBe(nodes.length)
    expect(new Set(edges).size).toBe(edges.length)
    scene.edges.forEach(({ points }, e) => {
      if (points.some(({ x, y }) => x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height)) expect(edges).toContain(e)
    })
  })

  it('hold what is drawn over a point: a node, or the plate of one', () => {
    const node = scene.nodes[5]
    expect(space.nodeAt((node?.x ?? 0) + 3, (node?.y ?? 0) + 3)).toBe(5)
    const plated = scene.edges.find(({ plate }) => plate !== null)
    const at = space.nodeAt((plated?.plate?.x ?? 0) + 3, (plated?.plate?.y ?? 0) + 3)
    expect(scene.nodes[at]?.node).toBe(plated?.from)
    expect(space.nodeAt(-50, -50)).toBe(-1)
  })
})
