import { alibabaEcsRamRole } from 'countersign/credentials/alibaba-ecs-ram-role'
import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
import { dkmsSecrets } from 'countersign/federation/alibaba-dkms'
import { kmsSecrets } from 'countersign/federation/alibaba-kms'
import type { SecretSource } from 'countersign/federation/alibaba-secret'
import { createAlibabaFetch } from 'countersign/http/alibaba-fetch'
import { openClientKey } from 'countersign/keys/alibaba-client-key'
import { signAcs3 } from 'countersign/signers/alibaba-acs3'
import { signOss4 } from 'countersign/signers/alibaba-oss4'
import { createEmulator, type Emulator } from 'countersign/testing'
import { alibabaAccount, alibabaClientKeyFile } from 'countersign/testing/alibaba-account'
import { runtime } from '#runtime'
import { equal, failsWith } from '../assert.js'
import type { Capability } from '../capability.js'

const API = 'https://ecs.cn-hangzhou.aliyuncs.com/'
const OBJECT = 'https://emulated-bucket.oss-cn-hangzhou.aliyuncs.com/a%20b.txt'
const SIGN = { action: 'DescribeRegions', version: '2014-05-26' }

/** The whole emulator runs inside the runtime: what is shown here needs no network. */
export const managed: Capability = {
  name: 'Alibaba Cloud managed credentials, through an emergency rotation',
  cases: {
    'loses no call to an Open API, with the role of an instance': async () => {
      const emulator = createEmulator()
      const { fetch } = emulator
      const access = alibabaEcsRamRole({
        fetch,
        runtime: { ...runtime, env: () => undefined, hasMetadataService: true },
      })
      await survives(emulator, kmsSecrets({ region: 'cn-hangzhou', access, fetch }), 'alibaba-kms')
    },
    'puts and reads objects with V4': async () => {
      const emulator = createEmulator()
      const { fetch } = emulator
      const account = emulator.of(alibabaAccount)
      const secrets = kmsSecrets({ region: account.region, access: async () => account.accessKey, fetch })
      const credentials = alibabaManaged({ secretName: account.secretName, secrets })
      const oss = createAlibabaFetch({ credentials, sign: signOss4, fetch })
      equal((await oss(OBJECT, { method: 'PUT', body: 'content' })).status, 200, 'PUT')
      account.rotate()
      equal((await oss(OBJECT, { method: 'HEAD' })).status, 200, 'HEAD after a rotation')
      equal(await (await oss(OBJECT)).text(), 'content', 'GET')
      await credentials.shutdown()
    },
  },
}

export const clientKey: Capability = {
  name: 'Alibaba Cloud managed credentials from a KMS instance',
  absent: { browser: 'its protocol signs a header that browsers do not let anyone set' },
  cases: {
    'loses no call to an Open API': async () => {
      const emulator = createEmulator()
      await survives(emulator, await instanceSecrets(emulator), 'alibaba-dedicated-kms')
    },
  },
  whereAbsent: {
    'says so before it calls': async () => {
      const emulator = createEmulator()
      const secrets = await instanceSecrets(emulator)
      await failsWith('UNSUPPORTED_RUNTIME', secrets('any'), 'a call to a KMS instance')
      equal(emulator.log.entries().length, 0, 'requests')
    },
  },
}

async function instanceSecrets(emulator: Emulator): Promise<SecretSource> {
  const endpoint = 'kst-emulated.cryptoservice.kms.aliyuncs.com'
  const opened = await openClientKey(await alibabaClientKeyFile(emulator))
  return dkmsSecrets({ endpoint, clientKey: opened, fetch: emulator.fetch })
}

async function survives(emulator: Emulator, secrets: SecretSource, surface: string): Promise<void> {
  const { fetch } = emulator
  const account = emulator.of(alibabaAccount)
  const credentials = alibabaManaged({ secretName: account.secretName, secrets })
  const api = createAlibabaFetch({ credentials, sign: signAcs3, signOptions: SIGN, fetch })
  equal((await api(API, { method: 'POST' })).status, 200, 'the first call')
  account.rotate()
  equal((await api(API, { method: 'POST' })).status, 200, 'the first call after the rotation')
  const answers = await Promise.all(Array.from({ length: 20 }, () => api(API, { method: 'POST' })))
  equal(new Set(answers.map(({ status }) => status)).size, 1, 'one status for all calls')
  equal(answers[0]?.status, 200, 'the status of all calls')
  equal(emulator.counters.snapshot().requests[surface], 2, 'reads of the secret')
  await credentials.shutdown()
}
