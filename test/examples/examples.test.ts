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
import { alibabaAccessKey } from '../../src/credentials/alibaba-access-key.js'
import { apiKey } from '../../src/credentials/api-key.js'
import { createAlibabaFetch } from '../../src/http/alibaba-fetch.js'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { signOss4 } from '../../src/signers/alibaba-oss4.js'
import type { AlibabaCredentials } from '../../src/types.js'
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
    const lines = ['get /20160918/regions', 'post /echo', 'put /n/emulatednamespace/b/photos/o/2026%2Fsunrise.png']
    for (const line of lines) expect(printed).toContain(`│ (request-target): ${line}\n`)
    expect(printed.match(/✓ 200, verified as ocid1\.user\./g)).toHaveLength(3)
    expect(printed).toMatch(/│ x-content-sha256: \S{43}=\n {2}✗ 401, refused: BODY_DIGEST_MISMATCH/)
    expect(printed).toMatch(/20 requests at once, verified as ocid1\.instance\./)
    expect(printed).toContain('1 session key and 1 token call')
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
  'alibaba.mjs': async () => {
    const printed = await run([process.execPath, 'examples/alibaba.mjs'], await alibabaEnvironment())
    expect(printed).toBe('DescribeRegions 200\n200 Hello from OSS\n')
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
    const stored = `${served.http}/n/${served.identities.namespace}/b/worker/o/notes%2Fa%20note.txt`
    expect((await signed(stored, { method: 'PUT', body: 'kept for the Worker' })).status).toBe(200)
    await build({ ...bundled('worker/worker.mjs'), conditions: [...CONDITIONS.workers] })
    const variables = {
      OCI_TENANCY: tenancy,
      OCI_USER: user,
      OCI_FINGERPRINT: served.fingerprint,
      OCI_PRIVATE_KEY: privateKey,
      OCI_OBJECT_STORAGE: served.http,
      BUCKET: 'worker',
    }
    await whileWorking('worker', variables, async (url) => {
      const found = await fetch(`${url}notes/a%20note.txt`)
      expect([found.status, await found.text()]).toEqual([200, 'kept for the Worker'])
      expect((await fetch(`${url}%zz`)).status).toBe(400)
    })
  },
  'alibaba-worker/alibaba-worker.mjs': async () => {
    const { accessKey, secretName } = await alibabaAccount()
    const signOptions = { region: 'cn-hangzhou' }
    const signed = createAlibabaFetch({ credentials: alibabaAccessKey(accessKey), sign: signOss4, signOptions })
    const bucket = `${served.http}/worker`
    expect((await signed(`${bucket}/a%20note.txt`, { method: 'PUT', body: 'kept in OSS' })).status).toBe(200)
    await build({ ...bundled('alibaba-worker/alibaba-worker.mjs'), conditions: [...CONDITIONS.workers] })
    const variables = {
      SECRET_NAME: secretName,
      KMS_ACCESS_KEY_ID: accessKey.accessKeyId,
      KMS_ACCESS_KEY_SECRET: accessKey.accessKeySecret,
      KMS_ENDPOINT: served.http,
      REGION: 'cn-hangzhou',
      OSS_BUCKET: bucket,
    }
    await whileWorking('alibaba-worker', variables, async (url) => {
      for (const rotated of [false, true]) {
        if (rotated) await fetch(`${served.control}/alibaba/rotate`, { method: 'POST' })
        const found = await fetch(`${url}a%20note.txt`)
        expect([found.status, await found.text()]).toEqual([200, 'kept in OSS'])
      }
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

/** The emulated Alibaba Cloud account, as the control endpoint tells of it. */
async function alibabaAccount(): Promise<{ readonly accessKey: AlibabaCredentials; readonly secretName: string }> {
  return (await fetch(`${served.control}/alibaba`)).json() as never
}

async function alibabaEnvironment(): Promise<NodeJS.ProcessEnv> {
  const { accessKey, secretName } = await alibabaAccount()
  const { PATH, HOME, TMPDIR } = process.env
  return {
    PATH,
    HOME,
    TMPDIR,
    SECRET_NAME: secretName,
    ECS_ENDPOINT: served.http,
    OSS_BUCKET: `${served.http}/emulated-bucket`,
    credentials_type: 'ak',
    credentials_access_key_id: accessKey.accessKeyId,
    credentials_access_secret: accessKey.accessKeySecret,
    cache_client_region_id: JSON.stringify([{ regionId: 'cn-hangzhou', endpoint: served.http }]),
  }
}

/** Runs the bundle of a Worker while something is done with it. */
async function whileWorking(
  name: string,
  variables: Readonly<Record<string, string>>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  await writeFile(join(folder, `${name}.capnp`), await workerConfig(name, variables))
  const command = [WORKERD, 'serve', join(folder, `${name}.capnp`), '--control-fd=1']
  await whileServing(command, { env: process.env, ready: /"port":\s*(\d+)/ }, ([, port]) =>
    use(`http://127.0.0.1:${port}/`),
  )
}

async function workerConfig(name: string, variables: Readonly<Record<string, string>>): Promise<string> {
  const main = `${name}.mjs`
  const names = (await readdir(join(folder, name))).filter((file) => file !== main)
  const modules = [main, ...names].map((file) => `(name = "${file}", esModule = embed "${name}/${file}")`)
  const bindings = Object.entries(variables).map(([key, text]) => `(name = "${key}", text = ${JSON.stringify(text)})`)
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
