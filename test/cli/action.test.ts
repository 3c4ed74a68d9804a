import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { actionBundle } from '../../scripts/action.mjs'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { type FederatedWorld, federatedWorld, SUBJECT } from '../federation/federated-world.js'
import { jsonOf, runCli } from './run-cli.js'

// The script as the runner starts it: a process of its own, told everything by variables.

let served: ServedEmulator
let world: FederatedWorld
let tokenService: Server
let home: string
let script: string
let audiences: (string | null)[]
let subjectToken: string

beforeAll(async () => {
  served = await serveEmulator()
  world = federatedWorld({}, served.emulator)
  tokenService = createServer(async (request, response) => {
    audiences.push(new URL(request.url ?? '', 'http://x').searchParams.get('audience'))
    const isAllowed = request.headers.authorization === 'Bearer request-token'
    response.writeHead(isAllowed ? 200 : 401).end(JSON.stringify({ count: 1, value: subjectToken }))
  })
  tokenService.listen(0, '127.0.0.1')
  await once(tokenService, 'listening')
})

afterAll(async () => {
  tokenService.close()
  await served.close()
})

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'action-'))
  script = join(home, 'main.mjs')
  await writeFile(script, await actionBundle())
  for (const name of ['output', 'env', 'state']) await writeFile(join(home, name), '')
  audiences = []
  subjectToken = await world.provider.issue({ sub: SUBJECT })
})

afterEach(() => rm(home, { recursive: true }))

function runner(): Record<string, string> {
  const { port } = tokenService.address() as AddressInfo
  return {
    HOME: home,
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: join(home, 'output'),
    GITHUB_ENV: join(home, 'env'),
    GITHUB_STATE: join(home, 'state'),
    ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    INPUT_OIDC_CLIENT_IDENTIFIER: `${world.client.id}:${world.client.secret}`,
    INPUT_DOMAIN_BASE_URL: `${served.http}/`,
    INPUT_OCI_REGION: 'us-phoenix-1',
    INPUT_OCI_PROFILE: 'CI',
    INPUT_AUDIENCE: 'https://cloud.oracle.com',
    INPUT_RETRY_COUNT: '0',
    // Inputs that a workflow leaves out are there, and empty.
    INPUT_OCI_TENANCY: '',
    INPUT_OCI_HOME: '',
    INPUT_RESOURCE_TYPE: '',
  }
}

