import { type IniSection, readIni, replaceIniSection } from '../../encoding/ini.js'
import { ConfigurationError } from '../../errors.js'
import type { WifSetup } from './setup.js'

/** What Oracle's sample keeps in `setupConfig.ini`. */
export interface SetupConfig {
  readonly domain: string
  /** The OCI CLI profile whose credentials administer the domain. */
  readonly profile: string
  readonly adminAppName?: string
  readonly setup: WifSetup
  /** What is doubtful about the file, to be shown. */
  readonly warnings: readonly string[]
}

/** What Oracle's sample keeps in `runtimeConfig.ini`. */
export interface RuntimeConfig {
  readonly domain: string
  readonly clientId: string
  readonly clientSecret: string
  /** Absent as long as nobody has put one in. */
  readonly subjectToken?: string
  readonly warnings: readonly string[]
}

/** The trust's name in the sample, which is fixed there. */
const TRUST_NAME = 'Token Trust for IDP'

/**
 * Reads the `setupConfig.ini` of Oracle's workload identity federation sample. `iam_guid` holds the domain's URL there.
 *
 * @throws ConfigurationError `CONFIG_INVALID` when something required is missing; the message names section and key.
 * @example
 * ```ts
 * import { readSetupConfig } from 'countersign/federation/wif-setup/sample-files'
 *
 * declare const text: string // of setupConfig.ini
 * const { setup, profile, warnings } = readSetupConfig(text)
 * ```
 */
export function readSetupConfig(text: string): SetupConfig {
  const file = new SampleFile(text)
  const domain = file.requiredWord('IdentityDomain', 'iam_guid')
  const rules = [file.requiredRule('TrustConfiguration', 'impersonationrule')]
  const adminAppName = file.optional('WIFConfig', 'admin_app_name')
  return {
    domain,
    profile: file.optionalWord('OCIConfig', 'cli_profile') ?? 'DEFAULT',
    ...(adminAppName !== undefined && { adminAppName }),
    setup: {
      domain,
      appName: file.required('WIFConfig', 'token_exchange_app_name'),
      trustName: TRUST_NAME,
      issuer: file.requiredWord('TrustConfiguration', 'issuer'),
      publicKeyEndpoint: file.requiredWord('TrustConfiguration', 'jwk_uri'),
      principal: { type: 'user', userName: file.required('ServiceUserConfig', 'user_name'), rules },
    },
    warnings: file.warnings,
  }
}

/**
 * Reads the `runtimeConfig.ini` of the same sample.
 *
 * @throws ConfigurationError `CONFIG_INVALID` when something required is missing.
 * @example
 * ```ts
 * import { workloadIdentityFederation } from 'countersign/credentials/workload-identity-federation'
 * import { readRuntimeConfig } from 'countersign/federation/wif-setup/sample-files'
 *
 * declare const text: string // of runtimeConfig.ini
 * const { domain, clientId: id, clientSecret: secret, subjectToken = '' } = readRuntimeConfig(text)
 * const credentials = workloadIdentityFederation({ domain, client: { id, secret }, subjectToken })
 * ```
 */
export function readRuntimeConfig(text: string): RuntimeConfig {
  const file = new SampleFile(text)
  const subjectToken = file.optionalWord('WIFConfig', 'subjecttoken')
  return {
    domain: file.requiredWord('IdentityDomain', 'iam_guid'),
    clientId: file.requiredWord('WIFConfig', 'oauthclientid'),
    clientSecret: file.requiredWord('WIFConfig', 'oauthclientsecret'),
    ...(subjectToken !== undefined && { subjectToken }),
    warnings: file.warnings,
  }
}

/** The text of a `runtimeConfig.ini` for the sample's run-time script. It holds the secret: write it with mode 0600. */
export function writeRuntimeConfig(config: Pick<RuntimeConfig, 'domain' | 'clientId' | 'clientSecret'>): string {
  const text = replaceIniSection('', 'IdentityDomain', { iam_guid: config.domain })
  const client = { oauthclientid: config.clientId, oauthclientsecret: config.clientSecret, subjecttoken: '' }
  return replaceIniSection(text, 'WIFConfig', client)
}

/** Sections and keys without regard to case, as the sample's own parser takes the keys. */
class SampleFile {
  readonly warnings: string[] = []
  readonly #sections: readonly IniSection[]

  constructor(text: string) {
    this.#sections = readIni(text)
  }

  /** A value that may hold spaces: what looks like a comment behind it is kept, and reported. */
  optional(section: string, key: string): string | undefined {
    const entries = this.#sections.filter(({ name }) => same(name, section)).flatMap(({ entries }) => entries)
    const entry = entries.findLast((candidate) => same(candidate.key, key))
    if (entry === undefined || entry.value === '') return undefined
    if (/\s[;#]/.test(entry.value)) this.#warn(section, entry.key, entry.line)
    return entry.value
  }

  required(section: string, key: string): string {
    return this.#present(section, key, this.optional(section, key))
  }

  /** A value that holds no spaces, such as a URL or a secret: the comment behind it is cut off, and reported. */
  optionalWord(section: string, key: string): string | undefined {
    return this.optional(section, key)?.replace(/\s+[;#].*$/, '')
  }

  requiredWord(section: string, key: string): string {
    return this.#present(section, key, this.optionalWord(section, key))
  }

  /** A rule, which may hold spaces but no " ;": the comment behind it is cut off, and reported. */
  requiredRule(section: string, key: string): string {
    return this.#present(section, key, this.optional(section, key)?.replace(/\s+;.*$/, ''))
  }

  #present(section: string, key: string, value: string | undefined): string {
    if (value !== undefined) return value
    throw new ConfigurationError('CONFIG_INVALID', `Expected "${key}" under [${section}] of the configuration file.`)
  }

  // The sample's own parser keeps such text as part of the value.
  #warn(section: string, key: string, line: number): void {
    this.warnings.push(
      `Line ${line}: the value of "${key}" under [${section}] contains what looks like a comment. Comments need a line of their own.`,
    )
  }
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
