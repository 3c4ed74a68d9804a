// A Cloudflare Worker in front of a bucket of Alibaba Cloud OSS. Its secrets open KMS alone; the access key for the bucket is a
// managed RAM credential, which KMS rotates.
//   wrangler secret put KMS_ACCESS_KEY_SECRET   (and so on: see Env)
//   wrangler deploy

import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
import { createAlibabaFetch } from 'countersign/http/alibaba-fetch'
import { signOss4 } from 'countersign/signers/alibaba-oss4'

/**
 * @typedef {object} Env
 * @property {string} SECRET_NAME the name of a managed RAM credential
 * @property {string} KMS_ACCESS_KEY_ID of a user that may read this secret, and nothing else
 * @property {string} KMS_ACCESS_KEY_SECRET
 * @property {string} [KMS_ENDPOINT] where KMS is not at the region's shared gateway
 * @property {string} REGION such as `cn-hangzhou`
 * @property {string} OSS_BUCKET such as `https://my-bucket.oss-cn-hangzhou.aliyuncs.com`
 */

/** Kept from one request to the next, with the access key. @type {typeof fetch | undefined} */
let ossFetch

/** @param {Env} env */
function fetchOf(env) {
  ossFetch ??= createAlibabaFetch({ credentials: managed(env), sign: signOss4, signOptions: { region: env.REGION } })
  return ossFetch
}

/** @param {Env} env */
function managed(env) {
  return alibabaManaged({
    secretName: env.SECRET_NAME,
    configuration: {
      values: {
        credentials_type: 'ak',
        credentials_access_key_id: env.KMS_ACCESS_KEY_ID,
        credentials_access_secret: env.KMS_ACCESS_KEY_SECRET,
        cache_client_region_id: [{ regionId: env.REGION, endpoint: env.KMS_ENDPOINT }],
      },
    },
  })
}

const worker = {
  /** @param {Request} request @param {Env} env */
  async fetch(request, env) {
    const object = await fetchOf(env)(`${env.OSS_BUCKET}${new URL(request.url).pathname}`)
    return new Response(object.body, { status: object.status, headers: { 'content-type': 'text/plain' } })
  },
}

export default worker
