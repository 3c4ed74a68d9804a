import { ConfigurationError, UsageError } from '../errors.js'
import { identityDomain } from '../federation/identity-domain.js'
import { readSecurityToken, tokenCredentials } from '../federation/security-token.js'
import { newSessionKey, type SessionKeySource } from '../federation/session-key-source.js'
import { type SubjectTokenSource, subjectTokenFrom } from '../federation/subject-tokens/source.js'
import {
  type ExchangeClient,
  exchangeToken,
  readExchangeResponse,
  requireClient,
} from '../federation/token-exchange.js'
import {
  requireCompanions,
  type TokenExchangeParameters,
  tokenExchangeForm,
} from '../federation/token-exchange-form.js'
import type { OciCredentials } from '../types.js'
import { type CachedProvider, cached, type LoadContext } from './cached.js'
import { type PrincipalOptions, unsignedCallOptions } from './principal-options.js'

/** Sends the form of an exchange in some other way, and answers with `{ token }` as the identity domain does. */
export type ExchangeFunction = (form: URLSearchParams, context: { readonly signal: AbortSignal }) => Promise<unknown>

/** Where the subject token comes from, and which domain takes it. */
export interface WorkloadIdentityFederationOptions extends TokenExchangeParameters, PrincipalOptions {
  /** Where the subject token comes from. A string is used as it is, and cannot be renewed when it expires. */
  readonly subjectToken: SubjectTokenSource | string
  /** The identity domain's URL. Required unless `exchange` is given. */
  readonly domain?: string | undefined
  /** How the domain knows the caller. Required unless `exchange` is given. */
  readonly client?: ExchangeClient | undefined
  /** In a browser, where no client secret may be: a back end of your own that adds the secret and passes the form on. */
  readonly exchange?: ExchangeFunction | undefined
  /** The region that requests go to when they do not say. */
  readonly region?: string | undefined
  /** How session keys are made; `{ extractable: true }` lets `writeProfile` put them into a file. */
  readonly sessionKey?: SessionKeySource | undefined
}

/** A subject token that ended this long ago is not worth a call, whatever the clocks. */
const HOPELESS_MS = 300_000

/**
 * Signs as the service user (UPST) or the resource (RPST) that an identity domain makes of a token of another identity
 * provider: GitHub Actions, GitLab, Kubernetes, another cloud. No OCI key is stored anywhere. Each renewal takes a fresh
 * subject token and a new session key.
 *
 * @throws UsageError `OPTION_INVALID` or `URL_INVALID` at once for options that cannot work.
 *
 * The provider rejects with ConfigurationError `TOKEN_INVALID` or `TOKEN_EXPIRED` for a subject token that cannot be
 * used, `TOKEN_KEY_MISMATCH`, ServiceError when the domain refuses (the message tells the usual cause), and with
 * whatever the source of the subject token rejects with.
 * @example
 * ```ts
 * import { createSignedFetch } from 'countersign'
 * import { workloadIdentityFederation } from 'countersign/credentials/workload-identity-federation'
 * import { gitHubActions } from 'countersign/federation/subject-tokens/github-actions'
 *
 * declare const clientSecret: string
 * const credentials = workloadIdentityFederation({
 *   domain: 'https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com',
 *   client: { id: '0123456789abcdef0123456789abcdef', secret: clientSecret },
 *   subjectToken: gitHubActions(),
 * })
 * const fetch = createSignedFetch({ credentials })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/api-getstarted/json_web_token_exchange.htm
 */
export function workloadIdentityFederation(options: WorkloadIdentityFederationOptions): CachedProvider<OciCredentials> {
  const { region } = options
  requireCompanions(options)
  const exchange = options.exchange ?? domainExchange(options)
  const load = async ({ signal, now }: LoadContext<OciCredentials>): Promise<OciCredentials> => {
    const subjectToken = await readSubjectToken(options, now(), signal)
    const sessionKey = await newSessionKey(options.sessionKey)
    const form = tokenExchangeForm(subjectToken, sessionKey.publicKeyBase64, options)
    const token = readExchangeResponse(await exchange(form, { signal }))
    return tokenCredentials({ token, key: sessionKey, source: 'workload-identity-federation', region })
  }
  return cached(load, options)
}

function domainExchange(options: WorkloadIdentityFederationOptions): ExchangeFunction {
  const { domain, client, clock } = options
  if (domain === undefined || client === undefined) {
    throw new UsageError('OPTION_INVALID', 'Expected "domain" and "client", or an "exchange" function in their place.')
  }
  identityDomain(domain)
  requireClient(client)
  return async (form, { signal }) => ({
    token: await exchangeToken(form, { ...unsignedCallOptions(options, signal), domain, client, clock }),
  })
}

async function readSubjectToken(
  options: WorkloadIdentityFederationOptions,
  now: number,
  signal: AbortSignal,
): Promise<string> {
  const { subjectToken: source, subjectTokenType = 'jwt' } = options
  const raw = typeof source === 'string' ? source : await source({ signal })
  const token = subjectTokenFrom(raw, typeof source === 'string' ? 'the option subjectToken' : 'its source')
  if (subjectTokenType === 'jwt') refuseExpired(token, now, typeof source === 'string')
  return token
}

function refuseExpired(token: string, now: number, isFixed: boolean): void {
  const { expiresAt } = readSecurityToken(token)
  if (expiresAt === undefined || expiresAt > now - HOPELESS_MS) return
  const advice = isFixed ? ' It was given as a string, which cannot be renewed: give a source instead.' : ''
  const ended = new Date(expiresAt).toISOString()
  throw new ConfigurationError(
    'TOKEN_EXPIRED',
    `The subject token expired at ${ended}, and now is ${new Date(now).toISOString()}.${advice}`,
  )
}
