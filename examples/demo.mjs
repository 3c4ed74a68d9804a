// The main job, with nothing but Node: signs requests, has them verified, and shows what is signed and what is refused.
// Run it with `npm run demo`. The cloud is an emulator in this process; nothing leaves the machine.

import process from 'node:process'
import { apiKey, createSignedFetch, signOciHeaders } from 'countersign'
import { instancePrincipal } from 'countersign/credentials/instance-principal'
import { generateSessionKey } from 'countersign/keys/session-key'
import { createEmulator } from 'countersign/testing'
import { brief, heading, note, quote, table, verdict } from './terminal.mjs'

const emulator = createEmulator({ identities: { region: 'eu-frankfurt-1' } })
const { identities } = emulator
const identity = `https://identity.${identities.region.id}.oraclecloud.com`
const objectStorage = `https://objectstorage.${identities.region.id}.oraclecloud.com`

heading('A key', 'generated here, uploaded to the emulated tenancy')
const { privateKey, publicKey } = await generateSessionKey()
const { keyId } = emulator.registry.uploadApiKey({ publicKey })
const [tenancy = '', user = '', fingerprint = ''] = keyId.split('/')
const credentials = await apiKey({ tenancy, user, fingerprint, privateKey })()
table({ user, tenancy, fingerprint })

heading('GET', 'the regions of the tenancy')
await signAndSend({ method: 'GET', url: `${identity}/20160918/regions` })

heading('POST', 'a JSON body: its length, type and digest are signed as well')
const json = { 'content-type': 'application/json' }
const body = JSON.stringify({ displayName: 'Zoë’s bucket', tier: 'Standard' })
await signAndSend({ method: 'POST', url: `${identity}/echo`, headers: json, body })

heading('PUT', 'an upload to Object Storage, whose body need not be hashed')
const object = `${objectStorage}/n/${identities.namespace}/b/photos/o/2026%2Fsunrise.png`
const pixels = crypto.getRandomValues(new Uint8Array(48 * 1024))
await signAndSend({ method: 'PUT', url: object, headers: { 'content-type': 'image/png' }, body: pixels })
const fetch = createSignedFetch({ credentials: async () => credentials, fetch: emulator.fetch })
const stored = new Uint8Array(await (await fetch(object)).arrayBuffer())
note(`read back with the signed fetch: ${stored.length} bytes, ${same(stored, pixels) ? 'the same' : 'DIFFERENT'}`)

heading('Tampering', 'the same POST, its body changed on the way')
await signAndSend({ method: 'POST', url: `${identity}/echo`, headers: json, body }, (text) =>
  text.replace('Standard', 'Archival'),
)

heading('Federation', 'no key at all: this process plays a compute instance')
const instance = instancePrincipal({ fetch: emulator.fetch, metadataBaseUrl: 'http://169.254.169.254/opc/v2' })
const asInstance = createSignedFetch({ credentials: instance, fetch: emulator.fetch })
const answers = await Promise.all(Array.from({ length: 20 }, () => asInstance(`${identity}/20160918/regions`)))
const { tokenCalls, sessionKeys } = emulator.counters.snapshot()
const subject = emulator.log.entries().at(-1)?.subject
verdict(
  answers.every(({ status }) => status === 200),
  `20 requests at once, verified as ${brief(subject)}`,
)
note(`${sessionKeys} session key and ${tokenCalls} token call for all of them; the token says:`)
const { claims = {}, expiresAt = 0 } = await instance()
const names = ['sub', 'ptype', 'iss', 'tenant', 'opc-compartment', 'opc-instance']
table({ ...Object.fromEntries(names.map((name) => [name, claims[name]])), expires: new Date(expiresAt).toISOString() })
process.stdout.write('\n')

/**
 * Signs a request, sends it, and shows the text that was signed and what the verifier says.
 *
 * @param {{ method: string, url: string, headers?: Record<string, string>, body?: string | Uint8Array<ArrayBuffer> }} request
 * @param {(body: string) => string} [tamper] changes the body after it was signed
 */
async function signAndSend(request, tamper) {
  const signed = await signOciHeaders(request, credentials)
  quote(signed.signingString)
  const sent =
    tamper === undefined ? signed.body : tamper(new TextDecoder().decode(/** @type {Uint8Array} */ (signed.body)))
  const { url, method, headers } = signed
  const response = await emulator.fetch(url, { method, headers, ...(sent === undefined ? {} : { body: sent }) })
  const { subject, refusal } = emulator.log.entries().at(-1) ?? {}
  const expected = tamper === undefined ? 200 : 401
  if (response.status !== expected) process.exitCode = 1
  if (refusal === undefined) verdict(true, `${response.status}, verified as ${brief(subject)}`)
  else verdict(false, `${response.status}, refused: ${refusal.code}`, refusal.reason)
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function same(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
