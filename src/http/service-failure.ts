import { readJsonText } from '../encoding/json.js'
import { redactText } from './redact.js'

/** What an error answer of a service says, as far as it can be read. */
export interface FailureDetails {
  readonly code?: string
  readonly message?: string
}

// OCI says code and message, OAuth error and error_description, SCIM detail, Alibaba Cloud Code and Message, Vault errors.
const CODE_FIELDS = ['code', 'error', 'errorCode', 'Code']
const MESSAGE_FIELDS = ['message', 'error_description', 'detail', 'Message', 'errors']

/** Reads the body of an error answer, JSON (parsed or not) or any other text. What it gives is redacted. */
export function failureDetails(body: unknown): FailureDetails {
  const fields = typeof body === 'string' ? readJsonText(body) : body
  if (typeof fields !== 'object' || fields === null) return typeof body === 'string' ? ofText(body) : {}
  const code = firstText(fields, CODE_FIELDS)
  const message = firstText(fields, MESSAGE_FIELDS)
  return {
    ...(code && { code: redactText(oneLine(code), 80) }),
    ...(message && { message: redactText(oneLine(message)) }),
  }
}

function ofText(body: string): FailureDetails {
  const line = oneLine(body)
  return line ? { message: redactText(line) } : {}
}

/** Neither a log nor a terminal is to take what a service says for anything but words of one line. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}

function firstText(fields: object, names: readonly string[]): string | undefined {
  const values = names.flatMap((name) => (fields as Readonly<Record<string, unknown>>)[name])
  return values.find((value): value is string => typeof value === 'string' && value !== '')
}

const REQUEST_ID_HEADERS = ['opc-request-id', 'x-oracle-dms-ecid', 'x-acs-request-id', 'x-request-id']

/** The id by which the service's operators find the request. */
export function requestIdOf(headers: Headers): string | undefined {
  return REQUEST_ID_HEADERS.map((name) => headers.get(name)).find((id) => id !== null) ?? undefined
}