async function run(env: Record<string, string> = {}): Promise<{ code: number; log: string }> {
  const child = spawn(process.execPath, [script], { env: { ...runner(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [log, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number, log: log + errors }
}

/** What the runner read from a file of the step: names and values. */
async function written(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(join(home, file), 'utf8')).split('\n').filter((line) => line !== '')
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
}

async function savedState(): Promise<Record<string, string>> {
  const state = Object.entries(await written('state'))
  return Object.fromEntries(state.map(([name, value]) => [`STATE_${name}`, value]))
}

describe('the action', () => {
  test('writes a profile that later steps sign with', async () => {
    expect(await run()).toMatchObject({ code: 0 })
    expect(audiences).toEqual(['https://cloud.oracle.com'])
    const env = await written('env')
    expect(env).toMatchObject({ OCI_CLI_AUTH: 'security_token', OCI_CLI_PROFILE: 'CI' })
    const result = await runCli(['request', 'GET', `${served.http}/echo`], { env })
    expect(jsonOf(result)).toMatchObject({ verified: true, principal: { subject: world.user.ocid } })
  })

  test('sets the outputs that it declares', async () => {
    await run()
    const outputs = await written('output')
    const declared = await readFile(new URL('../../action.yml', import.meta.url), 'utf8')
    const [, section = ''] = /^outputs:\n([\s\S]*?)^\S/m.exec(declared) ?? []
    expect(Object.keys(outputs).sort()).toEqual([...section.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name).sort())
    expect(outputs).toMatchObject({ configured: 'true', oci_config_path: join(home, '.oci', 'config') })
    expect(await readFile(outputs['oci_private_key_path'] ?? '', 'utf8')).toContain('BEGIN PRIVATE KEY')
  })

  test('masks the secret and both tokens before anything else could print them', async () => {
    const { log } = await run()
    const session = await readFile((await written('output'))['oci_session_token_path'] ?? '', 'utf8')
    const masks = log.split('\n').filter((line) => line.startsWith('::add-mask::'))
    expect(masks).toEqual([world.client.secret, subjectToken, session].map((secret) => `::add-mask::${secret}`))
    const rest = log.split('\n').filter((line) => !line.startsWith('::add-mask::'))
    for (const secret of [world.client.secret, subjectToken, session, 'PRIVATE KEY'])
      expect(rest.join()).not.toContain(secret)
  })

  test('cleans up at the end of the job, and leaves what it found', async () => {
    const config = join(home, '.oci', 'config')
    await run({ INPUT_OCI_PROFILE: 'OTHER' })
    const before = await readFile(config, 'utf8')
    await writeFile(join(home, 'state'), '')
    await run()
    expect(await run(await savedState())).toMatchObject({ code: 0, log: '' })
    expect((await readFile(config, 'utf8')).trim()).toBe(before.trim())
    expect(await readdir(join(home, '.oci', 'CI'))).toEqual([])
  })

  test('cleans up after a step that failed half way, and leaves a profile that it did not write', async () => {
    const config = join(home, '.oci', 'config')
    const before = '[CI]\nuser=ocid1.user.oc1..a\nkey_file=~/.oci/key.pem\n'
    await mkdir(join(home, '.oci'))
    await writeFile(config, before)
    world.emulator.faults.add({ surface: 'identity-domain-token', effect: 'status', status: 401 })
    expect(await run()).toMatchObject({ code: 1 })
    expect(await run(await savedState())).toMatchObject({ code: 0 })
    expect(await readFile(config, 'utf8')).toBe(before)
  })

  test('writes elsewhere, and sets no variables, when it is told so', async () => {
    const elsewhere = join(home, 'elsewhere')
    await run({ INPUT_OCI_HOME: `${elsewhere}/`, INPUT_EXPORT_ENVIRONMENT: 'false' })
    expect((await written('output'))['oci_config_path']).toBe(join(elsewhere, '.oci', 'config'))
    expect(await written('env')).toEqual({})
    await run(await savedState())
    expect(await readdir(join(elsewhere, '.oci'))).toEqual(['CI'])
  })

  test.each([
    ['outside a job that may ask for tokens', { ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }, 'id-token: write'],
    ['with a token service that refuses', { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'wrong' }, 'SERVICE_ERROR'],
    ['without a domain', { INPUT_DOMAIN_BASE_URL: '' }, 'domain_base_url'],
    ['with half a client', { INPUT_OIDC_CLIENT_IDENTIFIER: 'id-alone' }, 'oidc_client_identifier'],
    ['with a rotated secret', { INPUT_OIDC_CLIENT_IDENTIFIER: 'a:hunter2' }, 'client id or secret is wrong'],
    ['with a home directory that is none', { INPUT_OCI_HOME: '/dev/null' }, 'CONFIG_INVALID'],
    ['with a profile name that breaks out', { INPUT_OCI_PROFILE: 'a\nOCI_CLI_AUTH=x' }, 'CONFIG_INVALID'],
  ])('%s fails with the reason', async (_, env, reason) => {
    const { code, log } = await run(env)
    expect(code).toBe(1)
    const lines = log.split('\n').filter((line) => line !== '' && !line.startsWith('::add-mask::'))
    expect(lines).toEqual([expect.stringMatching(/^::error title=countersign::/)])
    expect(lines[0]).toContain(reason)
    expect(lines[0]).not.toContain('hunter2')
    expect(await written('output')).toEqual({})
  })
})
