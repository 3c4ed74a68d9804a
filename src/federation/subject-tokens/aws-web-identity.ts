import { ServiceError, UsageError } from '../../errors.js'
import { type SubjectTokenSource, subjectTokenFrom } from './source.js'
import { tokenCall } from './token-call.js'

/** What the token is for, and who asks for it. */
export interface AwsWebIdentityOptions {
  /**
   * A `fetch` that signs for AWS (Signature Version 4, service `sts`), such as the one of `aws4fetch`'s `AwsClient`.
   * The caller brings it because the AWS credentials behind it, and their renewal, belong to the AWS tool at hand.
   */
  readonly fetch: typeof fetch
  /** The `aud` of the token. */
  readonly audience: string
  /** The AWS region whose token service is asked, such as `eu-central-1`. */
  readonly region: string
  /**
   * Identity domains are known to accept RS256.
   * @defaultValue `RS256`
   */
  readonly signingAlgorithm?: 'RS256' | 'ES384'
  /** Life of the token in seconds. Left out: AWS decides (minutes). */
  readonly durationSeconds?: number
}

/**
 * A token that vouches for an AWS role outside AWS, by `GetWebIdentityToken` (the account must have outbound identity
 * federation on; the issuer is the account's own). In an EKS pod, take `awsEks()` instead: it needs no signature.
 *
 * Rejects with ServiceError when AWS refuses or answers without a token, UsageError `OPTION_INVALID` for a region that
 * is none.
 * @example
 * ```ts
 * import { awsWebIdentity } from 'countersign/federation/subject-tokens/aws-web-identity'
 *
 * declare const aws: { fetch: typeof fetch } // new AwsClient({ accessKeyId, secretAccessKey, sessionToken, service: 'sts' })
 * const subjectToken = awsWebIdentity({ audience: 'oci', region: 'eu-central-1', fetch: (url, init) => aws.fetch(url, init) })
 * ```
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export function awsWebIdentity(options: AwsWebIdentityOptions): SubjectTokenSource {
  return async (context = {}) => {
    const response = await tokenCall(() => webIdentityRequest(options), options, context)
    return subjectTokenFrom(webIdentityToken(await response.text()), 'AWS GetWebIdentityToken')
  }
}

function webIdentityRequest(options: AwsWebIdentityOptions): Request {
  const { audience, region, signingAlgorithm = 'RS256', durationSeconds } = options
  const form = new URLSearchParams({ Action: 'GetWebIdentityToken', Version: '2011-06-15' })
  form.set('Audience.member.1', audience)
  form.set('SigningAlgorithm', signingAlgorithm)
  if (durationSeconds !== undefined) form.set('DurationSeconds', String(durationSeconds))
  return new Request(tokenService(region), { method: 'POST', body: form })
}

function tokenService(region: string): string {
  if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) {
    throw new UsageError(
      'OPTION_INVALID',
      `Expected an AWS region such as eu-central-1, got ${JSON.stringify(region)}.`,
    )
  }
  return `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`
}

// The query protocol of AWS answers in XML. A JWT holds no character that XML escapes, so no XML parser is needed.
function webIdentityToken(xml: string): string {
  const [, token] = /<WebIdentityToken>\s*([\w.-]+)\s*<\/WebIdentityToken>/.exec(xml) ?? []
  if (token === undefined) {
    throw new ServiceError('SERVICE_RESPONSE_INVALID', 'Expected a <WebIdentityToken> in the answer of AWS.')
  }
  return token
}
