import { decodeBase64, encodeBase64 } from '../encoding/base64.js'
import { text, utf8 } from '../encoding/bytes.js'
import { type QueryPairs, queryPairs } from '../signers/alibaba-request.js'
import { sign, stringToSign } from '../signers/alibaba-rpc.js'
import { alibabaAccount } from './alibaba-account.js'
import {
  type AlibabaCaller,
  type Examination,
  fault,
  knownAccessKey,
  proven,
  requireRecent,
  requireUnused,
  sameText,
} from './alibaba-proof.js'
import type { ReceivedRequest } from './received.js'

const FORM = 'application/x-www-form-urlencoded'
const CLIENT_KEY_METHOD = 'SHA256withRSA'

/** The parameters of an Open API call, from its query and its form body. None when they cannot be read. */
export function openApiParameters({ url, headers, body }: ReceivedRequest): QueryPairs {
  const isForm = headers.get('content-type')?.toLowerCase().startsWith(FORM) === true
  try {
    return [...queryPairs(url.search), ...(isForm ? queryPairs(text(body)) : [])]
  } catch {
    return []
  }
}

/** Checks signature version 1.0, by an access key or by the client key of KMS. */
export async function proveRpc(examination: Examination): Promise<AlibabaCaller> {
  const pairs = openApiParameters(examination.request)
  const parameters: Readonly<Record<string, string>> = Object.fromEntries(pairs)
  const { AccessKeyId = '', Signature = '', SignatureNonce, SignatureMethod = '', Timestamp = '' } = parameters
  if (Signature === '') throw fault(examination, 'missing')
  if (parameters['SignatureVersion'] !== '1.0') throw fault(examination, 'incomplete', 'SignatureVersion is not 1.0')
  const string = stringToSign(
    examination.request.method,
    pairs.filter(([name]) => name !== 'Signature'),
  )
  const proof = { accessKeyId: AccessKeyId, securityToken: parameters['SecurityToken'], string, signature: Signature }
  const isClientKey = SignatureMethod === CLIENT_KEY_METHOD && parameters['SignatureType'] === 'PRIVATEKEY'
  const arn = await (isClientKey ? proveClientKey : proveAccessKey)(examination, proof)
  requireRecent(examination, Date.parse(Timestamp))
  requireUnused(examination, AccessKeyId, SignatureNonce)
  return proven(examination, { arn, accessKeyId: AccessKeyId, scheme: SignatureMethod })
}

/** Checks an RSA signature of the emulated application's client key, in base64. Gives the key's ARN. */
export async function proveClientKey(
  examination: Examination,
  proof: { readonly accessKeyId: string; readonly string: string; readonly signature: string },
): Promise<string> {
  const { state } = examination
  const { clientKeyId, id } = state.of(alibabaAccount)
  if (proof.accessKeyId !== clientKeyId) throw fault(examination, 'access-key')
  const { publicKey } = await state.keys.get('alibaba-client-key')
  const signature = decodeBase64(proof.signature) ?? new Uint8Array()
  if (await crypto.subtle.verify('RSASSA-PKCS1-v1_5', publicKey, signature, utf8(proof.string))) {
    return `acs:kms::${id}:clientkey/${clientKeyId}`
  }
  throw fault(examination, 'signature')
}

async function proveAccessKey(
  examination: Examination,
  proof: {
    readonly accessKeyId: string
    readonly securityToken: string | undefined
    readonly string: string
    readonly signature: string
  },
): Promise<string> {
  const { credentials, arn } = knownAccessKey(examination, proof.accessKeyId, proof.securityToken)
  const expected = encodeBase64(await sign(credentials, proof.string))
  if (sameText(expected, proof.signature)) return arn
  throw fault(examination, 'signature')
}
