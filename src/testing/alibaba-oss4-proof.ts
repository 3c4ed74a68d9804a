import { toHex } from '../encoding/bytes.js'
import { percentEncode } from '../encoding/percent.js'
import { hmac } from '../signers/alibaba-hmac.js'
import { ossResource } from '../signers/alibaba-oss-resource.js'
import {
  additionalHeaders,
  canonicalQuery,
  canonicalRequest,
  canonicalUri,
  signingKey,
  stringToSign,
} from '../signers/alibaba-oss4.js'
import { byCodeUnit, type QueryPairs, queryPairs } from '../signers/alibaba-request.js'
import {
  type AlibabaCaller,
  authorizationFields,
  type Examination,
  fault,
  knownAccessKey,
  proven,
  requireRecent,
  sameText,
} from './alibaba-proof.js'

const ALGORITHM = 'OSS4-HMAC-SHA256'
const SCOPE = /^(?<day>\d{8})\/(?<region>(?!oss-)[a-z0-9-]+)\/(?:oss|oss-cloudbox)\/aliyun_v4_request$/
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
const LONGEST_SECONDS = 604_800

/** A V4 signature, wherever it stands. */
interface Oss4Signature {
  readonly credential: string
  readonly date: string
  readonly additional: string
  readonly signature: string
  readonly securityToken: string | undefined
  readonly pairs: QueryPairs
  /** In a URL: how long it is good for. */
  readonly expires?: string
}

/** Whether a request is signed with OSS V4, in its headers or its URL. */
export function isOss4({ headers, url }: { readonly headers: Headers; readonly url: URL }): boolean {
  return headers.get('authorization')?.startsWith(ALGORITHM) === true || url.searchParams.has('x-oss-signature')
}

/** Checks an OSS V4 signature: access key, token, time or end, scope, signature. */
export async function proveOss4(examination: Examination): Promise<AlibabaCaller> {
  const { request } = examination
  const headers = Object.fromEntries(request.headers)
  const given = request.url.searchParams.has('x-oss-signature') ? inUrl(request.url) : inHeaders(headers, request.url)
  const [accessKeyId = '', scope = ''] = splitAt(given.credential, given.credential.indexOf('/'))
  const { credentials, arn } = knownAccessKey(examination, accessKeyId, given.securityToken)
  requireTime(examination, given)
  const day = SCOPE.exec(scope)?.groups?.['day']
  if (day === undefined || !given.date.startsWith(day)) {
    throw fault(examination, 'incomplete', `expected the scope <yyyymmdd>/<region>/oss/aliyun_v4_request of the date`)
  }
  const additional = additionalHeaders(headers, given.additional.split(';'))
  const uri = canonicalUri(ossResource(request.url))
  const key = await signingKey(credentials.accessKeySecret, scope)
  const expected = await Promise.all(
    queriesToAccept(given.pairs).map(async (query) => {
      const canonical = canonicalRequest({ method: request.method, uri, query, headers, additional })
      return toHex(await hmac(key, await stringToSign(canonical, given.date, scope)))
    }),
  )
  if (!expected.some((signature) => sameText(signature, given.signature))) throw fault(examination, 'signature')
  return proven(examination, { arn, accessKeyId, scheme: ALGORITHM }, additional)
}

function inHeaders(headers: Readonly<Record<string, string>>, url: URL): Oss4Signature {
  const fields = authorizationFields(headers['authorization'] ?? '', ALGORITHM)
  return {
    credential: fields['Credential'] ?? '',
    date: headers['x-oss-date'] ?? '',
    additional: fields['AdditionalHeaders'] ?? '',
    signature: fields['Signature'] ?? '',
    securityToken: headers['x-oss-security-token'],
    pairs: queryPairs(url.search),
  }
}

function inUrl(url: URL): Oss4Signature {
  const pairs = queryPairs(url.search)
  const parameters: Readonly<Record<string, string>> = Object.fromEntries(pairs)
  return {
    credential: parameters['x-oss-credential'] ?? '',
    date: parameters['x-oss-date'] ?? '',
    additional: parameters['x-oss-additional-headers'] ?? '',
    signature: parameters['x-oss-signature'] ?? '',
    securityToken: parameters['x-oss-security-token'],
    pairs: pairs.filter(([name]) => name !== 'x-oss-signature'),
    expires: parameters['x-oss-expires'] ?? '',
  }
}

function requireTime(examination: Examination, { date, expires }: Oss4Signature): void {
  const signedAt = Date.parse(date.replace(DATE, '$1-$2-$3T$4:$5:$6Z'))
  if (Number.isNaN(signedAt)) throw fault(examination, 'time-format')
  if (expires === undefined) {
    requireRecent(examination, signedAt)
    return
  }
  const seconds = /^\d+$/.test(expires) ? Number(expires) : Number.NaN
  if (!(seconds >= 1 && seconds <= LONGEST_SECONDS)) throw fault(examination, 'incomplete', 'x-oss-expires')
  if (signedAt + seconds * 1000 <= examination.state.clock()) throw fault(examination, 'expired-url')
}

/** Some official SDKs sign an empty value as `name=`, others as the bare name. */
function queriesToAccept(pairs: QueryPairs): readonly string[] {
  const withSigns = pairs
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return [canonicalQuery(pairs), withSigns]
}

function splitAt(value: string, index: number): readonly string[] {
  return index < 0 ? [value] : [value.slice(0, index), value.slice(index + 1)]
}
