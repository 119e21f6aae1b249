/// The worker that runs user code. It speaks through one port that it got at birth: user code that calls the global
/// `postMessage` reaches nobody.

import type { PyodideInterface } from 'pyodide'
import type { PyBuffer, PyProxy } from 'pyodide/ffi'
import type { CheckEnd, Elements, Verdict } from '../protocol/check'
import type { Counters, Device, Effort, Limits } from '../protocol/messages'
import type { Summary } from '../protocol/trace'
import { createAlarm } from './alarm'
import { bootPyodide } from './boot'
import { INTERRUPT_HANDLER } from './interrupt'
import { seal } from './seal'
import type { FromWorker, Packages, ToWorker } from './wire'

/// `engine.kernel.Kernel`, as Pyodide shows it.
interface Kernel {
  run(
    code: string,
    seed: number,
    limits: string,
    emit: (kind: string, json: string) => void,
    emitTrace: (header: string, columns: PyBuffer, final: boolean) => void,
  ): string
  summaries(ids: PyProxy): string
  elements(value: number, row: number, col: number): string
  check(limits: string, emit: (json: string) => void, stopped: () => boolean): string
}

/// `engine.joined`.
interface Joined {
  join(told: string, tell: (json: string) => void, browser: object): void
  rest(): void
  leave(): void
}

/// A check ends itself; when one Function of the program takes this much longer, it is interrupted.
const CHECK_GRACE = 500

const alarm = createAlarm(() => performance.now())
/// Kept from the program, which finds a refusal under the name.
const Request = XMLHttpRequest
let port: MessagePort
let pyodide: PyodideInterface
let kernel: Kernel
let canStopGently = false
let forgetInterrupt = () => {}
/// Loaded with the first run that has a session on a server.
let joined: Joined | null = null

let unpack: (packages: Packages) => void
const packages = new Promise<Packages>((resolve) => (unpack = resolve))

const say = (message: FromWorker, transfer: Transferable[] = []) => port.postMessage(message, transfer)

self.onmessage = (event: MessageEvent) => {
  self.onmessage = null
  port = event.ports[0] as MessagePort
  port.onmessage = (message: MessageEvent<ToWorker>) => {
    const command = message.data
    if (command.type === 'start') void start(command)
    else if (command.type === 'packages') unpack(command.packages)
    else if (command.type === 'run') run(command)
    else if (command.type === 'check') check(command)
    else if (command.type === 'elements') say({ type: 'elements', request: command.request, elements: elements(command) })
    else say({ type: 'summaries', request: command.request, summaries: summaries(command.values) })
  }
}

async function start(command: Extract<ToWorker, { type: 'start' }>) {
  const began = performance.now()
  try {
    const progress = (fraction: number, label: string) => say({ type: 'boot', fraction, label })
    pyodide = await bootPyodide(command.core, packages, progress)
    kernel = pyodide.runPython('from engine.kernel import Kernel; Kernel()') as Kernel
    const numpy = pyodide.runPython('import numpy; numpy.__version__') as string
    const python = pyodide.runPython('import sys; sys.version.split()[0]') as string
    const install = pyodide.runPython(INTERRUPT_HANDLER) as (packing: () => void) => () => void
    forgetInterrupt = install(() => say({ type: 'packing' }))
    pyodide.setInterruptBuffer(alarm.buffer as unknown as Uint8Array)
    canStopGently = isAlive(command.probe)
    say({ type: 'gentle', works: canStopGently })
    seal(self)
    const milliseconds = performance.now() - began
    say({ type: 'ready', milliseconds, python, numpy, engine: (await packages).engine.version })
  } catch (error) {
    say({ type: 'failed', message: describe(error) })
  }
}

function run({ run, code, seed, limits, token, device }: Extract<ToWorker, { type: 'run' }>) {
  const emit = (kind: string, json: string) => {
    const value: unknown = JSON.parse(json)
    if (kind === 'cell') say({ type: 'cell', run, cell: (value as { cell: number }).cell })
    else say({ type: 'output', run, output: value as never })
  }
  const emitTrace = (header: string, bytes: PyBuffer, final: boolean) => {
    const view = bytes.getBuffer('u8')
    const columns = (view.data as Uint8Array).slice().buffer as ArrayBuffer
    view.release()
    say({ type: 'trace', run, final, header, columns }, [columns])
  }
  const began = performance.now()
  try {
    join(run, device)
    alarm.arm(limits.deadline, canStopGently ? () => !isAlive(token) : null)
    const result = JSON.parse(kernel.run(code, seed, limitsJson(limits), emit, emitTrace)) as { ops: number } & Partial<Effort>
    alarm.disarm()
    forgetInterrupt()
    joined?.rest()
    say({ type: 'heap', bytes: heapBytes() })
    const { ops, work = 0, calls = 0 } = result
    say({ type: 'done', run, milliseconds: performance.now() - began, ops, ...(work > 0 && { effort: { work, calls } }) })
  } catch (error) {
    alarm.disarm()
    // The kernel catches every error of the program: what comes out is a broken interpreter.
    say({ type: 'crash', message: describe(error) })
  }
}

/// The run's arrays may live on the server's device from here on, or no longer.
function join(run: number, device: Device | undefined) {
  if (!device) return joined?.leave()
  joined ??= pyodide.pyimport('engine.joined') as Joined
  const tell = (json: string) => say({ type: 'device', run, counters: JSON.parse(json) as Counters })
  joined.join(JSON.stringify(device), tell, { XMLHttpRequest: Request, Blob })
}

/// The kernel asks by itself whether to stop; the alarm is for a program's Function that does not come to its end.
function check({ run, limits, token }: Extract<ToWorker, { type: 'check' }>) {
  const emit = (json: string) => say({ type: 'checked', run, end: null, ...(JSON.parse(json) as { total: number; verdicts: Verdict[] }) })
  try {
    alarm.arm(limits.seconds * 1000 + CHECK_GRACE, null)
    const last = JSON.parse(kernel.check(JSON.stringify(limits), emit, () => canStopGently && !isAlive(token))) as { total: number; verdicts: Verdict[]; end: CheckEnd }
    alarm.disarm()
    forgetInterrupt()
    say({ type: 'checked', run, ...last })
  } catch (error) {
    alarm.disarm()
    say({ type: 'crash', message: describe(error) })
  }
}

function elements({ value, row, col }: Extract<ToWorker, { type: 'elements' }>): Elements | null {
  try {
    return JSON.parse(kernel.elements(value, row, col)) as Elements | null
  } catch {
    return null
  }
}

function summaries(values: readonly number[]): readonly (Summary | null)[] {
  const ids = pyodide.toPy(values) as PyProxy
  try {
    return JSON.parse(kernel.summaries(ids)) as (Summary | null)[]
  } catch {
    return values.map(() => null)
  } finally {
    ids.destroy()
  }
}

const limitsJson = (limits: Limits) => JSON.stringify(limits)

function heapBytes(): number {
  const module = (pyodide as unknown as { _module: { HEAP8: Int8Array } })._module
  return module.HEAP8.length
}

/// Whether a blob URL still resolves: the frame revokes a run's token to stop the run. Synchronous on purpose: it is
/// asked from inside the interpreter.
function isAlive(url: string): boolean {
  try {
    const request = new Request()
    request.open('GET', url, false)
    request.send()
    return true
  } catch {
    return false
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.slice(-2000)
}
