/// Help under the pointer: the signature and the first line of documentation of a name of MXNet.

import { hoverTooltip } from '@codemirror/view'
import { nameAt, type Names } from './complete'

export function nameHelp(names: Names) {
  return hoverTooltip((view, pos) => {
    const line = view.state.doc.lineAt(pos)
    const found = nameAt(names, view.state.doc.toString(), line.text, pos - line.from)
    if (!found) return null
    return {
      pos,
      above: true,
      create: () => {
        const dom = document.createElement('div')
        dom.className = 'cm-name-help'
        const head = dom.appendChild(document.createElement('code'))
        head.textContent = found.path + found.signature
        if (found.doc) dom.appendChild(document.createElement('p')).textContent = found.doc
        return { dom }
      },
    }
  })
}
