// @ts-check
// One signature, as raw WebCrypto, by us, and by the neighbours.
import { AwsV4Signer } from 'aws4fetch'
import { signOci, signOciHeaders } from 'countersign/signers/oci'
import { SignJWT } from 'jose'
import { DefaultRequestSigner } from 'oci-common'
import { credentials, GET_URL, jsonHeaders, key, kibibyte, officialProvider, POST_URL } from '../fixtures.mjs'
import { interleaved, median, medianRatio } from '../measure.mjs'

const official = new DefaultRequestSigner(officialProvider)
const { signingString } = await signOciHeaders({ method: 'GET', url: GET_URL }, credentials)
const bytes = new TextEncoder().encode(signingString)
const get = { method: 'GET', url: GET_URL }
const post = { method: 'POST', url: POST_URL, headers: jsonHeaders, body: kibibyte }
const aws = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI',
  service: 'execute-api',
  region: 'us-east-1',
}

const contenders = {
  'raw subtle.sign': () => crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, bytes),
  'countersign, GET': () => signOciHeaders(get, credentials),
  'countersign, GET, Request': () => signOci(new Request(GET_URL), credentials),
  'countersign, POST 1 KiB': () => signOciHeaders(post, credentials),
  'countersign, POST 1 KiB, Request': () => signOci(new Request(POST_URL, post), credentials),
  'oci-common, GET': () =>
    official.signHttpRequest({ method: 'GET', uri: GET_URL, headers: /** @type {any} */ (new Headers()) }),
  'oci-common, POST 1 KiB': () =>
    official.signHttpRequest({
      method: 'POST',
      uri: POST_URL,
      headers: /** @type {any} */ (new Headers(jsonHeaders)),
      body: kibibyte,
    }),
  'jose, RS256 token': () => new SignJWT({ sub: 'someone' }).setProtectedHeader({ alg: 'RS256' }).sign(key),
  'aws4fetch, POST 1 KiB (HMAC)': () => new AwsV4Signer({ ...post, ...aws }).sign(),
}

export async function signatures() {
  const times = await interleaved(contenders)
  const raw = times['raw subtle.sign']
  const rows = Object.entries(times).map(([name, each]) => ({
    name,
    value: median(each),
    unit: 'µs',
    detail: `${medianRatio(each, raw).toFixed(2)}× raw`,
  }))
  return [
    ...rows,
    {
      name: 'GET over raw subtle.sign, plain object',
      value: medianRatio(times['countersign, GET'], raw),
      unit: '×',
      atMost: 1.1,
    },
    {
      name: '1 KiB POST over raw subtle.sign, plain object',
      value: medianRatio(times['countersign, POST 1 KiB'], raw),
      unit: '×',
      atMost: 1.2,
    },
  ]
}
