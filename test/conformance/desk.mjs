// @ts-check
// The driver's own server: hands out the world and the page, takes the reports.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join, normalize } from 'node:path'
import { out } from './bundles.mjs'

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>conformance</title><script type="module" src="/page/entry-page.js"></script>'

/**
 * @param {object} world
 * @param {readonly import('./targets.mjs').Target[]} targets
 */
export async function openDesk(world, targets) {
  /** @type {Map<string, (report: import('./capability.js').Report) => void>} */
  const waiting = new Map()
  const server = createServer((request, response) => {
    answer(request).then(
      ({ type, body }) => response.writeHead(200, { 'content-type': type }).end(body),
      () => response.writeHead(404).end(),
    )
  })

  /** @param {import('node:http').IncomingMessage} request */
  async function answer(request) {
    const { pathname } = new URL(request.url ?? '/', 'http://desk')
    const [, what = '', name = ''] = pathname.split('/')
    if (what === 'world') return { type: 'application/json', body: JSON.stringify(worldFor(name)) }
    if (what === 'report') return { type: 'text/plain', body: await take(name, request) }
    if (what === 'page' && name === '') return { type: 'text/html', body: PAGE }
    return { type: 'text/javascript', body: await readFile(join(out, normalize(pathname))) }
  }

  /** @param {string} name */
  function worldFor(name) {
    const target = targets.find((candidate) => candidate.name === name)
    if (!target) throw new Error(`There is no target ${name}.`)
    const { kind, userAgent } = target
    return { ...world, target: name, expected: { kind, ...(userAgent && { userAgent }) } }
  }

  /** @param {string} name @param {import('node:http').IncomingMessage} request */
  async function take(name, request) {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    waiting.get(name)?.(JSON.parse(Buffer.concat(chunks).toString('utf8')))
    return 'thanks'
  }

  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The desk has no port.')
  return {
    base: `http://127.0.0.1:${address.port}`,
    /** @param {string} name @returns {Promise<import('./capability.js').Report>} */
    report: (name) => new Promise((resolve) => waiting.set(name, resolve)),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
