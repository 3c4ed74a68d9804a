import { UsageError } from '../errors.js'
import { type ConfidentialClient, EXCHANGE_RETRY } from '../federation/token-exchange.js'
import type { RequestedTokenType } from '../federation/token-exchange-form.js'
import type { RuntimeConfig } from '../federation/wif-setup/sample-files.js'
import type { RetryPolicy } from '../http/retry.js'
import type { Runtime } from '../runtime/types.js'

/** What an exchange from a terminal or a CI step is made of. */
export interface ExchangeSettings {
  readonly domain: string
  /** Absent when none is set: then OCI credentials must sign. */
  readonly client?: ConfidentialClient
  readonly requestedTokenType: RequestedTokenType
  readonly resourceType?: string
  readonly rpstExp?: string
  readonly tenancy?: string
  readonly region?: string
  readonly profile: string
  /** Where `config` and the session's files go. */
  readonly directory?: string
  readonly retry: RetryPolicy | false
}

/** Looks a setting up by its long name, such as `domain_base_url`; what is empty counts as not set. */
export type Lookup = (name: string) => string | undefined

/**
 * Looks settings up in the environment, under the names that people already use: the setting's own in upper case, and
 * the same behind `INPUT_`, `OCI_` and `OIDC_`.
 */
export function environmentLookup({ env }: Pick<Runtime, 'env'>): Lookup {
  return (name) => {
    const names = ['', 'INPUT_', 'OCI_', 'OIDC_'].map((prefix) => prefix + name.toUpperCase())
    return names.map((candidate) => env(candidate)?.trim()).find((value) => value)
  }
}

/**
 * Puts the settings together. A `runtimeConfig.ini` fills in what is not set otherwise.
 *
 * @throws UsageError `OPTION_INVALID` with the name of what is missing or malformed, never with its value.
 */
export function readExchangeSettings(lookup: Lookup, config?: RuntimeConfig): ExchangeSettings {
  const domain = lookup('domain_base_url') ?? config?.domain
  if (domain === undefined)
    throw missing('domain_base_url, the URL of the identity domain', '--domain or DOMAIN_BASE_URL')
  const home = lookup('oci_home')
  const resourceType = lookup('resource_type')
  const rpstExp = lookup('rpst_exp')
  const tenancy = lookup('oci_tenancy')
  const region = lookup('oci_region')
  const client = clientFrom(lookup('oidc_client_identifier')) ?? config
  return {
    domain,
    requestedTokenType: tokenTypeFrom(lookup('requested_token_type')),
    profile: lookup('oci_profile') ?? 'DEFAULT',
    retry: retryFrom(lookup('retry_count') ?? '2'),
    ...(client && { client: 'id' in client ? client : { id: client.clientId, secret: client.clientSecret } }),
    ...(home !== undefined && { directory: `${home.replace(/[\\/]+$/, '')}/.oci` }),
    ...(resourceType !== undefined && { resourceType }),
    ...(rpstExp !== undefined && { rpstExp }),
    ...(tenancy !== undefined && { tenancy }),
    ...(region !== undefined && { region }),
  }
}

function clientFrom(identifier: string | undefined): ConfidentialClient | undefined {
  if (identifier === undefined) return undefined
  const colon = identifier.indexOf(':')
  if (colon > 0 && colon < identifier.length - 1) {
    return { id: identifier.slice(0, colon), secret: identifier.slice(colon + 1) }
  }
  throw new UsageError('OPTION_INVALID', 'Expected oidc_client_identifier to be "<client id>:<client secret>".')
}

function tokenTypeFrom(type = 'upst'): RequestedTokenType {
  const short = type.replace('urn:oci:token-type:oci-', '')
  if (short === 'upst' || short === 'rpst') return short
  throw new UsageError(
    'OPTION_INVALID',
    `Expected the requested token type to be upst or rpst, got ${JSON.stringify(type)}.`,
  )
}

function retryFrom(count: string): RetryPolicy | false {
  if (!/^\d{1,2}$/.test(count)) throw new UsageError('OPTION_INVALID', 'Expected retry_count to be a number below 100.')
  const attempts = Number(count) + 1
  return attempts === 1 ? false : { ...EXCHANGE_RETRY, attempts }
}

function missing(what: string, elsewhere: string): UsageError {
  return new UsageError(
    'OPTION_INVALID',
    `Expected ${what}, to be set; on the command line that is ${elsewhere}, in the action the input of that name.`,
  )
}
