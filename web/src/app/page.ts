/// The playground as a page of its own.

import { createHeader } from './header'
import { start } from './main'
import { openRunner } from './open-runner'
import { createStore } from './store'

const root = document.querySelector<HTMLElement>('#app')
if (root) void start(root, { store: createStore(() => localStorage), openRunner, createHeader, embedded: false })
