// @ts-check
// Alibaba Cloud's ACS3 signature, beside the official SDK's.
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { signAcs3Headers } from 'countersign/signers/alibaba-acs3'
import { interleaved, median, medianRatio } from '../measure.mjs'

const require = createRequire(import.meta.url)
const { OpenApiUtil } = require('@alicloud/openapi-core')
// The SDK's own request, from where the SDK finds it.
const { Request } = createRequire(require.resolve('@alicloud/openapi-core'))('@darabonba/typescript')

const ALGORITHM = 'ACS3-HMAC-SHA256'
const credentials = { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' }
const query = { RegionId: 'cn-shanghai', ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd' }
const host = 'ecs.cn-shanghai.aliyuncs.com'
const url = `https://${host}/?${new URLSearchParams(query)}`
const options = { action: 'RunInstances', version: '2014-05-26' }

const contenders = {
  ours: () => signAcs3Headers({ method: 'POST', url }, credentials, options),
  theirs: officialSignature,
}

/** What `Client.doRequest` of the SDK does for this signature, without sending. */
function officialSignature() {
  const request = Object.assign(new Request(), { method: 'POST', pathname: '/', query })
  const payload = createHash('sha256').update('').digest('hex')
  request.headers = {
    host,
    'x-acs-version': options.version,
    'x-acs-action': options.action,
    'x-acs-date': OpenApiUtil.getTimestamp(),
    'x-acs-signature-nonce': OpenApiUtil.getNonce(),
    'x-acs-content-sha256': payload,
  }
  const { accessKeyId, accessKeySecret } = credentials
  return OpenApiUtil.getAuthorization(request, ALGORITHM, payload, accessKeyId, accessKeySecret)
}

export async function acs3() {
  const { ours, theirs } = await interleaved(contenders, { rounds: 31, calls: 200 })
  return [
    { name: 'ACS3 signature', value: median(ours), unit: 'µs' },
    {
      name: 'ACS3 signature, @alicloud/openapi-core',
      value: median(theirs),
      unit: 'µs',
      detail: 'synchronous: it blocks the event loop',
    },
    { name: 'ACS3 signature over @alicloud/openapi-core', value: medianRatio(ours, theirs), unit: '×' },
  ]
}
