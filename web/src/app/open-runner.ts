/// The runner of a real page: its frame beside the page, the files of this site, the browser's clock.

import { createRunner, fetchAssets, openFrame, type OwnRunner, type RunnerEvent } from '../runner'

/// `page`: the sandbox's document, for which there is another one where a server offers a device.
export function openRunner(host: HTMLElement, listen: (event: RunnerEvent) => void, page = 'runner.html'): OwnRunner {
  return createRunner({
    connect: (hear) => openFrame(host, new URL(page, document.baseURI).href, hear),
    load: (progress, deliver) =>
      fetchAssets({ base: new URL('py/', document.baseURI).href, fetch: (url) => fetch(url), progress, deliver }),
    after: (milliseconds, act) => {
      const timer = setTimeout(act, milliseconds)
      return () => clearTimeout(timer)
    },
    listen,
  })
}
