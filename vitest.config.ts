import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        // The sources themselves, in Node.
        extends: true,
        resolve: {
          alias: [
            { find: '#runtime', replacement: source('runtime/node.ts') },
            { find: /^countersign$/, replacement: source('index.ts') },
            { find: /^countersign\/(.*)$/, replacement: source('$1') },
          ],
        },
        test: {
          name: 'node',
          globalSetup: ['test/fixtures/rsa-pool.ts'],
          setupFiles: ['test/fixtures/quick-rsa.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/package/**',
            'test/examples/**',
            'test/playground/**',
            'test/docs/{compile,run,served-emulator}.test.ts',
            'test/runtimes/**',
          ],
        },
      },
      {
        // The built package, as its users meet it.
        extends: true,
        test: {
          name: 'package',
          include: ['test/{package,examples}/**/*.test.ts', 'test/docs/{compile,run,served-emulator}.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        // The playground, built, in real browsers.
        extends: true,
        test: {
          name: 'playground',
          include: ['test/playground/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
