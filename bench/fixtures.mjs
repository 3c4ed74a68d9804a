// @ts-check
// One key and one request for every contender.
import { generateKeyPairSync } from 'node:crypto'
import { importPrivateKey } from 'countersign/keys/import-private-key'
import { SimpleAuthenticationDetailsProvider } from 'oci-common'

export const tenancy = 'ocid1.tenancy.oc1..aaaaaaaabenchmarkbenchmarkbenchmarkbenchmarkbenchmarkbench'
export const user = 'ocid1.user.oc1..aaaaaaaabenchmarkbenchmarkbenchmarkbenchmarkbenchmarkbenchma'

export const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
})
const imported = await importPrivateKey(String(pem))
export const key = imported.key
export const fingerprint = imported.fingerprint ?? ''

/** What our signer needs. */
export const credentials = { keyId: `${tenancy}/${user}/${fingerprint}`, key }

/** What `oci-common`'s signer needs. */
export const officialProvider = new SimpleAuthenticationDetailsProvider(tenancy, user, fingerprint, String(pem), null)

export const GET_URL =
  'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances?compartmentId=ocid1.compartment.oc1..aaaa&limit=50'
export const POST_URL = 'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances'
export const jsonHeaders = { 'content-type': 'application/json' }
export const kibibyte = JSON.stringify({ displayName: 'x'.repeat(1024 - 18) })
export const mebibyte = JSON.stringify({ displayName: 'x'.repeat(1024 * 1024 - 18) })
