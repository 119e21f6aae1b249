/// The runner of a real page: its frame beside the page, the files of this site, the browser's clock.

import { createRunner, fetchAssets, openFrame, type Runner, type RunnerEvent } from '../runner'

export function openRunner(host: HTMLElement, listen: (event: RunnerEvent) => void): Runner {
  return createRunner({
    connect: (hear) => openFrame(host, new URL('runner.html', document.baseURI).href, hear),
    load: (progress, deliver) =>
      fetchAssets({ base: new URL('py/', document.baseURI).href, fetch: (url) => fetch(url), progress, deliver }),
    after: (milliseconds, act) => {
      const timer = setTimeout(act, milliseconds)
      return () => clearTimeout(timer)
    },
    listen,
  })
}
