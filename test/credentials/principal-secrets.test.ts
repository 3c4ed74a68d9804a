import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { defaultProvider } from '../../src/auto.js'
import { withDelegation } from '../../src/credentials/delegation-token.js'
import { instancePrincipal } from '../../src/credentials/instance-principal.js'
import { okeWorkloadIdentity } from '../../src/credentials/oke-workload-identity.js'
import type { PrincipalOptions } from '../../src/credentials/principal-options.js'
import { resourcePrincipal } from '../../src/credentials/resource-principal.js'
import { scopedToken } from '../../src/credentials/scoped-token.js'
import type { Emulator } from '../../src/testing/emulator.js'
import type { EmulatedPrincipal } from '../../src/testing/environment.js'
import type { Fault } from '../../src/testing/faults.js'
import type { CredentialsProvider, OciCredentials } from '../../src/types.js'
import { type EmulatedMachine, emulatedMachine } from './emulated.js'

/** Everything that was shown to anyone: messages, causes, stacks, events, attempts, and what was printed. */
class Shown {
  readonly #texts: string[] = []
  readonly record = (thing: unknown): void => {
    this.#texts.push(inspect(thing, { depth: 20, showHidden: true }), String(thing), JSON.stringify(thing) ?? '')
    if (thing instanceof Error) this.#texts.push(thing.stack ?? '')
  }

  get text(): string {
    return this.#texts.join('\n')
  }
}

const JWT = /eyJ[\w-]{20,}\.[\w-]{20,}/
const PEM_BODY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/

type Make = (machine: EmulatedMachine, options: PrincipalOptions) => CredentialsProvider<OciCredentials>

const PRINCIPALS: readonly (readonly [EmulatedPrincipal, Make])[] = [
  ['instance-principal', (_, options) => instancePrincipal(options)],
  [
    'delegation-token',
    ({ paths }, options) => withDelegation(instancePrincipal(options), { file: paths.delegationToken }, options),
  ],
  ['resource-principal-1.1', (_, options) => resourcePrincipal(options)],
  ['resource-principal-2.1.2', (_, options) => resourcePrincipal(options)],
  ['resource-principal-2.2', (_, options) => resourcePrincipal(options)],
  ['resource-principal-3.0', (_, options) => resourcePrincipal(options)],
  ['oke-workload-identity', (_, options) => okeWorkloadIdentity(options)],
  [
    'instance-principal',
    (_, options) =>
      scopedToken({ ...options, credentials: instancePrincipal(options), scope: 's', endpoint: 'https://127.0.0.1' }),
  ],
  ['instance-principal', (_, options) => defaultProvider(options) as CredentialsProvider<OciCredentials>],
]

/** A service that throws everything it was sent back at the caller. */
const echo = (secret: string): Fault => ({
  effect: 'body',
  status: 400,
  body: JSON.stringify({ code: 'Echo', message: secret }),
  times: 0,
})

const TROUBLE: Readonly<Record<string, (emulator: Emulator, secret: string) => void>> = {
  'answers 500': ({ faults }) => faults.add({ effect: 'status', status: 500, times: 0 }),
  'answers HTML': ({ faults }) => faults.add({ effect: 'html', status: 200, times: 0 }),
  'breaks the connection': ({ faults }) => faults.add({ effect: 'disconnect', times: 0 }),
  'sends half of its answers': ({ faults }) => faults.add({ effect: 'truncate', times: 0 }),
  'sends back a token': ({ faults }, secret) => faults.add(echo(secret)),
  'gives tokens for other keys': ({ tokens }) => tokens.spoilNext(...Array(8).fill('other-key')),
  'gives tokens that have expired': ({ tokens }) => tokens.spoilNext(...Array(8).fill('expired')),
  'has revoked everything': (emulator) => emulator.tokens.revoke(emulator.clock() + 1e9),
}

// Every kind of trouble for one principal, and for the others those in which services hand out the most.
const everywhere = new Set(['sends back a token', 'gives tokens for other keys'])
const CASES = PRINCIPALS.flatMap(([principal, make], index) =>
  Object.entries(TROUBLE)
    .filter(([trouble]) => index === 0 || everywhere.has(trouble))
    .map(([trouble, cause]) => ({ principal, make, trouble, cause })),
)

describe('what principals show', () => {
  it.each(CASES)(
    'holds no token and no key: $principal, when a service $trouble',
    async ({ principal, make, cause }) => {
      const shown = new Shown()
      const spies = (['stdout', 'stderr'] as const).map((name) => vi.spyOn(process[name], 'write'))
      const machine = await emulatedMachine(principal, { env: { OCI_CLI_AUTH: '' } })
      const runtime = { ...machine.runtime, hasMetadataService: true }
      const options = { ...machine.settings, runtime, onEvent: shown.record, onRequest: shown.record }
      const provider = make(machine, options)
      const held = await provider()
      const secrets = [held.token, held.signedHeaders?.['opc-obo-token'], ...machine.runtime.contents.values()]
      cause(machine.emulator, held.token ?? '')
      await provider({ forceRefresh: held }).then(shown.record.bind(undefined, 'renewed'), shown.record)
      machine.clock.advance(100 * 3_600_000)
      await provider().then(shown.record.bind(undefined, 'renewed'), shown.record)
      shown.record(provider)
      const printed = spies.flatMap(({ mock }) => mock.calls.map(([text]) => String(text))).join('')
      for (const spy of spies) spy.mockRestore()
      for (const text of [shown.text, printed]) {
        expect(text).not.toMatch(JWT)
        expect(text).not.toMatch(PEM_BODY)
        for (const secret of secrets.filter((value) => value !== undefined)) {
          // Certificates and settings are no secrets; tokens and keys are, and so is any part of them.
          const part = secret.includes('PRIVATE KEY') ? secret.slice(60, 100) : secret.slice(-40)
          if (/PRIVATE KEY|^ey/.test(secret)) expect(text).not.toContain(part)
        }
      }
    },
  )
})
