import { toHex } from '../encoding/bytes.js'
import { answerJson, decodedPath, notFound, refusal } from './answers.js'
import { authenticate } from './authenticate.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'
import { slot } from './surface.js'

interface StoredObject {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string
  readonly etag: string
  readonly modifiedAt: number
  readonly metadata: Readonly<Record<string, string>>
}

type Bucket = Map<string, StoredObject>

const CHUNK_BYTES = 64 * 1024
const buckets = slot('object-storage', () => new Map<string, Bucket>())
// /n/{namespace}, /n/{namespace}/b/{bucket}/o and /n/{namespace}/b/{bucket}/o/{object}: an object's name may hold slashes.
const PATH = /^\/n(?:\/(?<namespace>[^/]*))?(?:\/b\/(?<bucket>[^/]+)\/o(?:\/(?<object>.+))?)?\/?$/
const RANGE = /^bytes=(\d+)-(\d*)$/

/**
 * The Object Storage service: the namespace, and objects put, read (streamed, with ranges), listed and deleted. Buckets
 * come into being with their first object.
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/objectstorage/20160918/
 */
export const objectStorage: Surface = {
  name: 'object-storage',
  matches: ({ url }) => url.pathname === '/n' || url.pathname.startsWith('/n/'),
  async handle(request, state) {
    // PutObject streams its body: its digest need not be signed.
    await authenticate(request, state, { unsignedBody: request.method === 'PUT' })
    const { namespace, bucket, object } = PATH.exec(request.url.pathname)?.groups ?? {}
    if (namespace === undefined || namespace === '') return answerJson(state.identities.namespace)
    if (decodedPath(namespace) !== state.identities.namespace) throw notFound(`namespace ${namespace}`)
    if (bucket === undefined) throw notFound(request.url.pathname)
    return object === undefined
      ? list(request, bucketNamed(bucket, state))
      : answerObject(request, bucketNamed(bucket, state), decodedPath(object), state)
  },
}

function bucketNamed(encoded: string, state: EmulatorState): Bucket {
  const all = state.of(buckets)
  const name = decodedPath(encoded)
  const bucket = all.get(name) ?? new Map<string, StoredObject>()
  all.set(name, bucket)
  return bucket
}

function list(request: ReceivedRequest, bucket: Bucket): Response {
  if (request.method !== 'GET') throw refusal(405, 'MethodNotAllowed', 'The emulated bucket can only be listed.')
  const prefix = request.url.searchParams.get('prefix') ?? ''
  const names = [...bucket.keys()].filter((name) => name.startsWith(prefix)).sort()
  return answerJson({ objects: names.map((name) => ({ name })), prefixes: [] })
}

function answerObject(
  request: ReceivedRequest,
  bucket: Bucket,
  name: string,
  state: EmulatorState,
): Promise<Response> | Response {
  if (request.method === 'PUT') return put(request, bucket, name, state)
  const stored = bucket.get(name)
  if (stored === undefined) throw refusal(404, 'ObjectNotFound', `The object '${name}' was not found in the bucket.`)
  switch (request.method) {
    case 'GET':
      return read(stored, request.headers.get('range'))
    case 'HEAD':
      return new Response(null, { headers: objectHeaders(stored, stored.bytes.length) })
    case 'DELETE':
      bucket.delete(name)
      return new Response(null, { status: 204 })
    default:
      throw refusal(405, 'MethodNotAllowed', `The emulated Object Storage has no ${request.method} for objects.`)
  }
}

async function put(request: ReceivedRequest, bucket: Bucket, name: string, state: EmulatorState): Promise<Response> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', request.body))
  const stored: StoredObject = {
    bytes: request.body,
    contentType: request.headers.get('content-type') ?? 'application/octet-stream',
    etag: toHex(digest.slice(0, 16)),
    modifiedAt: state.clock(),
    metadata: Object.fromEntries([...request.headers].filter(([header]) => header.startsWith('opc-meta-'))),
  }
  bucket.set(name, stored)
  return new Response(null, {
    headers: { etag: stored.etag, 'last-modified': new Date(stored.modifiedAt).toUTCString() },
  })
}

function read(stored: StoredObject, range: string | null): Response {
  const { bytes } = stored
  const match = range === null ? null : RANGE.exec(range)
  if (match === null) return new Response(streamOf(bytes), { headers: objectHeaders(stored, bytes.length) })
  const first = Number(match[1])
  const last = match[2] === '' ? bytes.length - 1 : Math.min(Number(match[2]), bytes.length - 1)
  if (first > last) throw refusal(416, 'InvalidRange', `The object has ${bytes.length} bytes.`)
  const headers = objectHeaders(stored, last - first + 1)
  headers.set('content-range', `bytes ${first}-${last}/${bytes.length}`)
  return new Response(streamOf(bytes.subarray(first, last + 1)), { status: 206, headers })
}

function objectHeaders(stored: StoredObject, length: number): Headers {
  return new Headers({
    'content-type': stored.contentType,
    'content-length': String(length),
    'accept-ranges': 'bytes',
    etag: stored.etag,
    'last-modified': new Date(stored.modifiedAt).toUTCString(),
    ...stored.metadata,
  })
}

function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = 0
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(offset, offset + CHUNK_BYTES))
      offset += CHUNK_BYTES
    },
  })
}
