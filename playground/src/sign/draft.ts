import { curlCommand } from 'countersign/explain/curl-command'
import type { SignedOciRequest } from 'countersign/signers/oci'

/** What stands in the editor. */
export interface Draft {
  readonly method: string
  readonly url: string
  readonly headers: string
  readonly body: string
  readonly dateHeader: 'x-date' | 'date'
}

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const

/** Requests to begin with. */
export const samples: readonly { readonly name: string; readonly draft: Draft }[] = [
  {
    name: 'List regions',
    draft: {
      method: 'GET',
      url: 'https://identity.us-phoenix-1.oraclecloud.com/20160918/regions',
      headers: 'accept: application/json',
      body: '',
      dateHeader: 'x-date',
    },
  },
  {
    name: 'POST some JSON',
    draft: {
      method: 'POST',
      url: 'https://identity.us-phoenix-1.oraclecloud.com/echo?note=a%20b',
      headers: 'content-type: application/json',
      body: '{"hello": "wörld"}',
      dateHeader: 'x-date',
    },
  },
  {
    name: 'Upload an object',
    draft: {
      method: 'PUT',
      url: 'https://objectstorage.us-phoenix-1.oraclecloud.com/n/emulatednamespace/b/photos/o/summer%20(1).txt',
      headers: 'content-type: text/plain',
      body: 'An upload is signed without its body.',
      dateHeader: 'x-date',
    },
  },
]

/** The header lines of the editor; lines without a colon are left out. */
export function headersOf({ headers }: Draft): readonly (readonly [string, string])[] {
  return headers.split('\n').flatMap((line) => {
    const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/u.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
}

/** Where each signed line comes from: the field of the editor, and what the signer adds of its own. */
export function sourceOf(
  name: string,
  { dateHeader }: Draft,
): { readonly field: string; readonly hue: number; readonly says: string } {
  if (name === '(request-target)')
    return { field: 'url', hue: 1, says: 'method in lower case, then path and query as they are sent' }
  if (name === 'host') return { field: 'url', hue: 2, says: 'from the URL; the client sends it by itself' }
  if (name === dateHeader) return { field: 'dateHeader', hue: 3, says: 'the time of signing; good for five minutes' }
  if (name === 'content-length')
    return { field: 'body', hue: 4, says: 'the bytes of the body; the client sends it by itself' }
  if (name === 'x-content-sha256') return { field: 'body', hue: 5, says: 'SHA-256 of the body in base64' }
  return { field: 'headers', hue: 6, says: 'the header as you set it' }
}

/** The request as other tools take it, signature included; it is good for five minutes. */
export function curlOf({ body, ...request }: SignedOciRequest): string {
  const hasBody = body instanceof Uint8Array && body.length > 0
  return curlCommand(request, hasBody ? { text: new TextDecoder().decode(body) } : undefined)
}
