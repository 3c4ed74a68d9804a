import { encodeBase64 } from '../encoding/base64.js'
import { toHex, utf8 } from '../encoding/bytes.js'
import { isOssRequest, verifyOss } from './alibaba-oss-signature.js'
import { refusal } from './answers.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Slot, type Surface, type SurfaceFailure, slot } from './surface.js'

interface OssObject {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

type Bucket = Map<string, OssObject>

/** Buckets by name; they come into being with their first object. */
const buckets: Slot<Map<string, Bucket>> = slot('alibaba-oss', () => new Map())

/**
 * Object Storage Service: buckets listed, objects put, read, looked at, listed and deleted. V4 and V1 signatures, in
 * headers and in URLs. HEAD tells its errors in `x-oss-err`, as the real one does.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/list-of-operations-by-function
 */
export const alibabaOss: Surface = {
  name: 'alibaba-oss',
  matches: isOssRequest,
  async handle(request, state) {
    const { resource } = await verifyOss(request, state)
    const all = state.of(buckets)
    if (resource.bucket === undefined) return answerXml(listOfBuckets([...all.keys()]))
    const bucket = all.get(resource.bucket) ?? new Map<string, OssObject>()
    all.set(resource.bucket, bucket)
    return resource.key === ''
      ? answerBucket(request, resource.bucket, bucket)
      : answerObject(request, bucket, resource.key, state)
  },
  answerError: (failure, request) => answerFailure(failure, request),
}

function answerBucket({ method, url }: ReceivedRequest, name: string, bucket: Bucket): Response {
  if (method === 'PUT') return new Response(null, { status: 200, headers: requestId() })
  if (method !== 'GET' && method !== 'HEAD') throw refusal(405, 'MethodNotAllowed', 'The method is not allowed.')
  const prefix = url.searchParams.get('prefix') ?? ''
  const keys = [...bucket.keys()].filter((key) => key.startsWith(prefix)).sort()
  const contents = keys.map(
    (key) => `<Contents><Key>${escaped(key)}</Key><Size>${bucket.get(key)?.bytes.length ?? 0}</Size></Contents>`,
  )
  return answerXml(
    `<ListBucketResult><Name>${escaped(name)}</Name><Prefix>${escaped(prefix)}</Prefix><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
  )
}

async function answerObject(
  request: ReceivedRequest,
  bucket: Bucket,
  key: string,
  state: EmulatorState,
): Promise<Response> {
  const { method } = request
  if (method === 'PUT') return put(request, bucket, key, state)
  if (method === 'DELETE') {
    bucket.delete(key)
    return new Response(null, { status: 204, headers: requestId() })
  }
  const found = bucket.get(key)
  if (found === undefined) throw refusal(404, 'NoSuchKey', 'The specified key does not exist.')
  const headers = { ...found.headers, ...requestId() }
  if (method === 'HEAD')
    return new Response(null, { headers: { ...headers, 'content-length': `${found.bytes.length}` } })
  if (method === 'GET') return new Response(found.bytes, { headers })
  throw refusal(405, 'MethodNotAllowed', 'The method is not allowed.')
}

async function put(
  { body, headers }: ReceivedRequest,
  bucket: Bucket,
  key: string,
  state: EmulatorState,
): Promise<Response> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
  const etag = `"${toHex(digest).slice(0, 32).toUpperCase()}"`
  const kept = [...headers].filter(([name]) => name === 'content-type' || name.startsWith('x-oss-meta-'))
  bucket.set(key, {
    bytes: body,
    headers: { ...Object.fromEntries(kept), etag, 'last-modified': new Date(state.clock()).toUTCString() },
  })
  return new Response(null, { status: 200, headers: { etag, ...requestId() } })
}

function listOfBuckets(names: readonly string[]): string {
  const each = names.map((name) => `<Bucket><Name>${escaped(name)}</Name></Bucket>`).join('')
  return `<ListAllMyBucketsResult><Owner><ID>1</ID><DisplayName>1</DisplayName></Owner><Buckets>${each}</Buckets></ListAllMyBucketsResult>`
}

function answerFailure({ status, code, message }: SurfaceFailure, { host, method }: ReceivedRequest): Response {
  const id = requestId()
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(message)}</Message><RequestId>${id['x-oss-request-id']}</RequestId><HostId>${escaped(host)}</HostId><EC>0002-00000000</EC></Error>`
  if (method !== 'HEAD') return answerXml(xml, status)
  return new Response(null, { status, headers: { ...id, 'x-oss-err': encodeBase64(utf8(xml)) } })
}

function answerXml(xml: string, status = 200): Response {
  return new Response(xml, { status, headers: { 'content-type': 'application/xml', ...requestId() } })
}

function requestId(): { readonly 'x-oss-request-id': string } {
  return { 'x-oss-request-id': crypto.randomUUID().replaceAll('-', '').toUpperCase().slice(0, 24) }
}

const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
