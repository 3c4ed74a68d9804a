import { describe, expect, it } from 'vitest'
import { ServiceError } from '../../src/errors.js'
import { readTokenAnswer } from '../../src/federation/token-answer.js'
import { RETRY } from '../../src/http/retry.js'
import { readJson, type ServiceCallAttempt, type ServiceCallOptions, serviceCall } from '../../src/http/service-call.js'
import { NOON, rejection } from '../fixtures/signing.js'

const url = 'https://auth.eu-frankfurt-1.oraclecloud.com/v1/x509?secret=1'
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzZWNyZXQifQ.c2lnbmF0dXJl'

/** A service that gives these answers, one after another, and remembers what it was sent. */
function service(...answers: readonly (Response | Error | (() => Response | Promise<Response>))[]) {
  const sent: Request[] = []
  const waits: number[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    sent.push(new Request(input, init))
    const answer = answers[sent.length - 1]
    if (answer === undefined) throw new Error('The service was called more often than expected.')
    if (answer instanceof Error) throw answer
    return typeof answer === 'function' ? answer() : answer
  }
  const sleep = async (ms: number): Promise<void> => void waits.push(ms)
  return { sent, waits, options: { fetch, sleep, random: () => 0 } satisfies ServiceCallOptions }
}

const failed = (
  status: number,
  body: unknown = { code: 'InternalError', message: 'Try later.' },
  headers: Record<string, string> = {},
): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'opc-request-id': 'REQ1', ...headers },
  })
const post = (): Request =>
  new Request(url, { method: 'POST', body: '{"a":1}', headers: { authorization: 'Signature secret' } })

describe('serviceCall', () => {
  it('gives a success with its body', async () => {
    const { options } = service(new Response('{"token":"t"}', { headers: { 'opc-request-id': 'REQ1' } }))
    const response = await serviceCall(post(), options)
    expect(response.headers.get('opc-request-id')).toBe('REQ1')
    expect(await readJson(response, 'the token')).toEqual({ token: 't' })
  })

  it('leaves the answer its address, for messages about what is in it', async () => {
    const { options } = service(Object.defineProperty(new Response('{"token":""}'), 'url', { value: url }))
    const response = await serviceCall(post(), options)
    expect(await rejection(readTokenAnswer(response))).toMatchObject({
      code: 'SERVICE_RESPONSE_INVALID',
      endpoint: 'https://auth.eu-frankfurt-1.oraclecloud.com/v1/x509',
      message: expect.stringContaining('from https://auth.eu-frankfurt-1.oraclecloud.com/v1/x509, found'),
    })
    expect(await rejection(readTokenAnswer(new Response('{}')))).toMatchObject({ endpoint: undefined })
  })

  it('builds each attempt anew, so that it is signed anew', async () => {
    const { sent, waits, options } = service(failed(503), new TypeError('fetch failed'), new Response('done'))
    let built = 0
    const build = async () =>
      new Request(url, { method: 'POST', body: `${++built}`, headers: { 'x-date': `date ${built}` } })
    expect(await (await serviceCall(build, options)).text()).toBe('done')
    expect(sent.map(({ headers }) => headers.get('x-date'))).toEqual(['date 1', 'date 2', 'date 3'])
    expect(await Promise.all(sent.map((request) => request.text()))).toEqual(['1', '2', '3'])
    expect(waits).toEqual([1000, 2000])
  })

  it('sends the same body again when it was given a Request', async () => {
    const { sent, options } = service(failed(503), new Response('done'))
    await serviceCall(post(), options)
    expect(await sent[1]?.text()).toBe('{"a":1}')
  })

  it('waits as long as the service asks', async () => {
    const { waits, options } = service(failed(429, '', { 'retry-after': '5' }), new Response('done'))
    await serviceCall(post(), options)
    expect(waits).toEqual([5000])
  })

  it('does not follow redirects', async () => {
    const { sent, options } = service(
      new Response(null, { status: 307, headers: { location: 'https://evil.example/' } }),
    )
    const error = await rejection(serviceCall(post(), options))
    expect(error).toMatchObject({ name: 'ServiceError', code: 'REDIRECT_REFUSED', status: 307 })
    expect(sent).toMatchObject([{ redirect: 'manual' }])
  })

  it.each([
    [300, 'REDIRECT_REFUSED'],
    [399, 'REDIRECT_REFUSED'],
    [400, 'SERVICE_ERROR'],
  ])('takes the status %i for a %s', async (status, code) => {
    const { options } = service(new Response(null, { status }))
    expect(await rejection(serviceCall(post(), options))).toMatchObject({ code, status })
  })

  it('tries as often as its policy says, and no more', async () => {
    const { sent, options } = service(...Array.from({ length: 3 }, () => failed(500)))
    const error = await rejection(serviceCall(post(), { ...options, retry: RETRY.FEDERATION }))
    expect(error).toMatchObject({ code: 'SERVICE_ERROR', status: 500, attempts: 3, retryable: true })
    expect(String(error)).toContain(' after 3 attempts;')
    expect(sent).toHaveLength(3)
  })

  it('tries once when retries are off', async () => {
    const { sent, options } = service(failed(500))
    expect(await rejection(serviceCall(post(), { ...options, retry: false }))).toMatchObject({ attempts: 1 })
    expect(sent).toHaveLength(1)
  })

  it('tries a passing conflict again, and another one not', async () => {
    const passing = service(failed(409, { code: 'IncorrectState', message: '' }), new Response('done'))
    expect(await (await serviceCall(post(), passing.options)).text()).toBe('done')
    const lasting = service(failed(409, { code: 'NotAuthorizedOrResourceAlreadyExists', message: '' }))
    expect(await rejection(serviceCall(post(), lasting.options))).toMatchObject({
      status: 409,
      attempts: 1,
      retryable: false,
    })
  })

  it('ends with what was answered when the wait would outlast the time it has, and does not wait', async () => {
    const { sent, waits, options } = service(failed(503, undefined, { 'retry-after': '60' }))
    const retry = { ...RETRY.FEDERATION, totalMs: 30_000 }
    const error = await rejection(serviceCall(post(), { ...options, retry }))
    expect(error).toMatchObject({ code: 'SERVICE_ERROR', status: 503, requestId: 'REQ1', attempts: 1 })
    expect(sent).toHaveLength(1)
    expect(waits).toEqual([])
  })

  it('tries again although the clock was set right in between', async () => {
    let now = NOON
    const { options } = service(failed(503), new Response('done'))
    const response = await serviceCall(post(), { ...options, clock: () => (now += 3_600_000) })
    expect(await response.text()).toBe('done')
  })

  it('fails when building a later attempt fails, with that very error', async () => {
    const { options } = service(failed(503))
    let built = 0
    const build = () => {
      if (++built > 1) throw new ServiceError('SERVICE_ERROR', 'No key any more.')
      return post()
    }
    expect(await rejection(serviceCall(build, options))).toEqual(new ServiceError('SERVICE_ERROR', 'No key any more.'))
  })
})

