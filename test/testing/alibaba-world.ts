import { alibabaAccessKey } from '../../src/credentials/alibaba-access-key.js'
import {
  type AlibabaManagedOptions,
  alibabaManaged,
  type ManagedAlibabaProvider,
} from '../../src/credentials/alibaba-managed.js'
import { kmsSecrets } from '../../src/federation/alibaba-kms.js'
import type { SecretSource } from '../../src/federation/alibaba-secret.js'
import { createAlibabaFetch } from '../../src/http/alibaba-fetch.js'
import { type Acs3Options, signAcs3 } from '../../src/signers/alibaba-acs3.js'
import { type AlibabaAccount, alibabaAccount } from '../../src/testing/alibaba-account.js'
import { createEmulator, type Emulator } from '../../src/testing/emulator.js'
import { type HandClock, handClock } from '../fixtures/clock.js'

/** An emulated Alibaba Cloud with a clock by hand, and everything that a test of managed credentials needs. */
export interface AlibabaWorld {
  readonly emulator: Emulator
  readonly account: AlibabaAccount
  readonly clock: HandClock
  /** Every request to the emulator, in order. */
  readonly sent: Request[]
  readonly fetch: typeof fetch
  readonly secrets: SecretSource
  managed(options?: Partial<AlibabaManagedOptions>): ManagedAlibabaProvider
  /** An Open API `fetch` that signs with a provider. */
  api(
    provider: ManagedAlibabaProvider,
    options?: Partial<Parameters<typeof createAlibabaFetch<Acs3Options>>[0]>,
  ): typeof fetch
  /** How often a secret was asked for. */
  reads(): number
}

export const API = 'https://ecs.cn-hangzhou.aliyuncs.com/'
export const noWait = async (): Promise<void> => undefined

export function alibabaWorld(): AlibabaWorld {
  const clock = handClock()
  const emulator = createEmulator({ clock: clock.now })
  const account = emulator.of(alibabaAccount)
  const sent: Request[] = []
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    sent.push(request.clone())
    return emulator.fetch(request)
  }
  const access = alibabaAccessKey(account.accessKey)
  const secrets = kmsSecrets({ region: account.region, access, fetch: send, clock: clock.now })
  return {
    emulator,
    account,
    clock,
    sent,
    fetch: send,
    secrets,
    managed: (options) =>
      alibabaManaged({ secretName: account.secretName, secrets, clock: clock.now, random: () => 0, ...options }),
    api: (credentials, options) =>
      createAlibabaFetch<Acs3Options>({
        credentials,
        sign: signAcs3,
        signOptions: { action: 'DescribeRegions', version: '2014-05-26' },
        fetch: send,
        clock: clock.now,
        ...options,
      }),
    reads: () => sent.filter(({ headers }) => headers.get('x-acs-action') === 'GetSecretValue').length,
  }
}

/** The same request with other headers, or at another URL: what a signature must not survive. */
export function changed(request: Request, headers: Readonly<Record<string, string>>, url = request.url): Request {
  return new Request(url, { method: request.method, headers: { ...Object.fromEntries(request.headers), ...headers } })
}
