/// The playground as a page of its own. What belongs to a server's device is fetched only where a server offers one.

import { createHeader } from './header'
import { start, type Setting } from './main'
import { openRunner } from './open-runner'
import { createStore } from './store'

const root = document.querySelector<HTMLElement>('#app')
const setting: Setting = { store: createStore(() => localStorage), openRunner, createHeader, embedded: false }
const offers = document.querySelector('meta[name="playground-compute"]') !== null
if (root) void (offers ? import('./device').then(({ withDevice }) => start(root, withDevice(setting))) : start(root, setting))
