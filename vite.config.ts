/// Builds the page: web/ -> build/site. web/build copies py/* into build/site afterwards.

import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { brotliTwins } from './web/plugins/brotli'
import { woff2Only } from './web/plugins/fonts'
import { lessonTitles } from './web/plugins/lessons'
import { withoutBallast } from './web/plugins/light'
import { facadeNames } from './web/plugins/names'
import { embedScript } from './web/plugins/embed'
import { pictureScript } from './web/plugins/picture'
import { runnerPage } from './web/plugins/runner'

const web = resolve(import.meta.dirname, 'web')

export default defineConfig({
  root: web,
  // Relative, so that the site works under any sub-path.
  base: './',
  publicDir: false,
  plugins: [runnerPage(), embedScript(), pictureScript(), facadeNames(), lessonTitles(), withoutBallast(), woff2Only(), brotliTwins()],
  build: {
    rollupOptions: { input: { index: resolve(web, 'index.html'), embed: resolve(web, 'embed.html'), builder: resolve(web, 'embed-builder.html') } },
    outDir: resolve(import.meta.dirname, 'build/site'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
