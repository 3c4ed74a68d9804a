import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../../src/testing/emulator.js'
import { resourceKeyIds } from '../../src/testing/key-registry.js'
import { rotateResourceFiles } from '../../src/testing/resource-file-rotation.js'
import { issueResourceToken } from '../../src/testing/session-fixtures.js'
import { DEFAULT_SETTINGS } from '../../src/testing/settings.js'
import type { OciCredentials } from '../../src/types.js'
import {
  AUTH,
  IDENTITY,
  instanceCredentials,
  reason,
  send,
  sendJson,
  tokenCredentials,
  userCredentials,
} from './clients.js'

const emulator = createEmulator()
const SERVICE = 'https://database.us-phoenix-1.oraclecloud.com'
const { resource, instance, tenancy } = emulator.identities

let asInstance: OciCredentials
let publicKey: string

beforeAll(async () => {
  asInstance = await instanceCredentials(emulator)
  publicKey = (await emulator.keys.get('resource-session')).publicKeyBase64
})

beforeEach(() => {
  Object.assign(emulator.settings, DEFAULT_SETTINGS)
})

interface Given {
  readonly resourcePrincipalToken: string
  readonly servicePrincipalSessionToken: string
}

async function ask(path: string, credentials: OciCredentials): Promise<Given> {
  const response = await send(emulator, `${SERVICE}${path}`, credentials)
  expect(reason(response)).toBeUndefined()
  return (await response.json()) as Given
}

function exchange(given: Given, credentials: OciCredentials, changes: object = {}): Promise<Response> {
  const body = { ...given, sessionPublicKey: publicKey, ...changes }
  return sendJson(emulator, `${AUTH}/v1/resourcePrincipalSessionToken`, body, credentials)
}

async function sessionOf(response: Response): Promise<OciCredentials> {
  const { token } = (await response.json()) as { token: string }
  return tokenCredentials(emulator, token, 'resource-session')
}

async function asResource(): Promise<OciCredentials> {
  return tokenCredentials(emulator, await issueResourceToken(emulator), 'resource-session')
}

describe('resource principal 1.1', () => {
  test('gets a session token in two steps, and signs with it', async () => {
    const given = await ask(`/20180711/resourcePrincipalToken/${instance}`, asInstance)
    const session = await sessionOf(await exchange(given, asInstance))
    const response = await send(emulator, `${IDENTITY}/20160918/tenancies/${tenancy}`, session)
    expect(response.status).toBe(200)
    expect(emulator.log.entries().at(-1)?.subject).toBe(resource)
  })

  test('cannot exchange a token twice', async () => {
    const given = await ask(`/20180711/resourcePrincipalToken/${instance}`, asInstance)
    expect((await exchange(given, asInstance)).status).toBe(200)
    expect((await exchange(given, asInstance)).status).toBe(401)
  })

  test('cannot exchange the tokens of two answers', async () => {
    const one = await ask(`/20180711/resourcePrincipalToken/${instance}`, asInstance)
    const other = await ask(`/20180711/resourcePrincipalToken/${instance}`, asInstance)
    const mixed = { ...one, servicePrincipalSessionToken: other.servicePrincipalSessionToken }
    expect((await exchange(mixed, asInstance)).status).toBe(401)
  })

  test('cannot exchange what was given to somebody else', async () => {
    const given = await ask(`/20180711/resourcePrincipalToken/${instance}`, asInstance)
    expect(reason(await exchange(given, await asResource()))).toContain('another principal')
  })

  test('does not give tokens to users', async () => {
    const user = await userCredentials(emulator)
    const response = await send(emulator, `${SERVICE}/20180711/resourcePrincipalToken/${instance}`, user)
    expect(reason(response)).toMatch(/^PRINCIPAL_REFUSED/)
  })

  test('keeps the token when the session key was malformed, so that a corrected request succeeds', async () => {
    const given = await ask(`/20180711/resourcePrincipalToken/${instance}`, asInstance)
    expect((await exchange(given, asInstance, { sessionPublicKey: 'x' })).status).toBe(400)
    expect((await exchange(given, asInstance)).status).toBe(200)
  })
})

