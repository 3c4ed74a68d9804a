import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { messageQueue } from '../../src/credentials/alibaba-managed-messages.js'
import { timeToLive } from '../../src/credentials/alibaba-managed-schedule.js'
import { ServiceError } from '../../src/errors.js'
import { dkmsSecrets } from '../../src/federation/alibaba-dkms.js'
import { encodeDkmsError } from '../../src/federation/alibaba-dkms-messages.js'
import { secretFailover } from '../../src/federation/alibaba-failover.js'
import { type SecretSource, type SecretValue, secretValue } from '../../src/federation/alibaba-secret.js'
import { openClientKey } from '../../src/keys/alibaba-client-key.js'
import { alibabaClientKeyFile } from '../../src/testing/alibaba-account.js'
import { API, alibabaWorld, noWait } from '../testing/alibaba-world.js'

const DAY = 86_400_000
const refused = (serviceCode: string): ServiceError =>
  new ServiceError('SERVICE_ERROR', serviceCode, { status: 400, serviceCode })

// What the official providers get wrong. Each is a test here, so that nobody brings it back.
describe('what the official providers get wrong, and this one does not', () => {
  it('Python client: an access key and its secret are replaced while calls are being signed, never one without the other', async () => {
    const { managed, account } = alibabaWorld()
    const provider = managed()
    const held = await provider()
    account.rotate()
    const [kept, renewed] = await Promise.all([provider(), provider({ forceRefresh: held })])
    const pairs = [held, account.managed()].map((pair) => [pair?.accessKeyId, pair?.accessKeySecret])
    expect([kept, renewed].map(({ accessKeyId, accessKeySecret }) => [accessKeyId, accessKeySecret])).toEqual(pairs)
    expect(Object.isFrozen(renewed)).toBe(true)
  })

  it('Secrets Manager client: throttling by the server leads to the next region', async () => {
    const { secrets, account } = alibabaWorld()
    const throttled: SecretSource = () => Promise.reject(refused('Rejected.Throttling'))
    const found = await secretFailover([throttled, secrets], { sleep: noWait, maxRetries: 2 })(account.secretName)
    expect(found.secretName).toBe(account.secretName)
  })

  it('Secrets Manager client: a server error in a scheduled fetch does not end the schedule', async () => {
    const { managed, account, clock, secrets } = alibabaWorld()
    let [down, failures] = [false, 0]
    const provider = managed({
      onMessage: () => {
        failures += 1
      },
      secrets: async (name) => (down ? Promise.reject(refused('InternalFailure')) : secrets(name)),
    })
    await provider()
    down = true
    for (let day = 0; day < 3; day++) {
      clock.advance(DAY)
      await provider()
      await vi.waitFor(() => expect(failures).toBe(1 + day))
    }
    down = false
    account.rotate()
    clock.advance(DAY)
    await provider()
    await vi.waitFor(async () => expect((await provider()).accessKeyId).toBe(account.managed()?.accessKeyId))
  })

  it('Secrets Manager client: whoever listens is told once of each access key', async () => {
    const { managed, account } = alibabaWorld()
    const provider = managed()
    await provider()
    const listener = vi.fn()
    provider.subscribe(listener)
    account.rotate()
    await provider.refreshNow()
    await provider.refreshNow()
    expect(listener).toHaveBeenCalledOnce()
    await provider.shutdown()
  })

  it('Secrets Manager client: of several regions the first success counts, not the first that is done', async () => {
    const { secrets, account } = alibabaWorld()
    const throttled: SecretSource = () => Promise.reject(refused('Rejected.Throttling'))
    const forbidden: SecretSource = () => Promise.reject(refused('Forbidden.NoPermission'))
    const fetchSecret = secretFailover([throttled, forbidden, secrets], { sleep: noWait, maxRetries: 2 })
    expect((await fetchSecret(account.secretName)).secretName).toBe(account.secretName)
  })

  it('Python monitor: a stale access key raises an alarm, also when the secret tells no type', async () => {
    const { managed, clock, secrets } = alibabaWorld()
    let down = false
    const { add, drain } = messageQueue()
    const provider = managed({
      onMessage: add,
      secrets: async (name) => (down ? Promise.reject(refused('InternalFailure')) : secrets(name)),
    })
    await provider()
    down = true
    clock.advance(8 * DAY)
    await provider()
    expect(drain()).toMatchObject([{ action: 'monitorAkStatus', alarm: true }])
    expect(() => secretValue({ SecretName: 'a', SecretType: null, SecretData: '{}' })).toThrow(
      expect.objectContaining({ code: 'SERVICE_RESPONSE_INVALID' }),
    )
  })

  it('Java monitor: an interval of more than 24 days does not overflow', () => {
    const secret: SecretValue = {
      secretName: 'a',
      secretType: 'RAMCredentials',
      secretData: '',
      rotationInterval: '7776000s',
    }
    expect(timeToLive(secret, {}, 0)).toBe(90 * DAY)
  })

  it('Python provider: the type of the secret is compared whatever its case', async () => {
    const { managed, secrets } = alibabaWorld()
    const source: SecretSource = async (name) => ({ ...(await secrets(name)), secretType: 'RamCredentials' })
    expect((await managed({ secrets: source })()).accessKeyId).toMatch(/^LTAI/)
  })

  it('Python provider: a full queue of messages blocks nobody', () => {
    const { add, drain } = messageQueue()
    const message = {
      action: 'monitorAkStatus',
      secretName: 'a',
      accessKeyId: null,
      errorMessage: '',
      alarm: false,
    } as const
    for (let timestamp = 0; timestamp < 1500; timestamp++) add({ ...message, timestamp })
    expect([drain().length, drain().length]).toEqual([1000, 0])
  })

  it('Python provider: the end of one secret is not the end of the others, and a new beginning is possible', async () => {
    const { managed, account } = alibabaWorld()
    const [one, other] = [managed(), managed()]
    await Promise.all([one(), other()])
    await one.shutdown()
    account.rotate()
    expect(await other.refreshNow()).toBe(true)
    expect((await managed()()).accessKeyId).toBe(account.managed()?.accessKeyId)
  })

  it('transfer client: InvalidParam with any message is an error and no crash', async () => {
    const { emulator, clock } = alibabaWorld()
    const clientKey = await openClientKey(await alibabaClientKeyFile(emulator))
    for (const [ErrorMessage, code] of [
      ['Date is invalid', 'IllegalTimestamp'],
      ['Authorization is invalid', 'IncompleteSignature'],
      ['something else', 'InvalidParam'],
      ['', 'InvalidParam'],
    ] as const) {
      const body = await encodeDkmsError({ StatusCode: 400, ErrorCode: 'InvalidParam', ErrorMessage, RequestId: 'r' })
      const fetch = async (): Promise<Response> => new Response(body, { status: 400 })
      const fetchSecret = dkmsSecrets({ endpoint: 'kst', clientKey, fetch, clock: clock.now, sleep: noWait })
      await expect(fetchSecret('a')).rejects.toMatchObject({ status: 400, serviceCode: code })
    }
    const html = async (): Promise<Response> => new Response('<html>', { status: 502 })
    const fetchSecret = dkmsSecrets({ endpoint: 'kst', clientKey, fetch: html, clock: clock.now, sleep: noWait })
    await expect(fetchSecret('a')).rejects.toMatchObject({ status: 502, code: 'SERVICE_ERROR' })
  })

  it('Python provider: no error shows the secret it is about', async () => {
    const { managed } = alibabaWorld()
    const secretData = '{"AccessKeyId":"LTAIhunter2","AccessKeySecret":""}'
    const secrets: SecretSource = async () => ({ secretName: 'a', secretType: 'RAMCredentials', secretData })
    const error: unknown = await managed({ secrets })().catch((reason: unknown) => reason)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2')
  })

  it('ali-oss: no request goes out with the old access key once a new one is known', async () => {
    const { managed, account, api, sent } = alibabaWorld()
    const provider = managed()
    await provider()
    account.rotate()
    await provider.refreshNow()
    const before = sent.length
    await Promise.all(Array.from({ length: 10 }, () => api(provider)(API)))
    expect(sent.length - before).toBe(10)
  })

  it('credentials-java: a failed refresh does not replace a key that is good', async () => {
    const { managed, clock, secrets } = alibabaWorld()
    let down = false
    const provider = managed({
      secrets: async (name) => (down ? Promise.reject(refused('InternalFailure')) : secrets(name)),
    })
    const held = await provider()
    down = true
    await expect(provider({ forceRefresh: held })).rejects.toThrow()
    clock.advance(61_000)
    expect(await provider()).toBe(held)
  })
})
