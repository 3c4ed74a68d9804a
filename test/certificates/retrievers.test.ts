import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { fileCertificate, pemCertificate, urlCertificate } from '../../src/certificates/retrievers.js'
import { RETRY } from '../../src/http/retry.js'
import { memoryRuntime } from '../fixtures/memory-runtime.js'
import { openssl } from '../fixtures/openssl-keys.js'
import { type ChainOfTrust, chainOfTrust, newKeys, pkcs8Pem } from './chain-of-trust.js'

let trust: ChainOfTrust
let strangerKeyPem: string
beforeAll(async () => {
  trust = await chainOfTrust()
  strangerKeyPem = await pkcs8Pem(await newKeys())
})

const encryptedPkcs8 = (keyPem: string, passphrase: string): string =>
  openssl(['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${passphrase}`], keyPem).toString()

const signsForLeaf = async (key: CryptoKey | undefined): Promise<boolean> => {
  const data = new Uint8Array([1])
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key as CryptoKey, data)
  return crypto.subtle.verify('RSASSA-PKCS1-v1_5', trust.leaf.keys.publicKey, signature, data)
}

describe('pemCertificate', () => {
  it('gives the certificate as text, parsed and as DER, and the key as text and as a key that signs', async () => {
    const { pem, der, keyPem } = trust.leaf
    const pair = await pemCertificate({ certificate: `\n${pem}\n`, privateKey: keyPem }).read()
    expect(pair.text).toBe(pem.trim())
    expect(pair.der).toEqual(der)
    expect(pair.certificate.subject.length).toBeGreaterThan(3)
    expect(pair.privateKeyPem()).toBe(keyPem.trim())
    expect(await signsForLeaf(pair.privateKey)).toBe(true)
    expect(pair.privateKey?.extractable).toBe(false)
  })

  it('gives the same pair when it is refreshed', async () => {
    const retriever = pemCertificate({ certificate: trust.leaf.pem, privateKey: trust.leaf.keyPem })
    expect(await retriever.refresh()).toBe(await retriever.read())
  })

  it('does without a key', async () => {
    const pair = await pemCertificate({ certificate: trust.intermediate.pem }).read()
    expect(pair.privateKey).toBeUndefined()
    expect(pair.privateKeyPem()).toBeUndefined()
  })

  it.each([
    ['CRLF line ends', (pem: string) => pem.replaceAll('\n', '\r\n')],
    ['text around the blocks', (pem: string) => `Subject: CN = leaf\n${pem}\nthe end`],
    ['a byte order mark', (pem: string) => `\ufeff${pem}`],
    ['line breaks that became \\n', (pem: string) => pem.trim().replaceAll('\n', '\\n')],
  ])('reads certificate and key with %s', async (_, damage) => {
    const { pem, keyPem, der } = trust.leaf
    const pair = await pemCertificate({ certificate: damage(pem), privateKey: damage(keyPem) }).read()
    expect(pair.der).toEqual(der)
    expect(await signsForLeaf(pair.privateKey)).toBe(true)
  })

  it('reads every certificate of a bundle, the leaf first, and passes over other blocks', async () => {
    const certificate = trust.leaf.keyPem + trust.leaf.pem + trust.intermediate.pem
    const { certificates } = await pemCertificate({ certificate }).read()
    expect(certificates.map(({ der }) => der)).toEqual([trust.leaf.der, trust.intermediate.der])
  })

  it('reads a key in the older form', async () => {
    const pair = await pemCertificate({
      certificate: trust.leaf.pem,
      privateKey: openssl(['rsa', '-traditional'], trust.leaf.keyPem).toString(),
    }).read()
    expect(await signsForLeaf(pair.privateKey)).toBe(true)
  })

  it('opens an encrypted key, and asks for the passphrase only then', async () => {
    const { pem } = trust.leaf
    const privateKey = encryptedPkcs8(trust.leaf.keyPem, 'correct horse')
    const pair = await pemCertificate({ certificate: pem, privateKey, passphrase: async () => 'correct horse' }).read()
    expect(await signsForLeaf(pair.privateKey)).toBe(true)
    const plain = pemCertificate({
      certificate: pem,
      privateKey: trust.leaf.keyPem,
      passphrase: () => Promise.reject(),
    })
    expect(await signsForLeaf((await plain.read()).privateKey)).toBe(true)
  })

  it.each([
    ['the key of another certificate', 'CERTIFICATE_KEY_MISMATCH', () => ({ privateKey: strangerKeyPem })],
    ['HTML for the certificate', 'CERTIFICATE_INVALID', () => ({ certificate: '<html>404</html>' })],
    ['a key for the certificate', 'CERTIFICATE_INVALID', () => ({ certificate: trust.leaf.keyPem })],
    ['nothing for the certificate', 'CERTIFICATE_INVALID', () => ({ certificate: '' })],
    ['half a certificate', 'PEM_INVALID', () => ({ certificate: trust.leaf.pem.slice(0, 500) })],
    ['the certificate for the key', 'KEY_IS_CERTIFICATE', () => ({ privateKey: trust.leaf.pem })],
    ['HTML for the key', 'KEY_NOT_PEM', () => ({ privateKey: '<html>404</html>' })],
    [
      'an encrypted key without passphrase',
      'KEY_PASSPHRASE_REQUIRED',
      () => ({ privateKey: encryptedPkcs8(trust.leaf.keyPem, 'x') }),
    ],
  ])('refuses %s', async (_, code, change) => {
    const options = { certificate: trust.leaf.pem, privateKey: trust.leaf.keyPem, ...change() }
    await expect(pemCertificate(options).read()).rejects.toMatchObject({ code })
  })

  it('shows no key when a pair is printed, turned into JSON, or refused', async () => {
    const { pem, keyPem } = trust.leaf
    const pair = await pemCertificate({ certificate: pem, privateKey: keyPem }).read()
    const error = await pemCertificate({ certificate: keyPem })
      .read()
      .catch((caught: unknown) => caught)
    for (const shown of [inspect(pair, { depth: 9 }), JSON.stringify(pair), inspect(error, { depth: 9 })]) {
      expect(shown).not.toContain(keyPem.slice(100, 140))
    }
  })
})

describe('fileCertificate', () => {
  const paths = { certificatePath: '~/leaf.pem', privateKeyPath: '~/key.pem' }
  const onDisk = (files: Readonly<Record<string, string>> = {}) =>
    memoryRuntime({ files: { '/home/opc/leaf.pem': trust.leaf.pem, '/home/opc/key.pem': trust.leaf.keyPem, ...files } })

  it('reads both files, in the home directory when the path says so', async () => {
    const pair = await fileCertificate({ ...paths, runtime: onDisk() }).read()
    expect(pair.der).toEqual(trust.leaf.der)
    expect(await signsForLeaf(pair.privateKey)).toBe(true)
  })

  it('reads once, and again when it is refreshed', async () => {
    const runtime = onDisk()
    const retriever = fileCertificate({ ...paths, runtime })
    const first = await retriever.read()
    runtime.put('/home/opc/leaf.pem', (await trust.issue({ serialNumber: '77' })).pem)
    expect(await retriever.read()).toBe(first)
    expect((await retriever.refresh()).der).not.toEqual(first.der)
  })

  it.each([
    ['line feeds', 'correct horse\nsecond line\n'],
    ['CRLF and a byte order mark', '\uFEFFcorrect horse\r\nsecond line'],
    ['no line end', 'correct horse'],
  ])('takes the passphrase from the first line of a file with %s', async (_, passphrase) => {
    const runtime = onDisk({
      '/home/opc/key.pem': encryptedPkcs8(trust.leaf.keyPem, 'correct horse'),
      '/run/passphrase': passphrase,
    })
    const pair = await fileCertificate({ ...paths, passphrasePath: '/run/passphrase', runtime }).read()
    expect(await signsForLeaf(pair.privateKey)).toBe(true)
  })

  it('keeps the last pair when a file is half written, and reads twice before it gives up', async () => {
    const runtime = onDisk()
    const retriever = fileCertificate({ ...paths, runtime })
    const first = await retriever.read()
    runtime.put('/home/opc/leaf.pem', trust.leaf.pem.slice(0, 300))
    runtime.log.length = 0
    await expect(retriever.refresh()).rejects.toMatchObject({ code: 'PEM_INVALID' })
    expect(runtime.log.filter((entry) => entry === 'read /home/opc/leaf.pem')).toHaveLength(2)
    expect(await retriever.read()).toBe(first)
  })

  it('says which file is missing', async () => {
    const missing = fileCertificate({ certificatePath: '/nowhere.pem', runtime: onDisk() }).read()
    await expect(missing).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      message: expect.stringContaining('/nowhere.pem'),
    })
  })

  it('says that a runtime has no files', async () => {
    const { files: _, ...rest } = onDisk()
    const reading = fileCertificate({ ...paths, runtime: rest }).read()
    await expect(reading).rejects.toMatchObject({ code: 'UNSUPPORTED_RUNTIME' })
  })
})

