import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

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
  await build({ root, configFile: `${root}vite.config.ts`, logLevel: 'error' })
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
    const content = await readFile(`${root}dist${path}`).catch(() => undefined)
    const type = types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
    response
      .writeHead(content === undefined ? 404 : 200, { 'content-type': type, 'cache-control': 'no-cache' })
      .end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() }
}
