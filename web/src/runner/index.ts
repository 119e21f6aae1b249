/// The runner, as the app sees it.

export { createRunner } from './client'
export type { ClientParts, Link, OwnRunner, Program, Runner, RunnerEvent } from './client'
export { fetchAssets } from './assets'
export { openFrame } from './connect'
