// A program on a compute instance, as that instance: no key, no configuration file. Let a dynamic group hold the instance,
// and a policy let the group read.
//   node examples/principals/instance.mjs   (or deno run -A, or bun)

import process from 'node:process'
import { createSignedFetch } from 'countersign'
import { instancePrincipal } from 'countersign/credentials/instance-principal'

const credentials = instancePrincipal({
  onEvent: ({ type, at }) => console.error(new Date(at).toISOString(), type),
})
const fetch = createSignedFetch({ credentials })

const { region, claims, expiresAt } = await credentials()
console.log('signs as', claims.sub, 'until', new Date(expiresAt).toISOString())

const identity = process.env.OCI_IDENTITY_ENDPOINT ?? `https://identity.${region}.oraclecloud.com`
// Any number of requests at once share one token, and the token is renewed behind them after half of its life.
const regions = await Promise.all(Array.from({ length: 10 }, () => fetch(`${identity}/20160918/regions`)))
console.log(regions.filter(({ ok }) => ok).length, 'of', regions.length, 'requests accepted')
