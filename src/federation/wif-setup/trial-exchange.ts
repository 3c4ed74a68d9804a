import { ServiceError } from '../../errors.js'
import { type Sleep, sleep as systemSleep } from '../../http/retry.js'
import { generateSessionKey } from '../../keys/session-key.js'
import { type Clock, systemClock } from '../../types.js'
import { readSecurityToken } from '../security-token.js'
import type { SubjectTokenSource } from '../subject-tokens/source.js'
import { type ExchangeClient, exchangeToken } from '../token-exchange.js'
import { type TokenExchangeParameters, tokenExchangeForm } from '../token-exchange-form.js'
import type { WifSetup } from './setup.js'

/** What is tried, and how patiently. */
export interface TrialExchangeOptions {
  readonly setup: WifSetup
  readonly client: ExchangeClient
  readonly subjectToken: SubjectTokenSource
  readonly fetch: typeof fetch
  /**
   * How long the domain may take to know about what was just set up, in milliseconds.
   * @defaultValue 60 000
   */
  readonly patienceMs?: number
  readonly clock?: Clock
  readonly sleep?: Sleep
  readonly signal?: AbortSignal
  /** Told before each wait, with the refusal. */
  readonly onWait?: (error: ServiceError) => void
}

/** What the trial showed. */
export interface TrialResult {
  /** Whom the session token acts as: the OCID of the service user, or the name of the resource. */
  readonly subject: string
  /** Epoch milliseconds. */
  readonly expiresAt: number | undefined
}

const WAIT_MS = 5_000
/** What a domain says while the news of a new application or rule has not reached all of it. */
const PASSING = ['invalid_client', 'unauthorized_client', 'invalid_grant']

/**
 * Exchanges a subject token as the workload will, and throws the session token away. New applications and trusts take up
 * to a minute to be known everywhere, so refusals that may pass are tried again for that long.
 *
 * Rejects with the last ServiceError when the domain still refuses, and with what the source rejects with.
 * @example
 * ```ts
 * import { kubernetes } from 'countersign/federation/subject-tokens/kubernetes'
 * import type { WifSetup } from 'countersign/federation/wif-setup/setup'
 * import { trialExchange } from 'countersign/federation/wif-setup/trial-exchange'
 *
 * declare const setup: WifSetup
 * declare const client: { id: string; secret: string }
 * const { subject } = await trialExchange({ setup, client, subjectToken: kubernetes(), fetch })
 * ```
 */
export async function trialExchange(options: TrialExchangeOptions): Promise<TrialResult> {
  const { patienceMs = 60_000, clock = systemClock, sleep = systemSleep, signal, onWait } = options
  const deadline = clock() + patienceMs
  const { publicKeyBase64 } = await generateSessionKey()
  for (;;) {
    try {
      return await exchangeOnce(options, publicKeyBase64)
    } catch (error) {
      if (!isPassing(error) || clock() + WAIT_MS > deadline) throw error
      onWait?.(error)
      await sleep(WAIT_MS, signal)
    }
  }
}

async function exchangeOnce(options: TrialExchangeOptions, publicKey: string): Promise<TrialResult> {
  const { setup, client, subjectToken, fetch, clock, signal } = options
  const form = tokenExchangeForm(await subjectToken(signal && { signal }), publicKey, parametersFor(setup))
  const token = await exchangeToken(form, { domain: setup.domain, client, fetch, clock, signal })
  const { claims, expiresAt } = readSecurityToken(token)
  const { sub } = claims
  return { subject: typeof sub === 'string' ? sub : '(the session token names no subject)', expiresAt }
}

/** What a workload must ask for to get the token that the set-up is for. */
export function parametersFor({ principal }: WifSetup): TokenExchangeParameters {
  if (principal.type === 'user') return { requestedTokenType: 'upst' }
  return { requestedTokenType: 'rpst', resourceType: principal.resourceType }
}

function isPassing(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false
  return PASSING.includes(error.serviceCode ?? '') || error.status === 403
}
