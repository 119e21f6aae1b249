/// Finding nodes of a picture: by name, operation, expression, line ("line 12", "12") or shape ("(2, 3)", "2x3").

import { at, expressionOf, lineOfNode, nameOfSlot, resultSlots, shapeOfValue, type Trace } from '../trace'
import { operationLabel } from './label'

/// Positions in `nodes` order of those that `text` finds; none for blank text.
export function foundNodes(trace: Trace, nodes: readonly number[], text: string): readonly number[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  const line = /^(?:line\s*|l|:)?(\d+)$/.exec(wanted)
  const shape = shapeIn(wanted)
  if (shape !== null) return nodes.filter((node) => shapesOf(trace, node).some((one) => one === shape))
  if (line) {
    const number = Number(line[1])
    return nodes.filter((node) => lineOfNode(trace, node) === number)
  }
  const expressions = new Map<number, string>()
  const expression = (node: number): string => {
    const site = at(trace.nodes.site, node)
    const known = expressions.get(site)
    if (known !== undefined) return known
    const made = expressionOf(trace, node).toLowerCase()
    expressions.set(site, made)
    return made
  }
  const namesOf = (node: number): readonly string[] => resultSlots(trace, node).flatMap((slot) => nameOfSlot(trace, slot)?.toLowerCase() ?? [])
  // A name that is meant exactly is not drowned in expressions that contain its letter.
  const named = nodes.filter((node) => namesOf(node).includes(wanted))
  if (named.length > 0) return named
  return nodes.filter((node) => {
    const op = trace.ops[at(trace.nodes.op, node)]
    if (op?.name.toLowerCase().includes(wanted) || op?.symbol.toLowerCase() === wanted) return true
    return namesOf(node).some((name) => name.startsWith(wanted)) || operationLabel(trace, node).toLowerCase() === wanted || expression(node).includes(wanted)
  })
}

/// "2,3" for "(2, 3)", "2x3" and "2 × 3"; null when it is no shape.
function shapeIn(text: string): string | null {
  const inside = /^\(([\d\s,]*)\)$/.exec(text)?.[1] ?? /^(\d+(?:\s*[x×]\s*\d+)+)$/.exec(text)?.[1]
  return inside === undefined ? null : (inside.match(/\d+/g) ?? []).map(Number).join()
}

function shapesOf(trace: Trace, node: number): readonly string[] {
  return resultSlots(trace, node).map((slot) => shapeOfValue(trace, at(trace.slots.value, slot)).join())
}