describe('resource principals 2.1, 2.1.1 and 2.1.2', () => {
  const paths = ['V2', 'V2', 'V212'].map((suffix) => `/20180711/resourcePrincipalToken${suffix}/${resource}`)
  const versions = resourceKeyIds(tenancy, resource).map((keyId, index) => [keyId, paths[index] ?? ''] as const)

  test.each(versions)('sign with the key id %s', async (keyId, path) => {
    const own: OciCredentials = { keyId, key: (await emulator.keys.get('resource')).privateKey }
    const given = await ask(path, own)
    expect((await exchange(given, own)).status).toBe(200)
  })

  test('are refused with the id of another tenancy or resource', async () => {
    const { privateKey: key } = await emulator.keys.get('resource')
    for (const keyId of [`resource/v2.1.1/ocid1.tenancy.oc1..b/${resource}`, 'resource/v2.1/ocid1.other.oc1..b']) {
      const response = await send(emulator, `${SERVICE}${paths[0]}`, { keyId, key })
      expect(reason(response)).toMatch(/^KEY_NOT_FOUND/)
    }
  })

  test('must send the security context that is expected', async () => {
    emulator.settings.securityContext = 'context-1'
    const credentials = {
      keyId: `resource/v2.1.2/${tenancy}/${resource}`,
      key: (await emulator.keys.get('resource')).privateKey,
    }
    expect((await send(emulator, `${SERVICE}${paths[2]}`, credentials)).status).toBe(401)
    const headers = { 'security-context': 'context-1' }
    expect((await send(emulator, new Request(`${SERVICE}${paths[2]}`, { headers }), credentials)).status).toBe(200)
  })
})

describe('nested resource principals', () => {
  test('go up level by level, as far as the answers lead', async () => {
    emulator.settings.parentLevels = 3
    let credentials = await asResource()
    let url: string | null = `${SERVICE}/20180711/resourcePrincipalToken/parents/1`
    const levels: string[] = []
    while (url !== null) {
      const response = await send(emulator, url, credentials)
      url = response.headers.get('opc-parent-rpt-url')
      credentials = await sessionOf(await exchange((await response.json()) as Given, credentials))
      levels.push(String((await emulator.tokens.read(credentials.token ?? ''))['sub']))
    }
    expect(levels.map((id) => id.replace(/a+$/, '').slice(-1))).toEqual(['1', '2', '3'])
  })

  test('cannot skip a level', async () => {
    const response = await send(emulator, `${SERVICE}/20180711/resourcePrincipalToken/parents/2`, await asResource())
    expect(reason(response)).toContain('one level below')
  })

  test('lead back to themselves when told to', async () => {
    emulator.settings.parentCycle = true
    const url = `${SERVICE}/20180711/resourcePrincipalToken/parents/1`
    const response = await send(emulator, url, await asResource())
    expect(response.headers.get('opc-parent-rpt-url')).toBe(url)
  })

  test('are served at the root path as well', async () => {
    expect((await send(emulator, `${SERVICE}/`, await asResource())).status).toBe(200)
  })
})

describe('the files of resource principal 2.2', () => {
  const places = { tokenPath: '/rp/rpst', keyPath: '/rp/private.pem' }

  test('are replaced key first, then token, and belong together in the end', async () => {
    const files = new Map<string, string>()
    const order: string[] = []
    for await (const { path, content } of rotateResourceFiles(emulator, {
      ...places,
      compartment: 'ocid1.compartment.oc1..b',
    })) {
      files.set(path, content)
      order.push(path)
    }
    expect(order).toEqual([places.keyPath, places.tokenPath])
    const credentials = await tokenCredentials(emulator, files.get(places.tokenPath) ?? '', 'resource-session-1')
    expect((await send(emulator, `${IDENTITY}/20160918/regions`, credentials)).status).toBe(200)
    expect(files.get(places.keyPath)).toBe((await emulator.keys.get('resource-session-1')).privateKeyPem.trimEnd())
    const claims = await emulator.tokens.read(files.get(places.tokenPath) ?? '')
    expect(claims['res_compartment']).toBe('ocid1.compartment.oc1..b')
  })

  test('show half of each file first, and end with a line break, when told to', async () => {
    const steps: { path: string; content: string }[] = []
    const rotation = { ...places, halfWritten: true, trailingLineBreak: true }
    for await (const step of rotateResourceFiles(emulator, rotation)) steps.push(step)
    expect(steps.map(({ path }) => path)).toEqual([places.keyPath, places.keyPath, places.tokenPath, places.tokenPath])
    expect(steps[1]?.content.startsWith(steps[0]?.content ?? '?')).toBe(true)
    expect(steps[3]?.content.endsWith('\n')).toBe(true)
  })
})
