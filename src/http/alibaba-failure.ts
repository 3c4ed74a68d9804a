import { decodeBase64 } from '../encoding/base64.js'
import { text } from '../encoding/bytes.js'
import { readJsonText } from '../encoding/json.js'
import { readStream } from '../encoding/streams.js'

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
  const requestId = requestIdOf(fields, response.headers)
  return {
    status: response.status,
    code: fields['code'] ?? '',
    ...(message !== undefined && { message }),
    ...(requestId !== undefined && { requestId }),
  }
}

/** What stands in the place of a request id may be anything; only what can be one goes into headers and messages. */
function requestIdOf(fields: Fields, headers: Headers): string | undefined {
  const places = [fields['requestid'], headers.get('x-oss-request-id'), headers.get('x-acs-request-id')]
  return places.find((id) => id && REQUEST_ID.test(id)) ?? undefined
}

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/

async function bodyOf(response: Response): Promise<string> {
  // A HEAD answer has no body; OSS puts what it would hold here.
  const encoded = response.headers.get('x-oss-err')
  if (encoded) return text(decodeBase64(encoded.trim()) ?? new Uint8Array())
  if (response.bodyUsed || Number(response.headers.get('content-length') ?? 0) > LONGEST_BODY) return ''
  const { body } = response.clone()
  const bytes = await (body && readStream(body, LONGEST_BODY))?.catch(() => undefined)
  return text(bytes ?? new Uint8Array())
}

type Fields = Readonly<Record<string, string>>

/** The members of the error, under lower-case names. */
function fieldsOf(body: string): Fields {
  return body.trimStart().startsWith('<') ? xmlFields(body) : jsonFields(readJsonText(body))
}

function jsonFields(value: unknown): Fields {
  const members = membersOf(value)
  const nested = members.find(([name]) => name === 'error')?.[1]
  const fields = isObject(nested) ? membersOf(nested) : members
  return Object.fromEntries(fields.filter((field): field is readonly [string, string] => typeof field[1] === 'string'))
}

function membersOf(value: unknown): readonly (readonly [name: string, member: unknown])[] {
  return isObject(value) ? Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]) : []
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function xmlFields(xml: string): Fields {
  const members = xml.matchAll(/<(Code|Message|RequestId)>([^<]*)<\/\1>/gi)
  return Object.fromEntries(Array.from(members, ([, name = '', value = '']) => [name.toLowerCase(), unescaped(value)]))
}

const ENTITIES: Fields = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

const unescaped = (value: string): string =>
  value.replace(/&(lt|gt|quot|apos|amp);/g, (entity, name: string) => ENTITIES[name] ?? entity)
