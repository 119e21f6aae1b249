/// Vite plugin: `import title from './NN-slug.py?title'` is the title of a lesson, without its text. A menu needs no more.

import { readFile } from 'node:fs/promises'
import type { Plugin } from 'vite'

const QUERY = '.py?title'

export function lessonTitles(): Plugin {
  return {
    name: 'lesson-titles',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(QUERY)) return null
      const file = id.slice(0, -'?title'.length)
      this.addWatchFile(file)
      const title = /^# # (.+)$/m.exec(await readFile(file, 'utf8'))?.[1]
      if (title === undefined) this.error(`${file} has no title: its first cell is "# %% [markdown]" and begins with "# # Title".`)
      return `export default ${JSON.stringify(title.replace(/[*_\`$]/g, '').trim())}`
    },
  }
}
