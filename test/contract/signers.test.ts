import { createHash } from 'node:crypto'
import { signAcs3 } from '../../src/signers/alibaba-acs3.js'
import { signOss4 } from '../../src/signers/alibaba-oss4.js'
import { signOci } from '../../src/signers/oci.js'
import type { AlibabaCredentials, OciCredentials } from '../../src/types.js'
import { signerContract } from './signer.js'

const alibaba: AlibabaCredentials = { accessKeyId: 'LTAIexample', accessKeySecret: 'example-secret' }
const secrets = [alibaba.accessKeySecret]

// Any function of the bytes will do for a signature here: only whether it changes is looked at.
const oci: OciCredentials = {
  keyId: 'ocid1.tenancy.oc1..a/ocid1.user.oc1..b/20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34',
  key: async (data) => new Uint8Array(createHash('sha256').update(data).digest()),
}

signerContract('signOci', {
  sign: signOci,
  credentials: oci,
  secrets: [],
  url: 'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances',
})
signerContract('signAcs3', {
  sign: (request, credentials, options) =>
    signAcs3(request, credentials, { ...options, action: 'DescribeRegions', version: '2014-05-26' }),
  credentials: alibaba,
  secrets,
  url: 'https://ecs.cn-hangzhou.aliyuncs.com/api',
})
signerContract('signOss4', {
  sign: signOss4,
  credentials: alibaba,
  secrets,
  url: 'https://bucket.oss-cn-hangzhou.aliyuncs.com/object',
})
