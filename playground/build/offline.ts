import { createHash } from 'node:crypto'
import type { Plugin, Rollup } from 'vite'

/** Adds a service worker that keeps every file of this build, so the page opens without a network. */
export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      // A cache refuses a list that names a file twice.
      const files = [
        ...new Set(['./', './online.html', './icon.svg', ...Object.keys(bundle).map((name) => `./${name}`)]),
      ]
      // Of the contents too: the pages keep their names when their text changes.
      const hash = createHash('sha256').update(files.join())
      for (const name of Object.keys(bundle).sort()) hash.update(contentOf(bundle[name]))
      const version = hash.digest('hex').slice(0, 16)
      this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: serviceWorker(files, version) })
    },
  }
}

function contentOf(file: Rollup.OutputBundle[string] | undefined): string | Uint8Array {
  return file?.type === 'asset' ? file.source : (file?.code ?? '')
}

function serviceWorker(files: readonly string[], version: string): string {
  return `const name = 'countersign-${version}'
const files = ${JSON.stringify(files)}
addEventListener('install', (event) => event.waitUntil(caches.open(name).then((cache) => cache.addAll(files)).then(() => skipWaiting())))
addEventListener('activate', (event) => event.waitUntil(caches.keys()
  .then((names) => Promise.all(names.filter((other) => other !== name).map((other) => caches.delete(other))))
  .then(() => clients.claim())))
addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET' || new URL(event.request.url).origin !== location.origin) return
  event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept ?? fetch(event.request)))
})
`
}
