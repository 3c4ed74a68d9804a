import { describe, expect, it } from 'vitest'
import {
  captureRequest,
  captureResponse,
  readCapturedRequest,
  readCapturedResponse,
} from '../../src/explain/captured.js'
import { curlCommand } from '../../src/explain/curl-command.js'
import { quotedWord, shellWords } from '../../src/explain/shell-words.js'

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes)

describe('a curl command', () => {
  it.each([
    ['letters before -X', 'curl -sSX PUT https://x.example/', 'PUT', 'https://x.example/'],
    ['letters before a joined -X', 'curl -sXDELETE https://x.example/', 'DELETE', 'https://x.example/'],
    ['-I among letters', 'curl -sI https://x.example/', 'HEAD', 'https://x.example/'],
    [
      'long options without a value',
      'curl --path-as-is --compressed --no-progress-meter x.example/a',
      'GET',
      'http://x.example/a',
    ],
    [
      'options with a value',
      'curl -o file --max-time 5 -x http://proxy:1 https://x.example/',
      'GET',
      'https://x.example/',
    ],
    [
      '-G, which makes a query of the data',
      "curl -G -d a=1 -d b=2 'https://x.example/?c=3'",
      'GET',
      'https://x.example/?c=3&a=1&b=2',
    ],
    ['--url', 'curl --url=https://x.example/ -X patch', 'PATCH', 'https://x.example/'],
    ['-T', 'curl -T photo.jpg https://x.example/a', 'PUT', 'https://x.example/a'],
    ['-T into a folder', 'curl -T photo.jpg https://x.example/dir/', 'PUT', 'https://x.example/dir/photo.jpg'],
    ['-T to a host alone', 'curl -T photo.jpg x.example', 'PUT', 'http://x.example/photo.jpg'],
    [
      '-T of a file in a folder, with a name that a URL cannot hold',
      "curl -T 'in/a (1)!.txt' https://x.example/",
      'PUT',
      'https://x.example/a%20%281%29%21.txt',
    ],
    ['-T beside a query', 'curl -T photo.jpg https://x.example/?a=/', 'PUT', 'https://x.example/?a=/'],
    ['-T and a fragment', 'curl -T photo.jpg https://x.example/#a', 'PUT', 'https://x.example/photo.jpg#a'],
    ['-T of the standard input', 'curl -T - https://x.example/', 'PUT', 'https://x.example/'],
  ])('is read with %s', (_, line, method, url) => {
    expect(readCapturedRequest(line)).toMatchObject({ method, url })
  })

  it('is sent as a form unless a header says otherwise', () => {
    const headersOf = (line: string): unknown => readCapturedRequest(line).headers
    expect(headersOf('curl https://x.example/ -d a')).toEqual([['content-type', 'application/x-www-form-urlencoded']])
    expect(headersOf('curl https://x.example/ --json {}')).toEqual([['content-type', 'application/json']])
    expect(headersOf("curl https://x.example/ -d a -H 'Content-Type: text/plain'")).toEqual([
      ['Content-Type', 'text/plain'],
    ])
    expect(headersOf("curl https://x.example/ -d a -H 'content-type:' -H 'x-empty;'")).toEqual([['x-empty', '']])
  })

  it.each([
    ['--data-binary @a.json', { path: 'a.json', keepsLineBreaks: true }],
    ['-d @a.json', { path: 'a.json', keepsLineBreaks: false }],
    ['-T a.json', { path: 'a.json', keepsLineBreaks: true }],
  ])('names with %s the file that holds its body', (option, bodyFile) => {
    const request = readCapturedRequest(`curl https://x.example/ ${option}`)
    expect(request).toMatchObject({ bodyIsUnknown: true, bodyFile })
    expect(request.body).toBeUndefined()
  })

  it.each(['-d @-', '--data-binary @-', '-T -', '-T .'])('has a body that nobody knows with %s', (option) => {
    const request = readCapturedRequest(`curl https://x.example/ ${option}`)
    expect([request.bodyIsUnknown, request.bodyFile, request.body]).toEqual([true, undefined, undefined])
  })

  it('has a body that nobody knows when only a part of it is in a file', () => {
    const request = readCapturedRequest('curl https://x.example/ -d a=1 -d @rest')
    expect([request.bodyIsUnknown, request.bodyFile, request.body]).toEqual([true, undefined, undefined])
  })

  it.each([
    ['--data-urlencode', '--data-urlencode "a=hunter2 b"', /found --data-urlencode; write the body out/],
    ['--data-urlencode and -G', '-G --data-urlencode=a=hunter2', /found --data-urlencode; write the body out/],
    ['--form', '--form a=hunter2', /found --form; write the body out/],
    ['-F', '-sFa=hunter2', /found --form; write the body out/],
    ['--form after its flag', '--form-escape --form a=hunter2', /found --form; write the body out/],
    ['--form-string', '--form-string a=hunter2', /found --form-string; write the body out/],
    ['--url-query', '--url-query a=hunter2', /found --url-query; write the query out/],
    ['-G and data in a file', '-G -d @hunter2', /found --get with data in a file; write the query out/],
    ['-G and data that are in part in a file', '-G -d a=1 -d @hunter2', /found --get with data in a file/],
  ])('with %s does not show what was sent: it is refused, and not repeated', (_, options, message) => {
    const read = (): unknown => readCapturedRequest(`curl https://x.example/ ${options}`)
    expect(read).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }))
    expect(read).not.toThrow(/hunter2/)
  })

  it('takes text that begins with @ for text after --data-raw', () => {
    expect(text(readCapturedRequest("curl https://x.example/ --data-raw '@a'").body)).toBe('@a')
  })

  it.each([
    [
      'a request without a body',
      { method: 'GET', url: "https://x.example/a?b=[1]&c='d'", headers: { 'x-date': 'now' } },
      undefined,
    ],
    ['a HEAD', { method: 'HEAD', url: 'https://x.example/', headers: {} }, undefined],
    [
      'a body',
      { method: 'POST', url: 'https://x.example/', headers: { 'content-type': 'text/plain' } },
      "@it's\n$HOME `x` \\",
    ],
    [
      'a body without a content type, and an empty header',
      { method: 'PUT', url: 'https://x.example/', headers: { 'x-empty': '' } },
      'b',
    ],
  ])('that is written is read as it was: %s', (_, request, body) => {
    const read = readCapturedRequest(curlCommand(request, body === undefined ? undefined : { text: body }))
    expect(read).toMatchObject({ method: request.method, url: request.url, headers: Object.entries(request.headers) })
    expect(text(read.body)).toBe(body)
  })

  it.each(['', 'a b', "it's", '$HOME', '-x', 'ümlaut', 'a\nb', '!'])('keeps the word %j', (word) => {
    expect(shellWords(`curl ${quotedWord(word)}`)).toEqual(['curl', word])
  })

  it.each([
    ['no URL', 'curl -u ada:hunter2 -X POST'],
    ['another protocol', 'curl ftp://ada:hunter2@x.example/'],
    ['a URL that is none', 'curl https://ada:hunter2@[/'],
    ['a header without a colon', 'curl https://x.example/ -H hunter2'],
    ['an open quote', "curl https://x.example/ -H 'hunter2"],
  ])('with %s is refused, and not repeated', (_, line) => {
    const read = (): unknown => readCapturedRequest(line)
    expect(read).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(read).not.toThrow(/hunter2/)
  })
})

