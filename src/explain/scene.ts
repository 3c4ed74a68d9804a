import { readSecurityToken, type SecurityToken } from '../federation/security-token.js'
import { importPrivateKey, type PrivateKey } from '../keys/import-private-key.js'
import { type ParsedAuthorization, parseAuthorization } from '../verify/authorization.js'
import { captureRequest, captureResponse } from './captured.js'
import { readSetUp } from './set-up.js'
import type { CapturedRequest, CapturedResponse, Evidence, SetUp } from './types.js'

/** What could be made of a text: the thing, or why not. */
export type Attempt<T> =
  | { readonly value: T; readonly failure?: never }
  | { readonly value?: never; readonly failure: unknown }

/** The evidence, read once; the checks only look at it. */
export interface Scene {
  readonly request?: CapturedRequest
  readonly response?: CapturedResponse
  readonly url?: URL
  readonly authorization?: Attempt<ParsedAuthorization>
  /** The key id as it stands in the header, even when the rest of the header is broken. */
  readonly keyId?: string
  readonly token?: Attempt<SecurityToken>
  readonly setUp: SetUp
  readonly setUpFailure?: unknown
  readonly hasConfig: boolean
  readonly key?: Attempt<PrivateKey>
  readonly signingKey?: CryptoKey
  /** What the probe found: the server's time in epoch milliseconds, if it tells, or that nobody answers. */
  readonly probed?: { readonly reachable: boolean; readonly serverAt?: number }
  readonly extraSignedHeaders: readonly string[]
  readonly sentByBrowser: boolean
  /** Epoch milliseconds; the time of the answer or, when nobody knows better, of asking. */
  readonly sentAt: number
  /** Whether `sentAt` is when the request was sent: a request that was pasted may have been sent at any time. */
  readonly sentAtIsKnown: boolean
}

/** Reads all there is, without failing: what cannot be read is itself evidence. */
export async function setScene(evidence: Evidence, now: number): Promise<Scene> {
  const request = await captured(evidence.request)
  const response = await answered(evidence.response)
  const isPasted = request === evidence.request
  const { setUp, failure: setUpFailure } = readSetUp(evidence)
  const url = request !== undefined && URL.canParse(request.url) ? new URL(request.url) : undefined
  const header = request === undefined ? undefined : headerValues(request, 'authorization')[0]
  const keyId = (header && /keyId\s*=\s*"([^"]*)"/iu.exec(header)?.[1]) || evidence.credentials?.keyId
  const tokenText = setUp.token ?? evidence.credentials?.token ?? tokenOf(keyId)
  const { privateKey } = setUp
  const key =
    privateKey === undefined ? undefined : await attempt(() => importPrivateKey(privateKey, passphraseOf(setUp)))
  return {
    setUp,
    hasConfig: evidence.config !== undefined,
    extraSignedHeaders: Object.keys(evidence.credentials?.signedHeaders ?? {}),
    sentByBrowser: evidence.sentByBrowser ?? false,
    sentAt: evidence.sentAt ?? (isPasted ? answeredAt(response) : undefined) ?? now,
    sentAtIsKnown: evidence.sentAt !== undefined || !isPasted,
    ...present({
      request,
      response,
      setUpFailure,
      keyId,
      key,
      url,
      probed: evidence.probe && url ? await probe(evidence.probe, url) : undefined,
      authorization: header === undefined ? undefined : await attempt(() => parseAuthorization(header)),
      token: tokenText === undefined ? undefined : await attempt(() => readSecurityToken(tokenText)),
      signingKey: key?.value?.key ?? cryptoKeyOf(evidence),
    }),
  }
}

/** Every value a header was sent with. */
export function headerValues(message: CapturedRequest | CapturedResponse, name: string): readonly string[] {
  return message.headers.filter(([sent]) => sent.toLowerCase() === name).map(([, value]) => value.trim())
}

/** The value of a header, repeats joined as `fetch` joins them. */
export function headerValue(message: CapturedRequest | CapturedResponse, name: string): string | undefined {
  const values = headerValues(message, name)
  return values.length === 0 ? undefined : values.join(', ')
}

function tokenOf(keyId: string | undefined): string | undefined {
  return keyId?.startsWith('ST$') ? keyId.slice(3) : undefined
}

function cryptoKeyOf({ credentials }: Evidence): CryptoKey | undefined {
  return typeof credentials?.key === 'function' ? undefined : credentials?.key
}

function passphraseOf({ passphrase }: SetUp): { passphrase?: string } {
  return passphrase === undefined ? {} : { passphrase }
}

/** When the server answered by its own clock, in epoch milliseconds, if it tells. */
export function answeredAt(response: CapturedResponse | undefined): number | undefined {
  const time = Date.parse((response && headerValue(response, 'date')) ?? '')
  return Number.isNaN(time) ? undefined : time
}

async function captured(request: Evidence['request']): Promise<CapturedRequest | undefined> {
  return request !== undefined && 'clone' in request ? captureRequest(request) : request
}

async function answered(response: Evidence['response']): Promise<CapturedResponse | undefined> {
  return response !== undefined && 'clone' in response ? captureResponse(response) : response
}

async function probe(ask: typeof fetch, { origin }: URL): Promise<Scene['probed']> {
  try {
    const { headers } = await ask(`${origin}/`, { method: 'HEAD', redirect: 'manual', credentials: 'omit' })
    const serverAt = Date.parse(headers.get('date') ?? '')
    return { reachable: true, ...(Number.isNaN(serverAt) ? {} : { serverAt }) }
  } catch {
    return { reachable: false }
  }
}

async function attempt<T>(read: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await read() }
  } catch (failure) {
    return { failure }
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function present<T extends object>(parts: T): Present<T> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Present<T>
}
