import { toHex } from '../encoding/bytes.js'

/**
 * A new `opc-request-id`, by which a call can be found in the service's logs: three random parts of 16 bytes.
 *
 * @example
 * ```ts
 * import { newRequestId } from 'countersign/http/request-id'
 *
 * const headers = { 'opc-request-id': newRequestId() }
 * ```
 */
export function newRequestId(): string {
  return Array.from({ length: 3 }, () => toHex(crypto.getRandomValues(new Uint8Array(16)))).join('/')
}
