/// One output of a cell as an element: what a notebook would show. User text is only ever set as text.

import type { Output, ProgramError } from '../protocol/trace'

export type GoToLine = (line: number) => void

/// Appends outputs to what a host already shows. Pieces of one stream run together, as on a terminal.
export function appendOutputs(host: HTMLElement, outputs: readonly Output[], goTo: GoToLine): void {
  for (const output of outputs) {
    // Told beside the exercise.
    if (output.type === 'verdict') continue
    if (output.type === 'error') {
      host.append(errorElement(output.error, goTo))
      continue
    }
    const last = host.lastElementChild
    const joins = output.type !== 'result' && last?.classList.contains(output.type)
    const block = joins ? last : host.appendChild(make('pre', `output ${output.type}`))
    block?.append(output.text)
  }
}

function errorElement(error: ProgramError, goTo: GoToLine): HTMLElement {
  const block = make('div', 'output error')
  const head = make('p', 'error-head')
  head.append(make('strong', '', error.name))
  if (error.line > 0) head.append(' ', lineButton(error.line, goTo))
  block.append(head)
  if (error.message) block.append(make('pre', 'error-message', error.message))
  if (error.hint) block.append(make('p', 'error-hint', error.hint))
  if (error.frames.length > 1) block.append(framesElement(error, goTo))
  return block
}

/// How the program got there, innermost last; long recursions are cut in the middle.
function framesElement({ frames }: ProgramError, goTo: GoToLine): HTMLElement {
  const list = make('p', 'error-frames', 'called from ')
  const callers = frames.slice(0, -1)
  const shown = callers.length > 6 ? [...callers.slice(0, 3), null, ...callers.slice(-2)] : callers
  shown.forEach((frame, index) => {
    if (index > 0) list.append(' › ')
    if (!frame) list.append(`… ${callers.length - 5} more …`)
    else {
      list.append(lineButton(frame.line, goTo))
      if (frame.func !== '<module>') list.append(` in ${frame.func}`)
    }
  })
  return list
}

function lineButton(line: number, goTo: GoToLine): HTMLElement {
  const button = make('button', 'line-link', `line ${line}`)
  button.setAttribute('type', 'button')
  button.addEventListener('click', () => goTo(line))
  return button
}

function make(tag: string, className: string, text = ''): HTMLElement {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.textContent = text
  return element
}
