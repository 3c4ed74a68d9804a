// @ts-check
// What a signature costs beside RSA: the key is a function that answers at once.
import { signOciHeaders } from 'countersign/signers/oci'
import { credentials, GET_URL, jsonHeaders, kibibyte, POST_URL } from '../fixtures.mjs'
import { interleaved, median } from '../measure.mjs'

const signature = new Uint8Array(256)
const stubbed = { ...credentials, key: async () => signature }
const get = { method: 'GET', url: GET_URL }
const post = { method: 'POST', url: POST_URL, headers: jsonHeaders, body: kibibyte }

export async function javascript() {
  const size = { rounds: 61, calls: 500 }
  const times = await interleaved(
    { get: () => signOciHeaders(get, stubbed), post: () => signOciHeaders(post, stubbed) },
    size,
  )
  return [
    { name: 'JavaScript of a GET, RSA stubbed', value: median(times.get), unit: 'µs', atMost: 10 },
    { name: 'JavaScript of a 1 KiB POST, RSA stubbed', value: median(times.post), unit: 'µs', atMost: 15 },
  ]
}
