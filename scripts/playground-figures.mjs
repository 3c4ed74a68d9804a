// @ts-check
// `npm run playground:figures`: what the built playground transfers and how soon it paints, tab by tab, in Chromium.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import puppeteer from 'puppeteer-core'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '../playground')
const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' }
const tabs = ['sign', 'explain', 'keys', 'inspect', 'flows', 'speed']

await build({ root, configFile: resolve(root, 'vite.config.ts'), logLevel: 'error' })
const server = createServer(serve)
await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)))
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
const browser = await puppeteer.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: flags })

console.log('tab       first paint    transferred   certificate libraries')
for (const tab of tabs) {
  const { paint, bytes, pki } = await visit(tab)
  const columns = [
    tab.padEnd(8),
    `${Math.round(paint)} ms`.padStart(12),
    `${(bytes / 1000).toFixed(1)} kB`.padStart(13),
  ]
  console.log(`${columns.join('  ')}   ${pki ? 'loaded' : 'not loaded'}`)
}
await browser.close()
server.close()

/** @param {string} tab */
async function visit(tab) {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${port}/#${tab}`, { waitUntil: 'networkidle0' })
  const figures = await page.evaluate(() => {
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    // The service worker fetches everything once more, for later; it is no part of opening the page.
    const opened = /** @type {PerformanceResourceTiming[]} */ (entries).filter(
      ({ initiatorType }) => initiatorType !== 'other',
    )
    return {
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      bytes: opened.reduce((sum, { transferSize }) => sum + transferSize, 0),
      pki: opened.some(({ name }) => /x509|reflect|build-/iu.test(name)),
    }
  })
  await context.close()
  return figures
}

/** @type {import('node:http').RequestListener} */
function serve({ url = '/' }, response) {
  const { pathname } = new URL(url, 'http://localhost')
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
  const type = types[/** @type {keyof typeof types} */ (path.split('.').at(-1))] ?? 'application/octet-stream'
  try {
    const content = gzipSync(readFileSync(resolve(root, `dist${path}`)))
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(content)
  } catch {
    response.writeHead(404).end()
  }
}
