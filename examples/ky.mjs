// The signed fetch inside another HTTP client: ky retries, each attempt is signed anew. `openapi-fetch`, `openai` and the
// AI SDK take it the same way.
//   node examples/ky.mjs

import process from 'node:process'
import { createSignedFetch } from 'countersign'
import { defaultProvider } from 'countersign/auto'
import ky from 'ky'

const credentials = defaultProvider()
const { region } = await credentials()
const endpoint = process.env.OCI_OBJECT_STORAGE_ENDPOINT ?? `https://objectstorage.${region}.oraclecloud.com`

// One of the two may retry: here it is ky.
const oci = ky.create({ prefix: endpoint, fetch: createSignedFetch({ credentials, retry: false }), retry: 3 })

const namespace = await oci.get('n/').json()
await oci.put(`n/${namespace}/b/notes/o/hello.txt`, { body: 'Hello from ky' })
console.log(await oci.get(`n/${namespace}/b/notes/o/hello.txt`).text())
