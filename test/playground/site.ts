import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../playground/', import.meta.url))
const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
}

/** The built page, served as any static host would. */
export interface Site {
  readonly url: string
  close(): void
}

export async function builtSite(): Promise<Site> {
  // In a process of its own: a test runner's environment would make it a development build.
  const vite = fileURLToPath(new URL('../../node_modules/.bin/vite', import.meta.url))
  const folder = mkdtempSync(join(tmpdir(), 'playground-'))
  execFileSync(vite, ['build', root, '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'], {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
    const content = await readFile(`${folder}${path}`).catch(() => undefined)
    const type = types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
    response
      .writeHead(content === undefined ? 404 : 200, { 'content-type': type, 'cache-control': 'no-cache' })
      .end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
