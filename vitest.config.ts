import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

export default defineConfig({
  resolve: { alias: { '#runtime': source('runtime/node.ts') } },
  test: {
    projects: [{ extends: true, test: { name: 'node', include: ['test/**/*.test.ts'], testTimeout: 20_000 } }],
  },
})
