/// Unit tests of the page's logic: no browser, plain Node.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['tests/web/**/*.test.ts'], environment: 'node' },
})
