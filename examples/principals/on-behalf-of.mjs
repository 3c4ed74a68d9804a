// A service on an instance that acts for the user whose delegation token it was handed, as Cloud Shell does. The token
// goes along with each request and is covered by the signature; its file is read again when it changes.
//   OCI_CLI_DELEGATION_TOKEN_FILE=/etc/oci/delegation_token node examples/principals/on-behalf-of.mjs

import process from 'node:process'
import { createSignedFetch } from 'countersign'
import { withDelegation } from 'countersign/credentials/delegation-token'
import { instancePrincipal } from 'countersign/credentials/instance-principal'

const file = process.env.OCI_CLI_DELEGATION_TOKEN_FILE ?? '/etc/oci/delegation_token'
const credentials = withDelegation(instancePrincipal(), { file })
const fetch = createSignedFetch({ credentials })

const { region } = await credentials()
const identity = process.env.OCI_IDENTITY_ENDPOINT ?? `https://identity.${region}.oraclecloud.com`
const response = await fetch(`${identity}/20160918/regions`)
console.log(response.status, (await response.json()).length, 'regions')
