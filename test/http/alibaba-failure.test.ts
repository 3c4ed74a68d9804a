import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ServiceError } from '../../src/errors.js'
import { alibabaCall, isRecoverable, withPlainFailure } from '../../src/http/alibaba-call.js'
import { readAlibabaFailure } from '../../src/http/alibaba-failure.js'
import { API, noWait } from '../testing/alibaba-world.js'

describe('the failures of services', () => {
  it.each([
    ['JSON', '{"Code":"A","Message":"m","RequestId":"r"}', {}],
    ['JSON in small letters', '{"code":"A","message":"m","requestId":"r"}', {}],
    ['JSON under Error', '{"Error":{"Code":"A","Message":"m","RequestId":"r"}}', {}],
    ['XML', '<?xml version="1.0"?><Error><Code>A</Code><Message>m</Message><RequestId>r</RequestId></Error>', {}],
    [
      'XML in a header',
      null,
      { 'x-oss-err': btoa('<Error><Code>A</Code><Message>m</Message><RequestId>r</RequestId></Error>') },
    ],
  ])('are read from %s', async (_, body, headers) => {
    const response = new Response(body, { status: 403, headers: headers as Record<string, string> })
    expect(await readAlibabaFailure(response)).toEqual({ status: 403, code: 'A', message: 'm', requestId: 'r' })
    expect(await response.text()).toBe(body ?? '')
  })

  it.each(['', 'not JSON', '[]', 'null', '{"Code":1}', '<html>', '{"Error":null}'])(
    'have no code in %j',
    async (body) => {
      expect((await readAlibabaFailure(new Response(body, { status: 500 })))?.code).toBe('')
    },
  )

  it.each([
    ['a code', { Code: 'SignatureDoesNotMatch' }, 'SignatureDoesNotMatch'],
    ['no code', {}, undefined],
    ['an empty code', { Code: '' }, undefined],
    ['a number as the code', { Code: 400 }, undefined],
  ])('keep what the server signed, the security token in it, out of messages with %s', async (_, code, serviceCode) => {
    const Message = 'Specified signature is not matched. server string to sign is:GET&SecurityToken%3Dhunter2'
    const fetch = async (): Promise<Response> => Response.json({ ...code, Message }, { status: 400 })
    const error = await alibabaCall(() => new Request(API), { fetch, sleep: noWait }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ServiceError)
    expect(error).toMatchObject({ message: expect.stringContaining('not matched') })
    expect((error as ServiceError).serviceCode).toBe(serviceCode)
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  it.each([
    'server string to sign is:GET&SecurityToken%3Dhunter2',
    '{"detail":"x-acs-security-token:hunter2"}',
    '{"errors":["SecurityToken=hunter2"]}',
  ])('keep a security token out of messages about %j too', async (body) => {
    const fetch = async (): Promise<Response> => new Response(body, { status: 400 })
    const error = await alibabaCall(() => new Request(API), { fetch, sleep: noWait }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ServiceError)
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  it('are not read beyond what an error is long, and the answer stays whole', async () => {
    const endless = (): Response =>
      new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(16_384).fill(97)) }), {
        status: 500,
      })
    const response = endless()
    expect(await readAlibabaFailure(response)).toEqual({ status: 500, code: '' })
    expect((await response.body?.getReader().read())?.value).toHaveLength(16_384)
    const error: unknown = await alibabaCall(() => new Request(API), {
      fetch: async () => endless(),
      retry: false,
    }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'SERVICE_RESPONSE_INVALID' })
  })

  it.each(['\u65e5\u672c', 'a b', 'a\r\nb', 'a'.repeat(129), ''])(
    'are told without what can be no request id: %j',
    async (RequestId) => {
      const response = (): Response =>
        Response.json({ Code: 'A', RequestId }, { status: 400, headers: { 'x-acs-request-id': 'of-the-header' } })
      expect(await readAlibabaFailure(response())).toMatchObject({ requestId: 'of-the-header' })
      const call = alibabaCall(() => new Request(API), { fetch: async () => response(), retry: false })
      await expect(call).rejects.toMatchObject({ serviceCode: 'A', requestId: 'of-the-header' })
    },
  )

  it.each([
    ['Rejected.Throttling', true],
    ['Throttling', true],
    ['Throttling.User', true],
    ['ThrottlingIsNoWord', false],
    ['Forbidden.NoPermission', false],
  ])('may pass, or not: %s', (serviceCode, passes) => {
    expect(isRecoverable(new ServiceError('SERVICE_ERROR', '', { status: 400, serviceCode }))).toBe(passes)
    expect(isRecoverable(new Error(serviceCode))).toBe(false)
  })

  it.each([
    ['Not matched. server string to sign is:secret', 'Not matched.'],
    ['Not matched; the StringToSign is secret', 'Not matched;'],
    ['CanonicalRequest: secret', ''],
    ['Nothing of the kind.', 'Nothing of the kind.'],
    [`${'a'.repeat(60_000)} string to sign`, ''],
  ])('lose the sentence about what was signed: %#', async (Message, kept) => {
    const plain = await withPlainFailure(Response.json({ Code: 'A', Message }, { status: 400 }))
    expect((await plain.json()).Message).toBe(kept)
  })
})