describe('urlCertificate', () => {
  const CERTIFICATE = 'https://pki.example/cert.pem?secret=query'
  const KEY = 'https://pki.example/key.pem'

  /** A server that answers each address with the texts of a list, one after another, the last one for ever. */
  const server = (answers: Readonly<Record<string, readonly (string | number)[]>>) => {
    const requests: Request[] = []
    const fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      const list = answers[request.url.split('?')[0] ?? ''] ?? [404]
      const before = requests.filter(({ url }) => url === request.url).length
      requests.push(request)
      const answer = list[Math.min(before, list.length - 1)] ?? 404
      return typeof answer === 'number' ? new Response('no', { status: answer }) : new Response(answer)
    }) as typeof globalThis.fetch
    return { fetch, requests }
  }
  const urls = { certificateUrl: CERTIFICATE, privateKeyUrl: new URL(KEY) }
  const answersOf = (certificates: (string | number)[], keys: (string | number)[]) =>
    server({ 'https://pki.example/cert.pem': certificates, [KEY]: keys })

  it('reads both with the given headers', async () => {
    const { fetch, requests } = answersOf([`${trust.leaf.pem}\n\n`], [trust.leaf.keyPem])
    const pair = await urlCertificate({ ...urls, fetch, headers: { authorization: 'Bearer Oracle' } }).read()
    expect(await signsForLeaf(pair.privateKey)).toBe(true)
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer Oracle', 'Bearer Oracle'])
  })

  it('reads both again when they were replaced between the two reads', async () => {
    const { fetch, requests } = answersOf([trust.leaf.pem], [strangerKeyPem, trust.leaf.keyPem])
    const pair = await urlCertificate({ ...urls, fetch }).read()
    expect(await signsForLeaf(pair.privateKey)).toBe(true)
    expect(requests).toHaveLength(4)
  })

  it('gives up when they still do not belong together, and keeps the last pair', async () => {
    const { fetch } = answersOf([trust.leaf.pem], [trust.leaf.keyPem, strangerKeyPem])
    const retriever = urlCertificate({ ...urls, fetch })
    const first = await retriever.read()
    await expect(retriever.refresh()).rejects.toMatchObject({ code: 'CERTIFICATE_KEY_MISMATCH' })
    expect(await retriever.read()).toBe(first)
  })

  it('tries once by default', async () => {
    const { fetch, requests } = answersOf([503, trust.leaf.pem], [trust.leaf.keyPem])
    await expect(urlCertificate({ ...urls, fetch }).read()).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      status: 503,
    })
    expect(requests.filter(({ url }) => url === CERTIFICATE)).toHaveLength(1)
  })

  it('tries again by the given policy, and tells of every attempt without the query', async () => {
    const { fetch } = answersOf([404, trust.leaf.pem], [trust.leaf.keyPem])
    const seen: string[] = []
    const retry = { ...RETRY.METADATA, baseMs: 0 }
    const onRequest = ({ endpoint, status }: { endpoint: string; status?: number }): void => {
      seen.push(`${endpoint} ${status}`)
    }
    await urlCertificate({ ...urls, fetch, retry, onRequest }).read()
    expect(seen.sort()).toEqual([
      'https://pki.example/cert.pem 200',
      'https://pki.example/cert.pem 404',
      'https://pki.example/key.pem 200',
    ])
  })

  it.each([
    ['a page of HTML', '<html>login</html>', 'CERTIFICATE_INVALID'],
    ['a truncated certificate', '-----BEGIN CERTIFICATE-----\nMIID', 'PEM_INVALID'],
    ['an empty answer', '', 'CERTIFICATE_INVALID'],
  ])('refuses %s without repeating it', async (_, answer, code) => {
    const { fetch } = answersOf([answer], [trust.leaf.keyPem])
    const error = await urlCertificate({ ...urls, fetch })
      .read()
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code })
    expect(String(error)).not.toContain('secret=query')
  })

  it('does not follow a redirect, which would carry the headers elsewhere', async () => {
    const fetch = (async () => Response.redirect('https://elsewhere.example/')) as typeof globalThis.fetch
    await expect(urlCertificate({ ...urls, fetch }).read()).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
  })

  it.each([
    ['user and password', { certificateUrl: 'https://scott:tiger@pki.example/cert.pem' }],
    ['a user in the URL of the key', { privateKeyUrl: new URL('https://tiger@pki.example/key.pem') }],
    ['no URL', { certificateUrl: 'tiger/cert.pem' }],
  ])('refuses %s, and calls nobody', async (_, change) => {
    const { fetch, requests } = answersOf([trust.leaf.pem], [trust.leaf.keyPem])
    const error = await urlCertificate({ ...urls, ...change, fetch })
      .read()
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'UsageError', code: 'URL_INVALID' })
    expect(inspect(error)).not.toContain('tiger')
    expect(requests.filter(({ url }) => url.includes('tiger'))).toEqual([])
  })

  it('stops when the caller does', async () => {
    const { fetch } = answersOf([trust.leaf.pem], [trust.leaf.keyPem])
    const reason = new Error('enough')
    await expect(urlCertificate({ ...urls, fetch }).read({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
