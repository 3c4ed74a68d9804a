import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultProvider } from '../../src/auto.js'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { runtime } from '../../src/runtime/node.js'
import { type EmulatedPrincipal, emulatorEnvironment } from '../../src/testing/environment.js'
import type { Identities } from '../../src/testing/identities.js'

// Whoever starts a program in one of the emulator's environments gets that identity from the default chain, over HTTP.

let served: ServedEmulator

beforeAll(async () => {
  served = await serveEmulator()
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
