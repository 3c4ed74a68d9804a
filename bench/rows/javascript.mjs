// @ts-check
// What our JavaScript costs by itself: WebCrypto answers at once with what it answered before.
import { signOciHeaders } from 'countersign/signers/oci'
import { credentials, GET_URL, jsonHeaders, kibibyte, POST_URL } from '../fixtures.mjs'
import { interleaved, median } from '../measure.mjs'

const signature = new Uint8Array(256)
const stubbed = { ...credentials, key: async () => signature }
const get = { method: 'GET', url: GET_URL }
const post = { method: 'POST', url: POST_URL, headers: jsonHeaders, body: kibibyte }

export async function javascript() {
  const digest = Object.getOwnPropertyDescriptor(SubtleCrypto.prototype, 'digest')
  const answer = Promise.resolve(new ArrayBuffer(32))
  if (digest) Object.defineProperty(SubtleCrypto.prototype, 'digest', { ...digest, value: () => answer })
  try {
    const size = { rounds: 61, calls: 500 }
    const times = await interleaved(
      { get: () => signOciHeaders(get, stubbed), post: () => signOciHeaders(post, stubbed) },
      size,
    )
    return [
      { name: 'JavaScript of a GET, RSA stubbed', value: median(times.get), unit: 'µs', atMost: 10 },
      {
        name: 'JavaScript of a 1 KiB POST, RSA and SHA-256 stubbed',
        value: median(times.post),
        unit: 'µs',
        atMost: 15,
      },
    ]
  } finally {
    if (digest) Object.defineProperty(SubtleCrypto.prototype, 'digest', digest)
  }
}
