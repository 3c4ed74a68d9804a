// A function of OCI Functions that asks for the name of its own tenancy, without any SDK. The platform puts a session token
// and its key into files, tells where in OCI_RESOURCE_PRINCIPAL_*, and replaces them: so does whoever signs with them.
// In a real one, hand `handler` to the function development kit: fdk.handle(handler).
//   node examples/principals/function.mjs

import process from 'node:process'
import { createSignedFetch } from 'countersign'
import { resourcePrincipal } from 'countersign/credentials/resource-principal'
import { resourceFacts } from 'countersign/federation/resource-claims'

// Made once, so that calls of a warm function share the token.
const credentials = resourcePrincipal()
const fetch = createSignedFetch({ credentials })

export async function handler() {
  const current = await credentials()
  const { tenancy, compartment, type } = resourceFacts(current)
  const identity = process.env.OCI_IDENTITY_ENDPOINT ?? `https://identity.${current.region}.oraclecloud.com`
  const response = await fetch(`${identity}/20160918/tenancies/${tenancy}`)
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  const { name } = await response.json()
  return { tenancy: name, compartment, type }
}

console.log(await handler())
