import { createAlibabaFetch } from '../http/alibaba-fetch.js'
import { redactHeaders, redactUrl } from '../http/redact.js'
import { requestIdOf } from '../http/service-failure.js'
import type { SignedAttempt } from '../http/signed-fetch.js'
import { signAcs3, signAcs3Headers } from '../signers/alibaba-acs3.js'
import { ossHost } from '../signers/alibaba-oss-resource.js'
import { signOss4, signOss4Headers } from '../signers/alibaba-oss4.js'
import type { AlibabaCredentials, CredentialsProvider, Signer } from '../types.js'
import type { Identity, SendOptions } from './identity.js'

/** Where OSS is, and what the user said of it. */
interface OssChoice {
  /** For hosts that do not tell it. */
  readonly region?: string | undefined
}

/** Somebody known to Alibaba Cloud. Requests go to OSS or, by the header `x-acs-action`, to Open API. */
export function alibabaIdentity(
  credentials: CredentialsProvider<AlibabaCredentials>,
  { region }: OssChoice = {},
): Identity {
  const ossOptions = region === undefined ? {} : { region }
  const sign: Signer<AlibabaCredentials, { readonly clock?: () => number }> = (request, signer, options) =>
    isOss(request.url, request.headers.has('x-acs-action'))
      ? signOss4(request, signer, { ...options, ...ossOptions })
      : signAcs3(request, signer, options)
  return {
    facts: async (signal) => {
      const { accessKeyId: subject, source, issuedAt, expiresAt } = await credentials({ signal })
      return { subject, source, issuedAt, expiresAt, region }
    },
    sign: async ({ method, url, headers, body }, { clock, signal }) => {
      const signer = await credentials({ signal })
      const request = { method, url, headers: Object.fromEntries(headers), ...(body && { body }) }
      const toOss = isOss(
        url,
        headers.some(([name]) => name.toLowerCase() === 'x-acs-action'),
      )
      const signed = toOss
        ? await signOss4Headers(request, signer, { clock, ...ossOptions })
        : await signAcs3Headers(request, signer, { clock })
      return { method, url: signed.url, headers: signed.headers, signingString: signed.stringToSign }
    },
    signedFetch: (options) => createAlibabaFetch({ credentials, sign, fetch: observed(options), clock: options.clock }),
  }
}

const isOss = (url: string, hasAction: boolean): boolean => {
  const { hostname } = new URL(url)
  return ossHost(hostname) !== undefined || (!hasAction && !hostname.endsWith('.aliyuncs.com'))
}

/** Tells of each attempt, as `--verbose` wants it. */
function observed({ fetch, clock, onAttempt }: SendOptions): typeof globalThis.fetch {
  if (onAttempt === undefined) return fetch
  let attempt = 0
  return async (input, init) => {
    const request = new Request(input, init)
    const startedAt = clock()
    const report = (outcome: Pick<SignedAttempt, 'status' | 'requestId' | 'error'>): void => {
      const { method, url } = request
      const headers = redactHeaders(request.headers)
      const durationMs = clock() - startedAt
      onAttempt({ attempt, method, endpoint: redactUrl(url), headers, durationMs, next: 'none', ...outcome })
    }
    attempt += 1
    const response = await fetch(request).catch((error: unknown) => {
      report({ error })
      throw error
    })
    const { status } = response
    const requestId = requestIdOf(response.headers) ?? response.headers.get('x-oss-request-id')
    report({ status, ...(requestId && { requestId }) })
    return response
  }
}
