import { describe, expect, it } from 'vitest'
import { ServiceError } from '../../src/errors.js'
import { failoverWait, secretFailover } from '../../src/federation/alibaba-failover.js'
import type { SecretSource, SecretValue } from '../../src/federation/alibaba-secret.js'
import { alibabaCall, isRecoverable } from '../../src/http/alibaba-call.js'
import { API } from '../testing/alibaba-world.js'

const failure = (serviceCode: string, retryable = false): ServiceError =>
  new ServiceError('SERVICE_ERROR', serviceCode, { status: 400, serviceCode, retryable })
const secret = { secretName: 'name', secretType: 'RAMCredentials', secretData: '{}' } satisfies SecretValue

/** A region that fails with these errors one after the other, the last one for ever, or then gives the secret. */
function region(...failures: readonly (ServiceError | undefined)[]) {
  let calls = 0
  const source: SecretSource = async () => {
    const error = failures[Math.min(calls, failures.length - 1)]
    calls += 1
    if (error) throw error
    return secret
  }
  return { source, calls: () => calls }
}

const quick = { random: () => 0, sleep: async () => undefined }
const THROTTLED = failure('Rejected.Throttling')

describe('the regions of KMS', () => {
  it('asks the first alone while it answers', async () => {
    const [one, other] = [region(undefined), region(undefined)]
    expect(await secretFailover([one.source, other.source], quick)('name')).toBe(secret)
    expect([one.calls(), other.calls()]).toEqual([1, 0])
  })

  it.each([
    'Rejected.Throttling',
    'ServiceUnavailableTemporary',
    'InternalFailure',
    'SDK.ReadTimeout',
    'SDK.ServerUnreachable',
    'SDK.HttpError',
    'SDK.TimeoutError',
  ])('goes on to the others after %s', async (code) => {
    const [one, other] = [region(failure(code)), region(undefined)]
    expect(await secretFailover([one.source, other.source], { ...quick, maxRetries: 3 })('name')).toBe(secret)
    expect(other.calls()).toBe(1)
  })

  it.each([
    [429, true],
    [500, true],
    [503, true],
    [400, false],
    [403, false],
  ])('goes on after an answer with %i: %s', async (status, goesOn) => {
    const fetch = async (): Promise<Response> => new Response('', { status })
    const call = alibabaCall(() => new Request(API), { fetch, retry: false })
    const error = await call.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'SERVICE_ERROR', status })
    expect(isRecoverable(error)).toBe(goesOn)
  })

  it('goes on after no answer', async () => {
    const unreachable = new ServiceError('SERVICE_UNREACHABLE', 'nobody there', { retryable: true })
    const [one, other] = [region(unreachable), region(undefined)]
    expect(await secretFailover([one.source, other.source], { ...quick, maxRetries: 3 })('name')).toBe(secret)
  })

  it.each(['Forbidden.NoPermission', 'Forbidden.ResourceNotFound', 'InvalidAccessKeyId.NotFound'])(
    'throws %s at once',
    async (code) => {
      const [one, other] = [region(failure(code)), region(undefined)]
      await expect(secretFailover([one.source, other.source], quick)('name')).rejects.toMatchObject({
        serviceCode: code,
      })
      expect([one.calls(), other.calls()]).toEqual([1, 0])
    },
  )

  it('takes the first that gives the secret, not the first that is done', async () => {
    const [one, broken, good] = [
      region(THROTTLED),
      region(failure('Forbidden.NoPermission')),
      region(THROTTLED, undefined),
    ]
    const sources = [one, broken, good].map(({ source }) => source)
    expect(await secretFailover(sources, { ...quick, maxRetries: 5 })('name')).toBe(secret)
    expect(broken.calls()).toBe(1)
  })

  it('tries the first again too', async () => {
    const one = region(THROTTLED, THROTTLED, undefined)
    expect(await secretFailover([one.source], quick)('name')).toBe(secret)
    expect(one.calls()).toBe(3)
  })

  it('gives the failure of the first when all of them fail', async () => {
    const [one, other] = [region(THROTTLED), region(failure('InternalFailure'))]
    const options = { ...quick, maxRetries: 4 }
    await expect(secretFailover([one.source, other.source], options)('name')).rejects.toBe(THROTTLED)
    expect([one.calls(), other.calls()]).toEqual([5, 4])
  })

  it('tries nothing again when it is told so', async () => {
    const [one, other] = [region(THROTTLED), region(undefined)]
    const fetchSecret = secretFailover([one.source, other.source], { ...quick, maxRetries: 0 })
    await expect(fetchSecret('name')).rejects.toBe(THROTTLED)
    expect([one.calls(), other.calls()]).toEqual([1, 0])
  })

  it('gives what the first said last when it came to refuse', async () => {
    const refusal = failure('Forbidden.NoPermission')
    const [one, other] = [region(THROTTLED, refusal), region(failure('InternalFailure'))]
    await expect(secretFailover([one.source, other.source], { ...quick, maxRetries: 4 })('name')).rejects.toBe(refusal)
  })

  it('ends when its time is over, or its caller gives up', async () => {
    const forever = (_: number, signal?: AbortSignal | null): Promise<void> =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    const { source } = region(THROTTLED)
    await expect(secretFailover([source], { ...quick, sleep: forever, totalMs: 10 })('name')).rejects.toBe(THROTTLED)
    const controller = new AbortController()
    const reason = new Error('no longer wanted')
    const waiting = secretFailover([source], { ...quick, sleep: forever })('name', { signal: controller.signal })
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })

  it('waits two seconds, then twice as long, ten at most, half of it by chance', () => {
    expect([0, 1, 2, 3, 9].map((retry) => failoverWait(retry, () => 1))).toEqual([2000, 4000, 8000, 10_000, 10_000])
    expect(failoverWait(0, () => 0)).toBe(1000)
  })
})
