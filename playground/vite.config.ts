import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { contentSecurityPolicy } from './build/content-security-policy.ts'
import { offline } from './build/offline.ts'

const source = fileURLToPath(new URL('../src/', import.meta.url))

/** The page imports the library by its public names, and gets its sources. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  resolve: {
    alias: [
      { find: '#runtime', replacement: `${source}runtime/browser.ts` },
      { find: /^countersign$/, replacement: `${source}index.ts` },
      { find: /^countersign\/(testing|explain|certificates)$/, replacement: `${source}$1/index.ts` },
      { find: /^countersign\/(.+)$/, replacement: `${source}$1.ts` },
    ],
  },
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true, modulePreload: { polyfill: false } },
  plugins: [contentSecurityPolicy(), offline()],
})
