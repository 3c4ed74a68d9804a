import { asJsonObject, type JsonObject } from '../encoding/json.js'
import { ServiceError } from '../errors.js'
import { endpointOf } from '../http/redact.js'
import { readJson } from '../http/service-call.js'
import { requestIdOf } from '../http/service-failure.js'

/**
 * The token of a token service's answer, `{"token": "…"}`. A message about another answer repeats nothing of it.
 *
 * @throws ServiceError `SERVICE_RESPONSE_INVALID` when the answer is not JSON, or holds no token.
 */
export async function readTokenAnswer(response: Response, field = 'token'): Promise<string> {
  return requireText(await readJsonObject(response), field, response)
}

/** A text of an answer that must be there. */
export function requireText(answer: JsonObject, field: string, response: Response): string {
  const text = answer[field]
  if (typeof text === 'string' && text !== '') return text
  throw unexpected(response, `a JSON object with "${field}"`, `one with ${namesOf(answer)}`)
}

/** The object that a service answered with. */
export async function readJsonObject(response: Response): Promise<JsonObject> {
  const value = asJsonObject(await readJson(response, 'a token'))
  if (value !== undefined) return value
  throw unexpected(response, 'a JSON object', 'another kind of JSON')
}

/** The names of an answer's fields, for a message: its values may be secrets. */
export function namesOf(fields: object): string {
  const names = Object.keys(fields).filter((name) => /^[\w-]{1,40}$/.test(name))
  return names.length === 0 ? 'no fields' : `"${names.slice(0, 5).join('", "')}"`
}

function unexpected(response: Response, expected: string, found: string): ServiceError {
  const endpoint = endpointOf(response)
  const requestId = requestIdOf(response.headers)
  const message = `Expected ${expected} from ${endpoint ?? 'the token service'}, found ${found}.`
  const { status } = response
  return new ServiceError('SERVICE_RESPONSE_INVALID', message, { status, endpoint, ...(requestId && { requestId }) })
}
