import { encodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { hmac, hmacKey } from '../signers/alibaba-hmac.js'
import { queryPairs } from '../signers/alibaba-request.js'
import { canonicalizedResource, stringToSign } from '../signers/alibaba-roa.js'
import { isAcs3, proveAcs3 } from './alibaba-acs3-proof.js'
import {
  type AlibabaCaller,
  type Examination,
  fault,
  knownAccessKey,
  proven,
  requireReadableUrl,
  requireRecent,
  requireUnused,
  sameText,
} from './alibaba-proof.js'
import { OPEN_API_REFUSALS } from './alibaba-refusals.js'
import { openApiParameters, proveRpc } from './alibaba-rpc-proof.js'
import { answerJson } from './answers.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import type { Surface, SurfaceFailure } from './surface.js'

const SIGNATURE_PARAMETER = /^(?:Signature|SecurityToken)/
const ROA = /^acs ([^:]+):(.+)$/

/**
 * Every Open API action that has no surface of its own: tells what was received and who signed it.
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export const alibabaOpenApi: Surface = {
  name: 'alibaba-open-api',
  matches: (request) =>
    actionOf(request) !== undefined || isAcs3(request.headers) || ROA.test(request.headers.get('authorization') ?? ''),
  async handle(request, state) {
    const caller = await proveOpenApi(request, state)
    return answerOpenApi({
      Action: actionOf(request) ?? '',
      Version: request.headers.get('x-acs-version') ?? parameter(request, 'Version') ?? '',
      Method: request.method,
      Path: request.url.pathname,
      Parameters: Object.fromEntries(openApiParameters(request).filter(([name]) => !SIGNATURE_PARAMETER.test(name))),
      Caller: caller.arn,
      AccessKeyId: caller.accessKeyId,
      Scheme: caller.scheme,
    })
  },
  answerError: answerOpenApiError,
}

/** The operation that a request asks for. */
export function actionOf(request: ReceivedRequest): string | undefined {
  const named = request.headers.get('x-acs-action')
  if (named !== null) return named
  return request.url.pathname === '/' ? parameter(request, 'Action') : undefined
}

/** The value of a parameter, wherever it stands. */
export function parameter(request: ReceivedRequest, name: string): string | undefined {
  return openApiParameters(request).find(([candidate]) => candidate === name)?.[1]
}

/** Checks the signature of an Open API request, whichever of the three schemes it has. */
export async function proveOpenApi(request: ReceivedRequest, state: EmulatorState): Promise<AlibabaCaller> {
  const examination = { request, state, refusals: OPEN_API_REFUSALS }
  requireReadableUrl(examination)
  if (isAcs3(request.headers)) return proveAcs3(examination)
  return ROA.test(request.headers.get('authorization') ?? '') ? proveRoa(examination) : proveRpc(examination)
}

/** An answer with a request id in its body and its headers. */
export function answerOpenApi(value: object): Response {
  const RequestId = crypto.randomUUID().toUpperCase()
  return answerJson({ RequestId, ...value }, { headers: { 'x-acs-request-id': RequestId } })
}

/** An error in the shape of Open API. */
export function answerOpenApiError(failure: SurfaceFailure, { host }: ReceivedRequest): Response {
  const { status, code: Code, message: Message } = failure
  const RequestId = crypto.randomUUID().toUpperCase()
  const Recommend = `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(Code)}`
  const headers = { 'x-acs-request-id': RequestId }
  return answerJson({ RequestId, HostId: host, Code, Message, Recommend, HttpStatus: status }, { status, headers })
}

/** The scheme of resource-style calls before ACS3. */
async function proveRoa(examination: Examination): Promise<AlibabaCaller> {
  const { method, url, headers: received } = examination.request
  const headers = Object.fromEntries(received)
  const [, accessKeyId = '', signature = ''] = ROA.exec(headers['authorization'] ?? '') ?? []
  const { credentials, arn } = knownAccessKey(examination, accessKeyId, headers['x-acs-security-token'])
  requireRecent(examination, Date.parse(headers['date'] ?? ''))
  const string = stringToSign(method, headers, canonicalizedResource(url.pathname, queryPairs(url.search)))
  const expected = encodeBase64(await hmac(await hmacKey('SHA-1', utf8(credentials.accessKeySecret)), string))
  if (!sameText(expected, signature)) throw fault(examination, 'signature')
  const nonce = headers['x-acs-signature-nonce']
  if (nonce !== undefined) requireUnused(examination, accessKeyId, nonce)
  return proven(examination, { arn, accessKeyId, scheme: 'acs' })
}
