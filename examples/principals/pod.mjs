// A pod of an OKE cluster (of the type "enhanced"), as its own workload: nothing but its service account. The policy names
// the workload:
//   allow any-user to read objects in compartment c where all { request.principal.type = 'workload',
//     request.principal.namespace = 'default', request.principal.service_account = 'reader',
//     request.principal.cluster_id = 'ocid1.cluster…' }
// The pod's template needs `serviceAccountName: reader`, and OCI_RESOURCE_PRINCIPAL_REGION in its environment.
//   node examples/principals/pod.mjs   (or deno run -A, or bun)

import process from 'node:process'
import { createSignedFetch } from 'countersign'
import { okeWorkloadIdentity } from 'countersign/credentials/oke-workload-identity'

const credentials = okeWorkloadIdentity()
const fetch = createSignedFetch({ credentials })

const { region, claims } = await credentials()
const storage = process.env.OCI_OBJECT_STORAGE_ENDPOINT ?? `https://objectstorage.${region}.oraclecloud.com`
const response = await fetch(`${storage}/n/`)
console.log('service account', claims.var_service_account, 'sees', response.status, await response.json())
