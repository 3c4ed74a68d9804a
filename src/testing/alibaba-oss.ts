import { decodeBase64, encodeBase64 } from '../encoding/base64.js'
import { equal, toHex, utf8 } from '../encoding/bytes.js'
import { md5 } from '../keys/md5.js'
import { type OssResource, ossHost, ossResource } from '../signers/alibaba-oss-resource.js'
import { headersAskedFor, requireImplemented } from './alibaba-oss-query.js'
import { isOss1, proveOss1 } from './alibaba-oss1-proof.js'
import { isOss4, proveOss4 } from './alibaba-oss4-proof.js'
import { type Examination, fault, requireReadableUrl } from './alibaba-proof.js'
import { OSS_REFUSALS } from './alibaba-refusals.js'
import { refusal } from './answers.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Slot, type Surface, type SurfaceFailure, slot } from './surface.js'

interface OssObject {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

type Bucket = Map<string, OssObject>

const buckets: Slot<Map<string, Bucket>> = slot('alibaba-oss', () => new Map([['emulated-bucket', new Map()]]))

/**
 * OSS: objects put, read, asked about and deleted, and buckets listed. It takes signatures V1 and V4, in headers and in
 * URLs. Buckets come into being with their first object; `emulated-bucket` is there from the start. What it does not
 * implement (parts of uploads, copies, tags, images and so on) it answers with `NotImplemented`.
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/list-of-operations-by-function
 */
export const alibabaOss: Surface = {
  name: 'alibaba-oss',
  matches: (request) => isOss4(request) || isOss1(request) || ossHost(request.url.hostname) !== undefined,
  async handle(request, state) {
    const examination = { request, state, refusals: OSS_REFUSALS }
    await prove(examination)
    requireImplemented(request)
    const resource = ossResource(request.url)
    if (resource.bucket === undefined) return listBuckets(state)
    const response =
      resource.key === ''
        ? answerBucket(request, resource.bucket, state)
        : answerObject(examination, { ...resource, bucket: resource.bucket })
    response.headers.set('x-oss-request-id', requestId())
    return response
  },
  answerError,
}

async function prove(examination: Examination): Promise<unknown> {
  requireReadableUrl(examination)
  if (isOss4(examination.request)) return proveOss4(examination)
  if (isOss1(examination.request)) return proveOss1(examination)
  throw fault(examination, 'missing')
}

function answerObject(examination: Examination, { bucket: name, key }: Required<OssResource>): Response {
  const { request, state } = examination
  if (request.method === 'PUT') return putObject(examination, { bucket: name, key })
  const bucket = bucketNamed(name, state)
  const object = bucket.get(key)
  if (request.method === 'DELETE') {
    bucket.delete(key)
    return new Response(null, { status: 204 })
  }
  if (object === undefined) throw refusal(404, 'NoSuchKey', 'The specified key does not exist.')
  const headers = { ...object.headers, ...headersAskedFor(request), 'content-length': `${object.bytes.length}` }
  if (request.method === 'HEAD') return new Response(null, { headers })
  if (request.method === 'GET') return new Response(object.bytes, { headers })
  throw methodNotAllowed()
}

function putObject(examination: Examination, { bucket: name, key }: Required<OssResource>): Response {
  const { headers, body: bytes } = examination.request
  const { state } = examination
  const digest = md5(bytes)
  const claimed = headers.get('content-md5')
  if (claimed !== null && !equal(decodeBase64(claimed) ?? new Uint8Array(), digest)) {
    throw fault(examination, 'body-digest')
  }
  const etag = `"${toHex(digest).toUpperCase()}"`
  const bucket = state.of(buckets).get(name) ?? new Map<string, OssObject>()
  state.of(buckets).set(name, bucket)
  bucket.set(key, {
    bytes,
    headers: {
      ...Object.fromEntries([...headers].filter(([header]) => header.startsWith('x-oss-meta-'))),
      'content-type': headers.get('content-type') ?? 'application/octet-stream',
      'last-modified': new Date(state.clock()).toUTCString(),
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': 'Standard',
      etag,
    },
  })
  return new Response(null, { headers: { etag, 'content-md5': encodeBase64(digest) } })
}

function answerBucket(request: ReceivedRequest, name: string, state: EmulatorState): Response {
  if (request.method === 'PUT') {
    const all = state.of(buckets)
    if (!all.has(name)) all.set(name, new Map())
    return new Response(null)
  }
  const bucket = bucketNamed(name, state)
  if (request.method === 'HEAD') return new Response(null)
  if (request.method !== 'GET') throw methodNotAllowed()
  const prefix = request.url.searchParams.get('prefix') ?? ''
  const keys = [...bucket].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
  const contents = keys.map(([key, { bytes, headers }]) =>
    element('Contents', [
      element('Key', escaped(key)),
      element('LastModified', new Date(headers['last-modified'] ?? 0).toISOString()),
      element('ETag', escaped(headers['etag'] ?? '')),
      element('Type', 'Normal'),
      element('Size', `${bytes.length}`),
      element('StorageClass', 'Standard'),
      OWNER,
    ]),
  )
  const about = [element('Name', name), element('Prefix', escaped(prefix)), element('IsTruncated', 'false')]
  return answerXml(element('ListBucketResult', [...about, element('KeyCount', `${keys.length}`), ...contents]))
}

function listBuckets(state: EmulatorState): Response {
  const names = [...state.of(buckets).keys()].sort()
  const list = names.map((name) => element('Bucket', [element('Name', name), element('Location', 'oss-cn-hangzhou')]))
  return answerXml(element('ListAllMyBucketsResult', [OWNER, element('Buckets', list)]))
}

function bucketNamed(name: string, state: EmulatorState): Bucket {
  const bucket = state.of(buckets).get(name)
  if (bucket !== undefined) return bucket
  throw refusal(404, 'NoSuchBucket', 'The specified bucket does not exist.')
}

/** An error as OSS gives it: XML, in the body; for HEAD, which has no body, in a header. */
function answerError({ status, code, message }: SurfaceFailure, { method, host }: ReceivedRequest): Response {
  const id = requestId()
  const parts = [
    element('Code', code),
    element('Message', escaped(message)),
    element('RequestId', id),
    element('HostId', escaped(host)),
  ]
  const xml = document(element('Error', parts))
  const headers = { 'content-type': 'application/xml', 'x-oss-request-id': id }
  return method === 'HEAD'
    ? new Response(null, { status, headers: { ...headers, 'x-oss-err': encodeBase64(utf8(xml)) } })
    : new Response(xml, { status, headers })
}

function answerXml(root: string): Response {
  return new Response(document(root), { headers: { 'content-type': 'application/xml' } })
}

const document = (root: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
const element = (name: string, content: string | readonly string[]): string =>
  `<${name}>${[content].flat().join('')}</${name}>`

const OWNER = element('Owner', [element('ID', '1234567890123456'), element('DisplayName', 'emulated')])

function escaped(value: string): string {
  return value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}

function methodNotAllowed(): Error {
  return refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.')
}

function requestId(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 24).toUpperCase()
}
