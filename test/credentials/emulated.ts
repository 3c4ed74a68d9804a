import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/testing/emulator.js'
import { type EmulatedPrincipal, emulatorEnvironment } from '../../src/testing/environment.js'
import { type FixturePaths, fixtureFiles } from '../../src/testing/fixture-files.js'
import type { CredentialsProvider, OciCredentials } from '../../src/types.js'
import { type HandClock, handClock } from '../fixtures/clock.js'
import { type MemoryRuntime, memoryRuntime } from '../fixtures/memory-runtime.js'

/** A machine that has one of OCI's identities, in an emulated cloud. */
export interface EmulatedMachine {
  readonly emulator: Emulator
  readonly runtime: MemoryRuntime
  readonly clock: HandClock
  readonly paths: FixturePaths
  /** What every provider is given in these tests: no real time, and no real waiting. */
  readonly settings: {
    readonly runtime: MemoryRuntime
    readonly clock: () => number
    readonly random: () => number
    readonly sleep: () => Promise<void>
  }
  /** Sends a signed request to a service that verifies it and answers whom it saw. */
  whoami(credentials: CredentialsProvider<OciCredentials>): Promise<Response>
}

export const ORIGIN = 'https://127.0.0.1:8443'
export const ECHO = 'https://echo.us-phoenix-1.oci.oraclecloud.com/echo'

export interface MachineOptions extends EmulatorOptions {
  readonly env?: Readonly<Record<string, string>>
}

/** A machine with the environment and the files of a principal. */
export async function emulatedMachine(
  principal?: EmulatedPrincipal,
  { env = {}, ...options }: MachineOptions = {},
): Promise<EmulatedMachine> {
  const clock = handClock()
  const emulator = createEmulator({ ...options, clock: clock.now })
  const { paths, files } = await fixtureFiles(emulator, '/fixtures')
  const { fingerprint } = await emulator.keys.get('user')
  const served = { http: ORIGIN, https: ORIGIN, oke: ORIGIN, paths, identities: emulator.identities, fingerprint }
  const fetch: typeof globalThis.fetch = (input, init) => emulator.fetch(input, init)
  const memory = memoryRuntime({
    env: { ...emulatorEnvironment(served, principal), ...env },
    files: Object.fromEntries(files.map(({ path, content }) => [path, content])),
    fetch,
  })
  const runtime: MemoryRuntime = { ...memory, connect: async () => fetch }
  const settings = { runtime, clock: clock.now, random: () => 0.5, sleep: async () => {} }
  return {
    emulator,
    runtime,
    clock,
    paths,
    settings,
    whoami: (credentials) =>
      createSignedFetch({ credentials, fetch, clock: clock.now, retry: false })(ECHO, {
        method: 'POST',
        body: '{"a":1}',
      }),
  }
}

/** Whether the key signs what the public key in the token verifies. */
export async function belongTogether({ key, claims }: OciCredentials): Promise<boolean> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const jwk = JSON.parse(String(claims?.['jwk'])) as JsonWebKey
  const verifier = await crypto.subtle.importKey(
    'jwk',
    { kty: 'RSA', n: jwk.n, e: jwk.e } as JsonWebKey,
    algorithm,
    false,
    ['verify'],
  )
  const data = new Uint8Array([1, 2, 3])
  const signature = await crypto.subtle.sign(algorithm, key as CryptoKey, data)
  return crypto.subtle.verify(algorithm, verifier, signature, data)
}