describe('what an error tells', () => {
  it('the status, the code, the message and the request id', async () => {
    const { options } = service(
      failed(401, { code: 'NotAuthenticated', message: 'The required information was not provided.' }),
    )
    const error = await rejection(serviceCall(post(), options))
    expect(error).toMatchObject({
      name: 'ServiceError',
      code: 'SERVICE_ERROR',
      status: 401,
      serviceCode: 'NotAuthenticated',
      requestId: 'REQ1',
      endpoint: 'https://auth.eu-frankfurt-1.oraclecloud.com/v1/x509',
      attempts: 1,
      retryable: false,
    })
    expect(String(error)).toContain(
      '401 NotAuthenticated "The required information was not provided." after 1 attempt; request id REQ1;',
    )
  })

  it.each([
    ['OAuth', { error: 'invalid_client', error_description: 'Unknown client.' }, 'invalid_client', '"Unknown client."'],
    ['OCI', { code: 'NotAuthenticated', message: 'Signature.' }, 'NotAuthenticated', '"Signature."'],
    ['another service', { errorCode: 'Forbidden' }, 'Forbidden', ''],
    ['Alibaba Cloud', { Code: 'NoPermission', Message: 'Not yours.' }, 'NoPermission', '"Not yours."'],
    ['SCIM', { detail: 'No such app.', status: '404' }, undefined, '"No such app."'],
    ['Vault', { errors: ['', 'permission denied'] }, undefined, '"permission denied"'],
    ['a long code', { code: 'c'.repeat(81) }, `${'c'.repeat(80)}…`, ''],
    ['JSON that says nothing', {}, undefined, ''],
    ['JSON that is no object', ['error'], undefined, ''],
  ])('what %s says', async (_, body, serviceCode, words) => {
    const { options } = service(failed(400, body, { 'content-type': 'application/json' }))
    const error = await rejection(serviceCall(post(), options))
    expect(error).toMatchObject({ status: 400, serviceCode })
    expect(String(error)).toContain(`found ${[400, serviceCode, words].filter(Boolean).join(' ')} after 1 attempt`)
  })

  it.each(['opc-request-id', 'x-oracle-dms-ecid', 'x-acs-request-id', 'x-request-id'])(
    'the request id of %s',
    async (name) => {
      const { options } = service(new Response(null, { status: 404, headers: { [name]: 'ID1' } }))
      expect(await rejection(serviceCall(post(), options))).toMatchObject({ requestId: 'ID1' })
    },
  )

  it.each([
    ['a page', '<html><body>502 Bad Gateway</body></html>', 'Bad Gateway'],
    ['text', 'instance not found\n', 'instance not found'],
    ['nothing', '', '404'],
  ])('what %s that is not JSON says', async (_, body, words) => {
    const { options } = service(failed(404, body, { 'content-type': 'text/html' }))
    const error = await rejection(serviceCall(post(), options))
    expect(error).toMatchObject({ code: 'SERVICE_ERROR', status: 404 })
    expect(String(error)).toContain(words)
  })

  it('no secret, neither of the request nor of the answer', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIsecret\n-----END PRIVATE KEY-----'
    const { options } = service(
      failed(400, { code: `bad ${TOKEN}`, message: `The token ST$${TOKEN} and ${pem} are wrong.` }),
    )
    const error = await rejection(serviceCall(post(), options))
    const all = `${String(error)} ${JSON.stringify(error)} ${inspected(error)}`
    for (const secret of ['eyJ', 'MIIsecret', 'Signature secret', 'secret=1']) expect(all).not.toContain(secret)
  })

  it('no more than the first words of a long message', async () => {
    const { options } = service(failed(400, 'x'.repeat(100_000)))
    expect(String(await rejection(serviceCall(post(), options))).length).toBeLessThan(600)
  })

  it('what the service says as words of one line, whatever a terminal would make of it', async () => {
    const message = '\u001b[2Jall\r\nis \u009bwell'
    const { options } = service(failed(400, { code: 'Bad\u0007Code', message }))
    const error = await rejection(serviceCall(post(), options))
    expect(error).toMatchObject({ serviceCode: 'Bad Code' })
    expect(String(error)).toContain('400 Bad Code "[2Jall is well"')
  })

  it('that there was no answer, and the reason', async () => {
    const cause = new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
    const { options } = service(cause)
    const error = await rejection(serviceCall(post(), { ...options, retry: false }))
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', attempts: 1, retryable: true, cause })
  })

  it('that there was no answer in time', async () => {
    const { options } = service(() => new Promise(() => {}))
    const error = await rejection(serviceCall(post(), { ...options, retry: false, timeoutMs: 1 }))
    expect(error).toMatchObject({ code: 'TIMEOUT', attempts: 1, retryable: true })
  })

  it('that the connection broke within the body, which is tried again', async () => {
    const broken = () =>
      new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) }))
    const { options } = service(broken, new Response('done'))
    expect(await (await serviceCall(post(), options)).text()).toBe('done')
  })
})

