import { UsageError } from '../errors.js'

/** UPST: acts as a service user, for at most an hour. RPST: acts as a resource with claims of the subject token. */
export type RequestedTokenType = 'upst' | 'rpst'

/** What kind of token vouches for the workload. */
export type SubjectTokenType = 'jwt' | 'spnego' | 'saml' | 'aws-credential'

/** What is asked for, beside the subject token and the public key that change with each exchange. */
export interface TokenExchangeParameters {
  /** @defaultValue `upst` */
  readonly requestedTokenType?: RequestedTokenType
  /** @defaultValue `jwt` */
  readonly subjectTokenType?: SubjectTokenType
  /** The issuer of a subject token that does not name its own. Required for `spnego`. */
  readonly issuer?: string
  /** The trust's `impersonatingResource`. Required for an RPST. */
  readonly resourceType?: string
  /** The wanted life of an RPST, passed through as it is: sources disagree on its unit. The token's `exp` decides. */
  readonly rpstExp?: number | string
  /** The OCID of the application, with an instance principal's signature. */
  readonly appId?: string
  /** Base64 of the DER of an instance's certificate, with an instance principal's signature. */
  readonly instanceCertificate?: string
  /** Base64 of the DER of the certificate that issued it. */
  readonly instanceIntermediateCertificate?: string
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/**
 * The form that asks an identity domain for a session token.
 *
 * @param publicKey Base64 of the SubjectPublicKeyInfo of the session key, on one line and without armour.
 * @throws UsageError `OPTION_INVALID` for combinations that the domain refuses.
 * @example
 * ```ts
 * import { tokenExchangeForm } from 'countersign/federation/token-exchange-form'
 *
 * const form = tokenExchangeForm('eyJ…', 'MIIB…', { requestedTokenType: 'rpst', resourceType: 'github' })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/api-getstarted/json_web_token_exchange.htm
 */
export function tokenExchangeForm(
  subjectToken: string,
  publicKey: string,
  parameters: TokenExchangeParameters = {},
): URLSearchParams {
  const { requestedTokenType = 'upst', subjectTokenType = 'jwt' } = parameters
  requireCompanions(parameters)
  return formOf({
    grant_type: GRANT_TYPE,
    requested_token_type: `urn:oci:token-type:oci-${requestedTokenType}`,
    subject_token: subjectToken,
    subject_token_type: subjectTokenType,
    public_key: publicKey,
    issuer: parameters.issuer,
    res_type: parameters.resourceType,
    rpst_exp: parameters.rpstExp,
    app_id: parameters.appId,
    instance_certificate: parameters.instanceCertificate,
    instance_intermediate_certificate: parameters.instanceIntermediateCertificate,
  })
}

/**
 * Checks the parameters alone, so that a mistake shows when a provider is made and not at its first use.
 *
 * @throws UsageError `OPTION_INVALID`
 */
export function requireCompanions(parameters: TokenExchangeParameters): void {
  const { requestedTokenType = 'upst', subjectTokenType = 'jwt', issuer, resourceType, rpstExp } = parameters
  if (requestedTokenType === 'rpst' && !resourceType) {
    throw invalid("An RPST needs resourceType, equal to the trust's impersonatingResource.")
  }
  if (requestedTokenType === 'upst' && (resourceType !== undefined || rpstExp !== undefined)) {
    throw invalid("resourceType and rpstExp belong to requestedTokenType: 'rpst'; a UPST has neither.")
  }
  if (subjectTokenType === 'spnego' && !issuer)
    throw invalid('A spnego subject token needs issuer: it names none itself.')
}

function formOf(fields: Readonly<Record<string, string | number | undefined>>): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) form.set(name, String(value))
  }
  return form
}

function invalid(message: string): UsageError {
  return new UsageError('OPTION_INVALID', message)
}
