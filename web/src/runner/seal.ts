/// Takes from the worker's global scope what a program has no use for, with a message instead of a riddle. The wall is
/// the frame's Content-Security-Policy; this only makes what it forbids say so in plain words.

const REFUSALS: Readonly<Record<string, string>> = {
  fetch: 'no network',
  XMLHttpRequest: 'no network',
  WebSocket: 'no network',
  EventSource: 'no network',
  WebTransport: 'no network',
  importScripts: 'no other scripts',
  Worker: 'no other workers',
  SharedWorker: 'no other workers',
  BroadcastChannel: 'no way to other pages',
  indexedDB: 'no storage',
  caches: 'no storage',
  close: 'no way to end their worker',
  eval: 'no JavaScript made from text',
}

export function seal(scope: object): void {
  for (const [name, what] of Object.entries(REFUSALS)) {
    const refuse = function () {
      throw new Error(`${name} is not there: programs of the playground have ${what}.`)
    }
    Object.defineProperty(scope, name, { value: refuse, configurable: false, writable: false, enumerable: false })
  }
}
