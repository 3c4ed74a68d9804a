// Alibaba Cloud without an access key of its own: the program knows the name of a secret, and KMS rotates what is in it.
//   SECRET_NAME=my-ram-secret node examples/alibaba.mjs
// How it proves itself to KMS is in managed_credentials_providers.properties, or in variables of the same names:
//   credentials_type=ecs_ram_role
//   cache_client_region_id=[{"regionId": "cn-hangzhou"}]

import process from 'node:process'
import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
import { createAlibabaFetch } from 'countersign/http/alibaba-fetch'
import { signAcs3 } from 'countersign/signers/alibaba-acs3'
import { signOss4 } from 'countersign/signers/alibaba-oss4'

const {
  SECRET_NAME: secretName = 'my-ram-secret',
  ECS_ENDPOINT = 'https://ecs.cn-hangzhou.aliyuncs.com/',
  OSS_BUCKET = 'https://my-bucket.oss-cn-hangzhou.aliyuncs.com',
} = process.env

const credentials = alibabaManaged({ secretName })

// Open API and OSS differ in how they are signed. An access key that was rotated away is fetched anew, and the call sent again.
const openApi = createAlibabaFetch({ credentials, sign: signAcs3, signOptions: { version: '2014-05-26' } })
const oss = createAlibabaFetch({ credentials, sign: signOss4, signOptions: { region: 'cn-hangzhou' } })

const regions = await openApi(ECS_ENDPOINT, { method: 'POST', headers: { 'x-acs-action': 'DescribeRegions' } })
console.log('DescribeRegions', regions.status)

await oss(`${OSS_BUCKET}/hello.txt`, { method: 'PUT', body: 'Hello from OSS' })
const object = await oss(`${OSS_BUCKET}/hello.txt`)
console.log(object.status, await object.text())

await credentials.shutdown()
