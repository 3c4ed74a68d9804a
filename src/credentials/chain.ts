import { ConfigurationError } from '../errors.js'
import type { CredentialsProvider, ProvideOptions } from '../types.js'

export interface ChainLink<C> {
  /** What the link is called in errors and in `tried`. */
  readonly name: string
  readonly provider: CredentialsProvider<C>
}

/** A link that had nothing to offer, and why. */
export interface Tried {
  readonly name: string
  readonly reason: string
}

/** Credentials that tell how they were found. */
export type Chained<C> = C & {
  /** What the credentials call their own source, or else the link's name. */
  readonly source: string
  /** The links that were passed over on the way. */
  readonly tried: readonly Tried[]
}

/** A provider whose credentials tell how they were found. It can stand wherever one of `C` is wanted. */
export type ChainedProvider<C> = (options?: ProvideOptions<C>) => Promise<Chained<C>>

/**
 * Gives the credentials of the first link that is configured. It goes on past `NOT_CONFIGURED` alone: a link that is
 * configured and broken is an error, never a reason to sign as somebody else.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` when no link is, with every link and its reason.
 * @example
 * ```ts
 * import { chain } from 'countersign/credentials/chain'
 * import { configFile } from 'countersign/credentials/config-file'
 * import { fromEnvironment } from 'countersign/credentials/environment'
 *
 * const credentials = chain([
 *   { name: 'environment', provider: fromEnvironment() },
 *   { name: 'config file', provider: configFile() },
 * ])
 * ```
 */
export function chain<C extends { readonly source?: string }>(links: readonly ChainLink<C>[]): ChainedProvider<C> {
  const results = new WeakMap<C, Chained<C>>()
  const originals = new WeakMap<C, C>()
  let chosen: { readonly link: ChainLink<C>; readonly tried: readonly Tried[] } | undefined

  const chained = (credentials: C, { name }: ChainLink<C>, tried: readonly Tried[]): Chained<C> => {
    const known = results.get(credentials)
    if (known !== undefined) return known
    const result = Object.freeze({ ...credentials, source: credentials.source ?? name, tried })
    results.set(credentials, result)
    originals.set(result, credentials)
    return result
  }

  return async (options = {}) => {
    const { forceRefresh: refused, ...rest } = options
    const forward = refused === undefined ? rest : { ...rest, forceRefresh: originals.get(refused) ?? refused }
    const tried: Tried[] = []
    const errors: unknown[] = []
    const first = chosen
    for (const link of first ? [first.link, ...links.filter((other) => other !== first.link)] : links) {
      try {
        const credentials = await link.provider(forward)
        chosen = link === first?.link ? first : { link, tried }
        return chained(credentials, link, chosen.tried)
      } catch (error) {
        if (!isNotConfigured(error)) throw error
        tried.push({ name: link.name, reason: error.message })
        errors.push(error)
      }
    }
    throw noneConfigured(tried, errors)
  }
}

function isNotConfigured(error: unknown): error is ConfigurationError {
  return error instanceof ConfigurationError && error.code === 'NOT_CONFIGURED'
}

function noneConfigured(tried: readonly Tried[], errors: readonly unknown[]): ConfigurationError {
  const list = tried.map(({ name, reason }) => `\n- ${name}: ${reason}`).join('')
  const message = `Expected one of ${tried.length} sources of credentials to be configured, none is:${list}`
  return new ConfigurationError('NOT_CONFIGURED', message, { cause: new AggregateError(errors) })
}
