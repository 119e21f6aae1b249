/// Vite plugin: writes picture.js, which draws a run without a browser. web/sphinx runs it while a course is built.

import type { Plugin } from 'vite'
import { bundle } from './bundle'

export function pictureScript(): Plugin {
  return {
    name: 'picture-script',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'picture.js', source: await bundle('src/files/still.ts', [], 'autogradPicture') })
    },
  }
}
