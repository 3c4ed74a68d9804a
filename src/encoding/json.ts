import { decodeBase64Url } from './base64.js'
import { text } from './bytes.js'

/** The fields of a JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The value of a JSON text, or `undefined` when the text is none. */
export function readJsonText(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** The same value when it is a JSON object, and neither an array nor anything else. */
export function asJsonObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}

/**
 * The JSON object in a part of a compact JWT, its header or its payload; `undefined` when it holds anything else.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-7.1
 */
export function readJwtPart(part: string): JsonObject | undefined {
  const bytes = decodeBase64Url(part)
  return bytes && asJsonObject(readJsonText(text(bytes)))
}
