// A Cloudflare Worker that lists the objects of a bucket, with an API key from its secrets. No flag is needed, not even
// `nodejs_compat`.
//   wrangler secret put OCI_PRIVATE_KEY   (and so on: see Env)
//   wrangler deploy

import { apiKey, createSignedFetch } from 'countersign'

/**
 * @typedef {object} Env
 * @property {string} OCI_TENANCY
 * @property {string} OCI_USER
 * @property {string} OCI_FINGERPRINT
 * @property {string} OCI_PRIVATE_KEY the PEM
 * @property {string} OCI_OBJECT_STORAGE such as `https://objectstorage.eu-frankfurt-1.oraclecloud.com`
 * @property {string} BUCKET
 */

/** Kept from one request to the next: importing a key takes longer than signing. @type {typeof fetch | undefined} */
let signedFetch

/** @param {Env} env */
function fetchOf(env) {
  const { OCI_TENANCY: tenancy, OCI_USER: user, OCI_FINGERPRINT: fingerprint, OCI_PRIVATE_KEY: privateKey } = env
  signedFetch ??= createSignedFetch({ credentials: apiKey({ tenancy, user, fingerprint, privateKey }) })
  return signedFetch
}

const worker = {
  /** @param {Request} request @param {Env} env */
  async fetch(request, env) {
    const fetch = fetchOf(env)
    const namespace = await (await fetch(`${env.OCI_OBJECT_STORAGE}/n/`)).json()
    // The path is encoded already, but for the slashes that belong to the name.
    const name = new URL(request.url).pathname.slice(1).replaceAll('/', '%2F')
    const object = await fetch(`${env.OCI_OBJECT_STORAGE}/n/${namespace}/b/${env.BUCKET}/o/${name}`)
    return new Response(object.body, { status: object.status, headers: { 'content-type': 'text/plain' } })
  },
}

export default worker
