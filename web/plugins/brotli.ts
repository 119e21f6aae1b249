/// Vite plugin: a Brotli twin beside every text of the page, for servers that send it to browsers that take it: a seventh less than gzip.
/// Python's standard library has no Brotli, so the build writes it here. (`py/*` is left out: packing it so takes half a minute.)

import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXTS = /\.(?:html|css|js|svg)$/
const compress = promisify(brotliCompress)

export function brotliTwins(): Plugin {
  return {
    name: 'brotli-twins',
    apply: 'build',
    async writeBundle({ dir = '.' }, bundle) {
      const texts = Object.values(bundle).filter(({ fileName }) => TEXTS.test(fileName))
      await Promise.all(
        texts.map(async (file) => {
          const plain = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          const packed = await compress(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } })
          if (packed.length <= 0.9 * plain.length) await writeFile(resolve(dir, `${file.fileName}.br`), packed)
        }),
      )
    },
  }
}