describe('limits', () => {
  it.each([Number.POSITIVE_INFINITY, 3e9, 0.5])('takes %s milliseconds for as long as a timer can be', async (time) => {
    const { options } = service(async () => new Response('done'))
    const call = { ...options, timeoutMs: time === 0.5 ? 99.5 : time, retry: { ...RETRY.DEFAULT, totalMs: time * 1e6 } }
    expect(await (await serviceCall(post(), call)).text()).toBe('done')
  })

  it.each([0, -1, Number.NaN])('refuses durations of %s milliseconds', async (time) => {
    const { sent, options } = service()
    const retry = { ...RETRY.DEFAULT, totalMs: time }
    for (const durations of [{ timeoutMs: time }, { retry }]) {
      const error = await rejection(serviceCall(post(), { ...options, ...durations }))
      expect(error).toMatchObject({ name: 'UsageError', code: 'OPTION_INVALID' })
    }
    expect(sent).toHaveLength(0)
  })

  it('refuses an answer that is too long, without reading on', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(1000))
      },
    })
    const { options } = service(new Response(endless, { headers: { 'opc-request-id': 'REQ1' } }))
    const error = await rejection(serviceCall(post(), { ...options, maxResponseBytes: 5000 }))
    expect(error).toMatchObject({ code: 'SERVICE_RESPONSE_INVALID', requestId: 'REQ1' })
    expect(pulled).toBeLessThan(10)
  })

  it.each([
    'http://auth.example.com/v1',
    'http://10.0.0.1/',
    'http://169.255.0.1/',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
  ])('does not call %s in the clear', async (insecure) => {
    const { sent, options } = service()
    const error = await rejection(serviceCall(new Request(insecure), options))
    expect(error).toMatchObject({ name: 'UsageError', code: 'URL_INVALID', message: expect.stringContaining('https:') })
    expect(sent).toHaveLength(0)
  })

  it.each([
    'http://localhost:8080/',
    'http://127.0.0.1/',
    'http://[::1]:8080/',
    'http://169.254.169.254/opc/v2/instance/',
    'http://[fd00:c1::a9fe:a9fe]/opc/v2/instance/',
    'http://100.100.100.200/latest/meta-data/',
    'https://auth.example.com/v1',
  ])('calls %s', async (allowed) => {
    const { options } = service(new Response('done'))
    expect((await serviceCall(new Request(allowed), options)).status).toBe(200)
  })

  it('calls anyone in the clear when that is asked for by name', async () => {
    const { options } = service(new Response('done'))
    expect(
      (await serviceCall(new Request('http://emulator:8080/'), { ...options, allowInsecureHttp: true })).status,
    ).toBe(200)
  })

  it('looks at the URL of every attempt', async () => {
    const { options } = service(failed(503))
    let built = 0
    const error = await rejection(serviceCall(() => new Request(++built === 1 ? url : 'http://evil.example/'), options))
    expect(error).toMatchObject({ code: 'URL_INVALID' })
  })
})

