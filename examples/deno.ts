// A Deno script. It asks for nothing but the network, the configuration file and the variables of the OCI CLI:
//   deno run --allow-net --allow-read --allow-env examples/deno.ts

import { createSignedFetch } from 'countersign'
import { defaultProvider } from 'countersign/auto'

const credentials = defaultProvider()
const fetch = createSignedFetch({ credentials })

const { region, source } = await credentials()
const endpoint = Deno.env.get('OCI_OBJECT_STORAGE_ENDPOINT') ?? `https://objectstorage.${region}.oraclecloud.com`
const response = await fetch(`${endpoint}/n/`)
console.log(`signed as ${source}:`, response.status, await response.json())
