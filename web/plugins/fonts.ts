/// Vite plugin: of KaTeX's fonts only WOFF2 is kept; every browser that runs WebAssembly reads it.

import type { Plugin } from 'vite'

export function woff2Only(): Plugin {
  return {
    name: 'woff2-only',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('katex') || !id.includes('.css')) return null
      return code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("(?:woff|truetype)"\)/g, '')
    },
  }
}
