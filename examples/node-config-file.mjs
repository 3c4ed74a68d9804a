// Node, with the configuration file that the OCI CLI and `oci-common` read: ~/.oci/config, or the one in OCI_CONFIG_FILE.
//   node examples/node-config-file.mjs [PROFILE]

import process from 'node:process'
import { createSignedFetch } from 'countersign'
import { configFile } from 'countersign/credentials/config-file'

const [profile = 'DEFAULT'] = process.argv.slice(2)
const credentials = configFile({ profile })
const fetch = createSignedFetch({ credentials })

const { region, tenancy } = await credentials()
const identity = process.env.OCI_IDENTITY_ENDPOINT ?? `https://identity.${region}.oraclecloud.com`
const response = await fetch(`${identity}/20160918/tenancies/${tenancy}/regionSubscriptions`)
if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)

for (const { regionName, isHomeRegion } of await response.json()) {
  console.log(regionName, isHomeRegion ? '(home)' : '')
}
