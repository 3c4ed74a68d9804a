import { UsageError } from '../../errors.js'
import { identityDomain } from '../identity-domain.js'
import { lintImpersonationRules, type RuleFinding } from './impersonation-rule.js'

/** What a workload of another identity provider needs in an identity domain to exchange its tokens. */
export interface WifSetup {
  /** The domain's URL, as {@link identityDomain} takes it. */
  readonly domain: string
  /** The `iss` of the subject tokens, byte for byte. One trust per issuer and domain. */
  readonly issuer: string
  /** Where the issuer publishes its keys: an https URL that Oracle can reach. */
  readonly publicKeyEndpoint?: string
  /** The issuer's certificate as one line of base64 DER, in place of `publicKeyEndpoint`. */
  readonly publicCertificate?: string
  /** The name of the trust. It cannot be changed later. */
  readonly trustName: string
  /** The name of the confidential application whose id and secret accompany each exchange. */
  readonly appName: string
  /** The OCI services that may call with an OCI signature in place of the secret. */
  readonly delegatedServiceNames?: readonly string[]
  /** The claim that names the tokens' audience: `aud` for most providers, `appid` for Azure. */
  readonly clientClaimName?: string
  /** The accepted values of that claim, at least one. They need `clientClaimName`. */
  readonly clientClaimValues?: readonly string[]
  /** The claim with the subject, when it is not `sub`. */
  readonly subjectClaimName?: string
  /** Tolerance for the times in the tokens. */
  readonly clockSkewSeconds?: number
  /** Whom the workload acts as. */
  readonly principal: ServiceUserPrincipal | ResourcePrincipalLabel
  /** What it may do. */
  readonly policy?: WifPolicy
}

/** UPST: the workload acts as a service user. */
export interface ServiceUserPrincipal {
  readonly type: 'user'
  readonly userName: string
  /** Which tokens become this user, specific ones first: `<claim> eq|co <value>`, without quotes. */
  readonly rules: readonly string[]
  /** The group that policies name. Without a group, every call is answered with 404. */
  readonly group?: string
}

/** RPST: the workload acts as itself, and policies look at claims of its token. */
export interface ResourcePrincipalLabel {
  readonly type: 'resource'
  /** A label of your own, repeated in each exchange as `res_type`. */
  readonly resourceType: string
  /** At most three claims to copy, without `ext_`. */
  readonly claims: readonly string[]
}

/** An IAM policy that goes with a set-up. */
export interface WifPolicy {
  readonly name: string
  /** The OCID of the compartment or tenancy that holds the policy. */
  readonly compartmentId: string
  readonly statements: readonly string[]
  readonly description?: string
}

/**
 * Checks a set-up without any call.
 *
 * @returns what is doubtful about its rules; nothing, when all is well.
 * @throws UsageError `OPTION_INVALID` or `URL_INVALID` for what the domain would refuse, and for rules with errors
 * unless `allowUnsafeRules` is true.
 * @example
 * ```ts
 * import { checkWifSetup, type WifSetup } from 'countersign/federation/wif-setup/setup'
 *
 * declare const setup: WifSetup
 * for (const { rule, message } of checkWifSetup(setup)) console.warn(rule, message)
 * ```
 */
export function checkWifSetup(setup: WifSetup, options: { allowUnsafeRules?: boolean } = {}): readonly RuleFinding[] {
  identityDomain(setup.domain)
  for (const name of ['issuer', 'trustName', 'appName'] as const) {
    if (setup[name].trim() === '') throw invalid(`Expected ${name} to be set.`)
  }
  checkKeys(setup)
  checkClientClaim(setup)
  if (setup.principal.type === 'resource') checkResource(setup.principal)
  return checkRules(setup, options.allowUnsafeRules ?? false)
}

function checkKeys({ publicKeyEndpoint, publicCertificate }: WifSetup): void {
  if ((publicKeyEndpoint === undefined) === (publicCertificate === undefined)) {
    throw invalid('Expected either publicKeyEndpoint or publicCertificate.')
  }
  if (publicKeyEndpoint !== undefined && !/^https:\/\/\S+$/.test(publicKeyEndpoint)) {
    throw invalid('Expected publicKeyEndpoint to be an https URL: Oracle fetches the keys from there.')
  }
  if (publicCertificate !== undefined && !/^[A-Za-z0-9+/]+=*$/.test(publicCertificate)) {
    throw invalid('Expected publicCertificate to be one line of base64, without the BEGIN and END lines.')
  }
}

// The domain ignores either without the other: an audience that looks pinned would be open.
function checkClientClaim({ clientClaimName, clientClaimValues = [] }: WifSetup): void {
  if ((clientClaimName === undefined) === (clientClaimValues.length === 0)) return
  throw invalid('Expected clientClaimName and at least one of clientClaimValues together, or neither.')
}

function checkResource({ resourceType, claims }: ResourcePrincipalLabel): void {
  if (resourceType.trim() === '') throw invalid('Expected resourceType to be set.')
  if (claims.length > 3) throw invalid(`Expected at most three claims to propagate, got ${claims.length}.`)
}

function checkRules(setup: WifSetup, allowUnsafe: boolean): readonly RuleFinding[] {
  if (setup.principal.type === 'resource') return []
  const { rules, userName } = setup.principal
  if (userName.trim() === '') throw invalid('Expected userName to be set.')
  if (rules.length === 0) throw invalid('Expected at least one rule that says which tokens become the service user.')
  const { issuer, clientClaimValues } = setup
  const findings = lintImpersonationRules(rules, { issuer, ...(clientClaimValues && { clientClaimValues }) })
  const worst = findings.find(({ severity }) => severity === 'error')
  if (worst === undefined || allowUnsafe) return findings
  throw invalid(`The rule "${worst.rule}" is refused (${worst.code}): ${worst.message}`)
}

function invalid(message: string): UsageError {
  return new UsageError('OPTION_INVALID', message)
}
