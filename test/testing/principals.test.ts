import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultProvider } from '../../src/auto.js'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { runtime } from '../../src/runtime/node.js'
import { type EmulatedPrincipal, emulatorEnvironment } from '../../src/testing/environment.js'
import type { Identities } from '../../src/testing/identities.js'
import type { ReceivedRequest } from '../../src/testing/received.js'
import type { Surface } from '../../src/testing/surface.js'
import { independentOpinion } from '../independent/verifier.js'

// Whoever starts a program in one of the emulator's environments gets that identity from the default chain, over HTTP.

let served: ServedEmulator
const received: ReceivedRequest[] = []

/** Looks at every request and answers none. */
const recorder: Surface = {
  name: 'recorder',
  matches(request) {
    received.push(request)
    return false
  },
  handle: () => new Response(null, { status: 500 }),
}

beforeAll(async () => {
  served = await serveEmulator({ surfaces: [recorder] })
})

afterAll(() => served.close())

const subjects: readonly (readonly [EmulatedPrincipal, (identities: Identities) => string])[] = [
  ['api-key', ({ user }) => user],
  ['session-token', ({ user }) => user],
  ['instance-principal', ({ instance }) => instance],
  ['delegation-token', ({ instance }) => instance],
  ['resource-principal-1.1', ({ resource }) => resource],
  ['resource-principal-2.1', ({ resource }) => resource],
  ['resource-principal-2.1.1', ({ resource }) => resource],
  ['resource-principal-2.1.2', ({ resource }) => resource],
  ['resource-principal-2.2', ({ resource }) => resource],
  ['resource-principal-3.0', () => 'ocid1.emulatedparent.oc1..aaaaaaaaemulatedparent1'.padEnd(84, 'a')],
  ['oke-workload-identity', ({ cluster }) => cluster],
]

test.each(subjects)('the environment of %s makes the default chain sign as it', async (principal, subject) => {
  const variables = emulatorEnvironment(served, principal)
  const credentials = defaultProvider({ runtime: { ...runtime, env: (name) => variables[name] } })
  const signedFetch = createSignedFetch({ credentials })
  const response = await signedFetch(`${served.http}/echo`, { method: 'POST', body: '{}' })
  const answer = (await response.json()) as { principal?: { subject: string; onBehalfOf?: string } }
  expect(response.headers.get('x-emulator-reason')).toBeNull()
  expect(answer.principal?.subject.replace(/a+$/, '')).toBe(subject(served.identities).replace(/a+$/, ''))
  expect(answer.principal?.onBehalfOf).toBe(principal === 'delegation-token' ? served.identities.user : undefined)
})

test('a verifier that shares nothing with the library agrees with each signature', async () => {
  const signed = received.filter(({ headers }) => headers.get('authorization')?.startsWith('Signature '))
  const keys = new Map(await Promise.all(['user', 'resource'].map(async (role) => [role, await pemOf(role)] as const)))
  const forms = new Set<string>()
  for (const request of signed) {
    const headers = Object.fromEntries(request.fields)
    const opinion = independentOpinion({ ...request, headers }, (keyId) => {
      const form = keyId.startsWith('ST$') ? 'token' : keyId.includes('/fed-x509') ? 'certificate' : 'own'
      forms.add(form)
      if (form === 'token') return boundKey(keyId.slice(3))
      if (form === 'certificate') return certifiedKey(request)
      return keys.get(keyId.startsWith('resource/') ? 'resource' : 'user')
    })
    expect(opinion.objections).toEqual([])
  }
  expect([...forms].sort()).toEqual(['certificate', 'own', 'token'])
  expect(signed.length).toBeGreaterThan(20)
})

async function pemOf(role: string): Promise<string> {
  return (await served.emulator.keys.get(role)).publicKeyPem
}

function boundKey(token: string): JsonWebKey {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jwk: string }
  return JSON.parse(claims.jwk) as JsonWebKey
}

function certifiedKey({ body }: ReceivedRequest): string {
  const { certificate } = JSON.parse(Buffer.from(body).toString()) as { certificate: string }
  const parsed = new X509Certificate(Buffer.from(certificate, 'base64'))
  return parsed.publicKey.export({ type: 'spki', format: 'pem' }).toString()
}
