/// Builds the page: web/ -> build/site. web/build copies py/* into build/site afterwards.

import { resolve } from 'node:path'
import { defineConfig } from 'vite'

const web = resolve(import.meta.dirname, 'web')

export default defineConfig({
  root: web,
  // Relative, so that the site works under any sub-path.
  base: './',
  publicDir: false,
  build: {
    outDir: resolve(import.meta.dirname, 'build/site'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: [resolve(web, 'index.html'), resolve(web, 'runner.html')],
    },
  },
})
