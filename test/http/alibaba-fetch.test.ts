import { describe, expect, it, vi } from 'vitest'
import { alibabaAccessKey } from '../../src/credentials/alibaba-access-key.js'
import { EXPIRED_ACCESS_KEY_CODES, expiredAccessKey } from '../../src/http/alibaba-expiry.js'
import { createAlibabaFetch } from '../../src/http/alibaba-fetch.js'
import { signOss1 } from '../../src/signers/alibaba-oss1.js'
import { signOss4 } from '../../src/signers/alibaba-oss4.js'
import { API, alibabaWorld } from '../testing/alibaba-world.js'

const OBJECT = 'https://my-bucket.oss-cn-hangzhou.aliyuncs.com/report.txt'

/** Answers the first requests with errors of these codes, and those after that as the emulator does. */
const refusing =
  (send: typeof fetch, ...codes: readonly string[]): typeof fetch =>
  async (input, init) => {
    const remaining = codes as string[]
    const request = new Request(input, init)
    if (request.headers.get('x-acs-action') === 'GetSecretValue') return send(request)
    const Code = remaining.shift()
    return Code === undefined ? send(request) : Response.json({ Code, RequestId: '1' }, { status: 400 })
  }

describe('an access key that has expired', () => {
  it.each(EXPIRED_ACCESS_KEY_CODES)('is replaced once, and the call is made once more: %s', async (code) => {
    const { managed, account, api, fetch, reads } = alibabaWorld()
    const provider = managed()
    await provider()
    account.rotate()
    const answers: number[] = []
    const send = refusing(fetch, code)
    const response = await api(provider, {
      fetch: async (input, init) => {
        const answer = await send(input, init)
        answers.push(answer.status)
        return answer
      },
    })(API)
    expect([response.status, (await response.json()).AccessKeyId]).toEqual([200, account.managed()?.accessKeyId])
    expect(answers).toEqual([400, 200])
    expect(reads()).toBe(2)
  })

  it('survives an emergency rotation with 100 requests in flight: all answered, one refresh, one retry each at most', async () => {
    const { managed, account, api, fetch, reads, sent } = alibabaWorld()
    const provider = managed()
    await provider()
    let waiting = 0
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const held: typeof globalThis.fetch = async (input, init) => {
      waiting += 1
      if (waiting === 100) {
        account.rotate()
        open()
      }
      await gate
      return fetch(input, init)
    }
    const call = api(provider, { fetch: held })
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => call(`${API}?Index=${index}`, { method: 'POST' })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200))
    expect(reads()).toBe(2)
    const tries = new Map<string, number>()
    for (const { url } of sent) {
      const index = new URL(url).searchParams.get('Index')
      if (index !== null) tries.set(index, (tries.get(index) ?? 0) + 1)
    }
    expect([tries.size, Math.max(...tries.values())]).toEqual([100, 2])
  })

  it('signs the second time with another nonce', async () => {
    const { managed, account, api, sent } = alibabaWorld()
    const provider = managed()
    await provider()
    account.rotate()
    await api(provider)(API)
    const nonces = sent.flatMap(({ headers }) => headers.get('x-acs-signature-nonce') ?? [])
    expect(new Set(nonces).size).toBe(nonces.length)
  })

  it('is not tried again when nobody rotated it', async () => {
    const { managed, api, fetch, reads } = alibabaWorld()
    const send = vi.fn(refusing(fetch, 'InvalidAccessKeyId.NotFound'))
    const response = await api(managed(), { fetch: send })(API)
    expect([response.status, (await response.json()).Code]).toEqual([400, 'InvalidAccessKeyId.NotFound'])
    expect([reads(), send.mock.calls.length]).toEqual([2, 1])
  })

  it('leads to no call of KMS when another call has replaced it already', async () => {
    const { managed, account, api, reads } = alibabaWorld()
    const provider = managed()
    const old = await provider()
    account.rotate()
    await provider.refreshNow()
    let first = true
    const slow = Object.assign(async (...args: Parameters<typeof provider>) => {
      const isFirst = first
      first = false
      return isFirst ? old : provider(...args)
    }, provider)
    expect((await api(slow)(API)).status).toBe(200)
    expect(reads()).toBe(2)
  })

  it('gives the first failure when KMS is down or the limit is reached', async () => {
    const { managed, account, api, secrets } = alibabaWorld()
    let down = false
    const provider = managed({ secrets: async (name) => (down ? Promise.reject(new Error('down')) : secrets(name)) })
    await provider()
    account.rotate()
    down = true
    const response = await api(provider)(API)
    expect([response.status, (await response.json()).Code]).toEqual([404, 'InvalidAccessKeyId.NotFound'])
  })

  it('gives the second failure as it is', async () => {
    const { managed, account, api, fetch } = alibabaWorld()
    const provider = managed()
    await provider()
    account.rotate()
    const response = await api(provider, { fetch: refusing(fetch, 'InvalidAccessKeyId', 'Throttling') })(API)
    expect((await response.json()).Code).toBe('Throttling')
  })

  it('is found through the header of a HEAD answer of OSS, and in its XML', async () => {
    for (const [sign, method] of [
      [signOss4, 'HEAD'],
      [signOss1, 'HEAD'],
      [signOss4, 'PUT'],
    ] as const) {
      const { managed, account, fetch, clock, reads } = alibabaWorld()
      const provider = managed()
      const call = createAlibabaFetch({ credentials: provider, sign, fetch, clock: clock.now })
      await call(OBJECT, { method: 'PUT', body: 'content' })
      account.rotate()
      expect((await call(OBJECT, { method, ...(method === 'PUT' && { body: 'new' }) })).status).toBe(200)
      expect(reads()).toBe(2)
    }
  })

  it('is not retried with a stream, which can be sent once', async () => {
    const { managed, account, fetch, clock } = alibabaWorld()
    const provider = managed()
    await provider()
    account.rotate()
    const send = vi.fn(fetch)
    const call = createAlibabaFetch({ credentials: provider, sign: signOss4, fetch: send, clock: clock.now })
    const init = { method: 'PUT', body: new Blob(['content']).stream(), duplex: 'half' }
    expect((await call(OBJECT, init)).status).toBe(403)
    expect(send).toHaveBeenCalledOnce()
  })
})

