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
  const state = new Chain(links)
  return (options) => state.provide(options)
}

class Chain<C extends { readonly source?: string }> {
  readonly #links: readonly ChainLink<C>[]
  /** What a link gave, and what was made of it; and the way back, for when it is refused. */
  readonly #results = new WeakMap<C, Chained<C>>()
  readonly #originals = new WeakMap<C, C>()
  #chosen: { readonly link: ChainLink<C>; readonly tried: readonly Tried[] } | undefined

  constructor(links: readonly ChainLink<C>[]) {
    this.#links = links
  }

  async provide({ forceRefresh: refused, ...options }: ProvideOptions<C> = {}): Promise<Chained<C>> {
    const request = refused ? { ...options, forceRefresh: this.#originals.get(refused) ?? refused } : options
    const tried: Tried[] = []
    const errors: unknown[] = []
    for (const link of this.#inOrder()) {
      try {
        return this.#chained(await link.provider(request), link, tried)
      } catch (error) {
        if (!isNotConfigured(error)) throw error
        tried.push({ name: link.name, reason: error.message })
        errors.push(error)
      }
    }
    throw noneConfigured(tried, errors)
  }

  /** Stays with the link that was found: the others are asked again only when that one is gone. */
  #inOrder(): readonly ChainLink<C>[] {
    const first = this.#chosen?.link
    return first === undefined ? this.#links : [first, ...this.#links.filter((link) => link !== first)]
  }

  #chained(credentials: C, link: ChainLink<C>, tried: readonly Tried[]): Chained<C> {
    if (this.#chosen?.link !== link) this.#chosen = { link, tried }
    const known = this.#results.get(credentials)
    if (known !== undefined) return known
    const source = credentials.source ?? link.name
    const result = Object.freeze({ ...credentials, source, tried: this.#chosen.tried })
    this.#results.set(credentials, result)
    this.#originals.set(result, credentials)
    return result
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