describe('an HTTP message', () => {
  const post = (body: string, length?: number): string =>
    [
      'POST /a HTTP/1.1',
      'Host: x.example',
      ...(length === undefined ? [] : [`Content-Length: ${length}`]),
      '',
      body,
    ].join('\r\n')

  it.each([
    ['the line break that an editor added', post('{"a": 1}\n', 8), '{"a": 1}'],
    ['a line break that was sent', post('{"a": 1}\n', 9), '{"a": 1}\n'],
    ['another length than the stated one', post('{"a": 1}', 5), '{"a": 1}'],
    ['no stated length', post('{"a": 1}\n\n'), '{"a": 1}'],
    ['an empty body', post('', 0), undefined],
  ])('is read with %s', (_, message, body) => {
    expect(text(readCapturedRequest(message).body)).toBe(body)
  })

  const trace = [
    '* Connected to x.example',
    '> POST /a?b=c HTTP/2',
    '> Host: x.example',
    '> x-date: now',
    '> content-length: 2',
    '> ',
    '} [2 bytes data]',
    '< HTTP/2 401 ',
    '< date: Thu, 15 Jan 2026 12:00:00 GMT',
    '< ',
    '{ [20 bytes data]',
    '{"code": "NotAuthenticated"}',
    '* Connection #0 to host x.example left intact',
  ].join('\n')

  it('is found in what curl --verbose prints', () => {
    expect(readCapturedRequest(trace)).toEqual({
      method: 'POST',
      url: 'https://x.example/a?b=c',
      headers: [
        ['Host', 'x.example'],
        ['x-date', 'now'],
        ['content-length', '2'],
      ],
      bodyIsUnknown: true,
    })
    expect(readCapturedResponse(trace)).toEqual({
      status: 401,
      headers: [['date', 'Thu, 15 Jan 2026 12:00:00 GMT']],
      body: '{"code": "NotAuthenticated"}',
    })
  })

  it.each([
    ['no host', 'GET /a HTTP/1.1\nx-date: now'],
    ['a line that is no header', 'GET /a HTTP/1.1\nHost: x.example\nhunter2'],
    ['a host that is none', 'GET /a HTTP/1.1\nHost: ada:hunter2@['],
    ['another beginning', 'hunter2'],
    ['nothing', ''],
  ])('with %s is refused, and not repeated', (_, message) => {
    const read = (): unknown => readCapturedRequest(message)
    expect(read).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(read).not.toThrow(/hunter2/)
  })

  it('names the line that is no header', () => {
    expect(() => readCapturedRequest('GET /a HTTP/1.1\nHost: x.example\nnothing')).toThrow(/line 3/)
  })

  it('takes no time for line breaks without an end', () => {
    const started = performance.now()
    readCapturedRequest(`${post(`${'\n'.repeat(200_000)}x`)}`)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('a request or an answer that was read before', () => {
  it('is captured without its body, which is then unknown', async () => {
    const request = new Request('https://x.example/', { method: 'POST', body: 'a' })
    await request.text()
    expect(await captureRequest(request)).toMatchObject({ method: 'POST', bodyIsUnknown: true })
    const response = new Response('a', { status: 401 })
    await response.text()
    expect(await captureResponse(response)).toEqual({ status: 401, headers: expect.any(Array) })
  })

  it('is captured without a body that breaks off, or that has no end', async () => {
    const broken = new ReadableStream({ pull: (stream) => stream.error(new Error('broken')) })
    const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(300_000)) })
    for (const body of [broken, endless]) {
      expect(await captureResponse(new Response(body, { status: 500 }))).not.toHaveProperty('body')
    }
  })
})
