/// Vite plugin: writes embed.js, the script that course pages load for `<autograd-playground>`. Its name never changes.

import type { Plugin } from 'vite'
import { bundle } from './bundle'

const script = () => bundle('src/embed/element.ts')

export function embedScript(): Plugin {
  return {
    name: 'embed-script',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'embed.js', source: await script() })
    },
    configureServer(server) {
      server.middlewares.use('/embed.js', (_request, response) => {
        void script().then((code) => response.setHeader('Content-Type', 'text/javascript').end(code))
      })
    },
  }
}
