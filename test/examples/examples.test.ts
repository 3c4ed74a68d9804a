import { readdirSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { launch, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONDITIONS } from '../../scripts/bundles.mjs'
import type { ServedEmulator } from '../../src/cli/serve.js'
import { apiKey } from '../../src/credentials/api-key.js'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { root } from '../package/source-modules.js'
import { BUN, CHROMIUM, DENO, environmentOf, run, WORKERD, whileServing } from './machine.js'

let served: ServedEmulator
let folder = ''

beforeAll(async () => {
  const { serveEmulator } = await import(pathToFileURL(join(root, 'dist/cli/serve.js')).href)
  served = await serveEmulator()
  folder = await mkdtemp(join(tmpdir(), 'countersign-examples-'))
  await writeFile(join(folder, 'tsconfig.json'), '{}')
})

afterAll(async () => {
  await served?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Each example, and how it is run. One that is not here fails the last test. */
const RUNS: Readonly<Record<string, () => Promise<void>>> = {
  'demo.mjs': async () => {
    const printed = await run([process.execPath, 'examples/demo.mjs'], { ...process.env, NO_COLOR: '1' })
    expect(printed).toContain('Federation')
  },
  'node-config-file.mjs': async () => {
    const command = [process.execPath, 'examples/node-config-file.mjs']
    expect(await run(command, environmentOf(served, 'api-key'))).toContain('us-phoenix-1 (home)')
    expect(await run([...command, 'SESSION'], environmentOf(served, 'session-token'))).toContain('us-phoenix-1 (home)')
  },
  'ky.mjs': async () => {
    const printed = await run([process.execPath, 'examples/ky.mjs'], environmentOf(served, 'api-key'))
    expect(printed).toContain('Hello from ky')
  },
  'deno.ts': async () => {
    const permissions = ['--allow-net', '--allow-read', '--allow-env']
    const env = { ...environmentOf(served, 'resource-principal-2.2'), NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }
    const printed = await run([DENO, 'run', ...permissions, 'examples/deno.ts'], env)
    expect(printed).toMatch(/signed as resource-principal.*200 emulatednamespace/)
  },
  'bun-server.ts': async () => {
    // Bun honours the paths of tsconfig.json, which lead to the sources: it is the build that is tested.
    const command = [BUN, `--tsconfig-override=${join(folder, 'tsconfig.json')}`, 'examples/bun-server.ts']
    const env = { ...environmentOf(served, 'resource-principal-2.2'), PORT: '0' }
    await whileServing(command, { env, ready: /listening on (\S+)/ }, async ([, url = '']) => {
      const kept = await fetch(`${url}a%20note.txt`, { method: 'PUT', body: 'keep this' })
      expect([kept.status, await kept.text()]).toEqual([201, 'kept\n'])
    })
  },
  'worker/worker.mjs': async () => {
    const { tenancy, user } = served.identities
    const privateKey = await readFile(served.paths.apiKey, 'utf8')
    const signed = createSignedFetch({ credentials: apiKey({ tenancy, user, privateKey }) })
    const stored = `${served.http}/n/${served.identities.namespace}/b/worker/o/a%20note.txt`
    expect((await signed(stored, { method: 'PUT', body: 'kept for the Worker' })).status).toBe(200)
    await build({ ...bundled('worker/worker.mjs'), conditions: [...CONDITIONS.workers] })
    await writeFile(join(folder, 'config.capnp'), await workerConfig(privateKey))
    const command = [WORKERD, 'serve', join(folder, 'config.capnp'), '--control-fd=1']
    await whileServing(command, { env: process.env, ready: /"port":\s*(\d+)/ }, async ([, port]) => {
      const found = await fetch(`http://127.0.0.1:${port}/a%20note.txt`)
      expect([found.status, await found.text()]).toEqual([200, 'kept for the Worker'])
    })
  },
  'page/page.mjs': async () => {
    const { tenancy, user } = served.identities
    const privateKey = await readFile(served.paths.apiKey, 'utf8')
    const fields = { tenancy, user, privateKey, passphrase: '', url: `${served.http}/n/` }
    await build(bundled('page/page.mjs'))
    await onPage(async (page) => {
      expect(await submit(page, fields)).toBe('200 "emulatednamespace"')
      expect(await submit(page, { ...fields, privateKey: 'nonsense' })).toMatch(/^KEY_\w+: /)
    })
  },
}

describe('every example', () => {
  for (const [name, example] of Object.entries(RUNS)) {
    const needsBrowser = name.startsWith('page/')
    test.skipIf(needsBrowser && CHROMIUM === undefined)(`${name} does what it says`, example)
  }

  test('is run', () => {
    const files = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
    const examples = files.filter((file) => /^(?!principals|terminal).*\.(mjs|ts)$/.test(file))
    expect(Object.keys(RUNS).sort()).toEqual(examples.sort())
  })
})

/** What any bundler would make of an example, in a folder of its own. */
function bundled(entry: string): BuildOptions {
  return {
    entryPoints: [join(root, 'examples', entry)],
    outdir: join(folder, entry.split('/')[0] ?? ''),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    splitting: true,
    logLevel: 'error',
    tsconfigRaw: {},
  }
}

async function workerConfig(privateKey: string): Promise<string> {
  const names = (await readdir(join(folder, 'worker'))).filter((name) => name !== 'worker.mjs')
  const modules = ['worker.mjs', ...names].map((name) => `(name = "${name}", esModule = embed "worker/${name}")`)
  const variables = {
    OCI_TENANCY: served.identities.tenancy,
    OCI_USER: served.identities.user,
    OCI_FINGERPRINT: served.fingerprint,
    OCI_PRIVATE_KEY: privateKey,
    OCI_OBJECT_STORAGE: served.http,
    BUCKET: 'worker',
  }
  const bindings = Object.entries(variables).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`)
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .worker), (name = "internet", network = (allow = ["public", "private", "local"])) ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "main") ]);
const worker :Workerd.Worker = (
  modules = [ ${modules.join(', ')} ], compatibilityDate = "2024-01-01", bindings = [ ${bindings.join(', ')} ]);
`
}

/** Serves the page with its bundle, and opens it in Chromium. */
async function onPage(use: (page: Page) => Promise<void>): Promise<void> {
  const server = createServer(async ({ url = '/' }, response) => {
    const isPage = url === '/'
    const path = isPage ? join(root, 'examples/page/index.html') : join(folder, 'page', basename(url))
    const content = await readFile(path).catch(() => undefined)
    const type = isPage ? 'text/html' : 'text/javascript'
    response.writeHead(content ? 200 : 404, { 'content-type': type }).end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await use(page)
  } finally {
    await browser.close()
    server.close()
  }
}

/** Fills the form in, sends it off, and waits for what the page says. */
function submit(page: Page, fields: Readonly<Record<string, string>>): Promise<string> {
  return page.evaluate(async (values) => {
    const [form] = document.forms
    const output = document.querySelector('output')
    if (!form || !output) throw new Error('The page has no form.')
    for (const [name, value] of Object.entries(values)) {
      const field = form.elements.namedItem(name) as HTMLInputElement
      field.value = value
    }
    output.value = ''
    form.requestSubmit()
    while (output.value === '') await new Promise((resolve) => setTimeout(resolve, 20))
    return output.value
  }, fields)
}