describe('aborting', () => {
  it('ends a call under way, with the reason', async () => {
    const controller = new AbortController()
    const fetch: typeof globalThis.fetch = (input) =>
      new Promise((_, reject) => {
        const { signal } = input as Request
        signal.addEventListener('abort', () => reject(signal.reason))
        controller.abort(new Error('enough'))
      })
    expect(await rejection(serviceCall(post(), { fetch, signal: controller.signal }))).toEqual(new Error('enough'))
  })

  it('begins nothing when it was aborted before', async () => {
    const { sent, options } = service()
    const build = () => {
      throw new Error('built')
    }
    const signal = AbortSignal.abort(new Error('enough'))
    expect(await rejection(serviceCall(build, { ...options, signal }))).toEqual(new Error('enough'))
    expect(sent).toHaveLength(0)
  })

  it('ends a wait', async () => {
    const controller = new AbortController()
    const { sent, options } = service(failed(503))
    const sleep: ServiceCallOptions['sleep'] = async (_, signal) => {
      controller.abort(new Error('enough'))
      signal?.throwIfAborted()
    }
    expect(await rejection(serviceCall(post(), { ...options, sleep, signal: controller.signal }))).toEqual(
      new Error('enough'),
    )
    expect(sent).toHaveLength(1)
  })
})

describe('the log', () => {
  it('sees each attempt, and nothing that is secret', async () => {
    const attempts: ServiceCallAttempt[] = []
    const { options } = service(failed(503), new TypeError('fetch failed'), new Response('done'))
    await serviceCall(post(), { ...options, clock: () => 0, onRequest: (attempt) => attempts.push(attempt) })
    const endpoint = 'https://auth.eu-frankfurt-1.oraclecloud.com/v1/x509'
    expect(attempts).toEqual([
      { attempt: 1, method: 'POST', endpoint, status: 503, requestId: 'REQ1', durationMs: 0 },
      { attempt: 2, method: 'POST', endpoint, durationMs: 0 },
      { attempt: 3, method: 'POST', endpoint, status: 200, durationMs: 0 },
    ])
    expect(JSON.stringify(attempts)).not.toMatch(/secret/)
  })
})

describe('the log that fails', () => {
  it('is told of an attempt once, and ends the call', async () => {
    const { options } = service(new Response('done'))
    let told = 0
    const onRequest = (): void => {
      told += 1
      throw new Error('no log')
    }
    expect(await rejection(serviceCall(post(), { ...options, onRequest }))).toEqual(new Error('no log'))
    expect(told).toBe(1)
  })
})

describe('readJson', () => {
  it('refuses what is not JSON, without repeating it', async () => {
    const error = await rejection(
      readJson(new Response(`token: ${TOKEN}`, { headers: { 'opc-request-id': 'REQ1' } }), 'the token'),
    )
    expect(error).toMatchObject({ code: 'SERVICE_RESPONSE_INVALID', status: 200, requestId: 'REQ1' })
    expect(inspected(error)).not.toContain('eyJ')
  })
})

/** Everything that a console would show. */
function inspected(error: unknown): string {
  const { message, stack, cause, ...rest } = Object(error) as Error
  return [message, stack, JSON.stringify(rest), cause === undefined ? '' : inspected(cause)].join('\n')
}
