import type { SignedOciRequest } from './oci.js'

const SETTINGS = ['cache', 'credentials', 'integrity', 'keepalive', 'mode', 'referrerPolicy', 'signal'] as const

/** The settings of a request that a signature does not touch, as far as the runtime knows them. */
export function settingsOf(request: Request): RequestInit {
  return Object.fromEntries(SETTINGS.map((name) => [name, request[name]]).filter(([, value]) => value))
}

/** What to hand to `fetch` beside the signed URL. A signature is good for one URL: redirects are not followed. */
export async function fetchInit({ method, headers, body }: SignedOciRequest): Promise<RequestInit> {
  const init: RequestInit = { method, headers, redirect: 'manual' }
  return body ? { ...init, body } : init
}
