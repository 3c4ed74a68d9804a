import { decodeBase64 } from '../encoding/base64.js'
import { text } from '../encoding/bytes.js'

/** What an Alibaba Cloud service says of a request it did not carry out. */
export interface AlibabaFailure {
  /** HTTP status. */
  readonly status: number
  /** The service's own code, such as `InvalidAccessKeyId.NotFound`; empty when the answer does not tell one. */
  readonly code: string
  readonly message?: string
  /** The request id to give to the provider's support. */
  readonly requestId?: string
}

/** No error answer is longer; a longer body is something else and is not read for a code. */
const LONGEST_BODY = 65_536

/**
 * Reads what an error answer says, in any of the shapes that Alibaba Cloud uses: JSON with capital or small letters, JSON
 * under `Error`, XML, and for HEAD requests to OSS the XML in the header `x-oss-err`. `undefined` for a success. The
 * response stays unread.
 */
export async function readAlibabaFailure(response: Response): Promise<AlibabaFailure | undefined> {
  if (response.status < 400) return undefined
  const fields = fieldsOf(await bodyOf(response))
  const message = fields['message']
  const requestId =
    fields['requestid'] ?? response.headers.get('x-oss-request-id') ?? response.headers.get('x-acs-request-id')
  return {
    status: response.status,
    code: fields['code'] ?? '',
    ...(message !== undefined && { message }),
    ...(requestId && { requestId }),
  }
}

async function bodyOf(response: Response): Promise<string> {
  // A HEAD answer has no body; OSS puts what it would hold here.
  const encoded = response.headers.get('x-oss-err')
  if (encoded) return text(decodeBase64(encoded.trim()) ?? new Uint8Array())
  if (response.bodyUsed || Number(response.headers.get('content-length') ?? 0) > LONGEST_BODY) return ''
  return response
    .clone()
    .text()
    .catch(() => '')
}

type Fields = Readonly<Record<string, string>>

/** The members of the error, under lower-case names. */
function fieldsOf(body: string): Fields {
  return body.trimStart().startsWith('<') ? xmlFields(body) : jsonFields(parsed(body))
}

function jsonFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) return {}
  const members = Object.entries(value).map(([name, member]) => [name.toLowerCase(), member] as const)
  const nested = members.find(([name]) => name === 'error')?.[1]
  if (typeof nested === 'object' && nested !== null) return jsonFields(nested)
  return Object.fromEntries(
    members.filter((member): member is readonly [string, string] => typeof member[1] === 'string'),
  )
}

function xmlFields(xml: string): Fields {
  const members = xml.matchAll(/<(Code|Message|RequestId)>([^<]*)<\/\1>/gi)
  return Object.fromEntries(Array.from(members, ([, name = '', value = '']) => [name.toLowerCase(), unescaped(value)]))
}

const ENTITIES: Fields = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

const unescaped = (value: string): string =>
  value.replace(/&(lt|gt|quot|apos|amp);/g, (entity, name: string) => ENTITIES[name] ?? entity)

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
