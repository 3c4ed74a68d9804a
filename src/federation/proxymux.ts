import { decodeBase64 } from '../encoding/base64.js'
import { text } from '../encoding/bytes.js'
import { asJsonObject, readJsonText } from '../encoding/json.js'
import { ServiceError, UsageError } from '../errors.js'

/** The service of an OKE cluster that gives pods their tokens. */
export interface ProxymuxAddress {
  /** A host name or an address, as `KUBERNETES_SERVICE_HOST` has it. */
  readonly host: string
  readonly port: number | string
  /** Whether the node makes the key and keeps it together with the token. */
  readonly nodeCaching: boolean
}

/** What the service answers, decoded. The private key is there only when the node made it. */
export interface ProxymuxAnswer {
  /** Perhaps with `ST$` before it. */
  readonly token: string
  /** PEM. */
  readonly privateKey?: string
}

/**
 * The address of the call.
 *
 * @throws UsageError `OPTION_INVALID` when host and port do not make one.
 */
export function proxymuxUrl({ host, port, nodeCaching }: ProxymuxAddress): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const origin = `https://${name}:${port}`
  if (!URL.canParse(origin) || new URL(origin).pathname !== '/' || /[@?#]/.test(origin)) {
    throw new UsageError(
      'OPTION_INVALID',
      'Expected host and port of the Kubernetes service, got what makes no address.',
    )
  }
  return `${origin}/resourcePrincipalSessionTokens${nodeCaching ? 'WithCaching' : ''}`
}

/** The body of the call: the public half of the pod's key, or nothing when the node makes the key. */
export function proxymuxBody(podKey: string | undefined): string {
  return JSON.stringify(podKey === undefined ? {} : { podKey })
}

/**
 * Decodes the answer: a JSON text, or the text itself, that holds base64 of a JSON object. A message repeats nothing of it.
 * Where the node makes the key, the answer must hold it.
 *
 * @throws ServiceError `SERVICE_RESPONSE_INVALID`
 */
export function readProxymuxAnswer(answer: string, nodeCaching = false): ProxymuxAnswer {
  const trimmed = answer.trim()
  const encoded = trimmed.startsWith('"') ? readJsonText(trimmed) : trimmed
  const bytes = typeof encoded === 'string' ? decodeBase64(encoded.replace(/\s+/g, '')) : undefined
  if (bytes === undefined) throw undecodable('is not base64')
  const fields = asJsonObject(readJsonText(text(bytes)))
  if (fields === undefined) throw undecodable('does not hold a JSON object')
  const { token, privateKey } = fields
  if (typeof token !== 'string' || token === '') throw undecodable('holds no token')
  if (nodeCaching && typeof privateKey !== 'string') throw undecodable('holds no private key')
  return typeof privateKey === 'string' ? { token, privateKey: nodeKey(privateKey) } : { token }
}

function nodeKey(encoded: string): string {
  const bytes = decodeBase64(encoded.replace(/\s+/g, ''))
  if (bytes === undefined) throw undecodable('holds a private key that is not base64')
  return text(bytes)
}

function undecodable(finding: string): ServiceError {
  return new ServiceError(
    'SERVICE_RESPONSE_INVALID',
    `Expected the cluster's token service to answer with base64 of a JSON object with a token; its answer ${finding}.`,
  )
}