describe('what counts as expired', () => {
  const attempt = async (code: string, expired?: Parameters<typeof createAlibabaFetch>[0]['expired']) => {
    const { managed, account, api, fetch, reads } = alibabaWorld()
    const provider = managed()
    await provider()
    account.rotate()
    const onJudgeError = vi.fn()
    await api(provider, { fetch: refusing(fetch, code), onJudgeError, ...(expired && { expired }) })(API)
    return { refreshes: reads() - 1, judgeErrors: onJudgeError.mock.calls.length }
  }

  it.each([
    'Throttling',
    'Forbidden.RAM',
    'SignatureDoesNotMatch',
    'InvalidAccessKeyId.Inactive',
    'invalidaccesskeyid',
  ])('is not %s', async (code) => {
    expect(await attempt(code)).toEqual({ refreshes: 0, judgeErrors: 0 })
  })

  it('is one code of your own, in place of the usual ones', async () => {
    expect((await attempt('Unauthorized', expiredAccessKey('Unauthorized'))).refreshes).toBe(1)
    expect((await attempt('InvalidAccessKeyId', expiredAccessKey('Unauthorized'))).refreshes).toBe(0)
  })

  it('is a list of codes', async () => {
    const expired = expiredAccessKey([...EXPIRED_ACCESS_KEY_CODES, 'Unauthorized'])
    for (const code of ['Unauthorized', 'InvalidAccessKeyId']) expect((await attempt(code, expired)).refreshes).toBe(1)
  })

  it('is what a handler says, who sees status, code and request id', async () => {
    const expired = vi.fn(() => true)
    expect((await attempt('Anything', expired)).refreshes).toBe(1)
    expect(expired).toHaveBeenCalledWith({ status: 400, code: 'Anything', requestId: '1' })
  })

  it('is nothing when the handler throws, which is told', async () => {
    const expired = (): never => {
      throw new Error('a handler that fails')
    }
    expect(await attempt('InvalidAccessKeyId', expired)).toEqual({ refreshes: 0, judgeErrors: 1 })
  })
})

describe('the signed fetch', () => {
  it('corrects its clock by the answer, and remembers', async () => {
    const { account, emulator, fetch, clock, sent } = alibabaWorld()
    emulator.settings.clockSkewMs = 3_600_000
    const credentials = alibabaAccessKey(account.accessKey)
    const call = createAlibabaFetch({ credentials, sign: signOss4, fetch, clock: clock.now })
    for (const body of ['one', 'two']) expect((await call(OBJECT, { method: 'PUT', body })).status).toBe(200)
    expect(sent).toHaveLength(3)
  })

  it('refuses to send in the clear', async () => {
    const { managed, api, reads } = alibabaWorld()
    await expect(api(managed())('http://ecs.cn-hangzhou.aliyuncs.com/')).rejects.toMatchObject({ code: 'URL_INVALID' })
    expect(reads()).toBe(0)
  })

  it('takes a Request, and leaves it usable', async () => {
    const { managed, account, api } = alibabaWorld()
    const provider = managed()
    await provider()
    account.rotate()
    const request = new Request(API, {
      method: 'POST',
      body: 'A=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect((await (await api(provider)(request)).json()).Parameters).toEqual({ A: '1' })
    expect(await request.text()).toBe('A=1')
  })

  it('ends when its caller gives up', async () => {
    const { managed, api } = alibabaWorld()
    const reason = new Error('no longer wanted')
    await expect(api(managed())(API, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('refuses what is no URL, and a request that was read', async () => {
    const { managed, api } = alibabaWorld()
    const call = api(managed())
    await expect(call('/relative')).rejects.toMatchObject({ code: 'URL_INVALID' })
    const request = new Request(API, { method: 'POST', body: 'A=1' })
    await request.text()
    await expect(call(request)).rejects.toMatchObject({ code: 'BODY_NOT_REPLAYABLE' })
  })
})
