import { signOciHeaders } from 'countersign/signers/oci'
import { pageWorld } from '../page/world.js'
import { curlOf } from '../sign/draft.js'

/** What can be pasted into the Explain tab. */
export interface Pasted {
  readonly request: string
  readonly response: string
  readonly config: string
  readonly privateKey: string
}

export const nothing: Pasted = { request: '', response: '', config: '', privateKey: '' }

const refusal = `HTTP/1.1 401 Unauthorized
content-type: application/json
date: DATE

{"code":"NotAuthenticated","message":"The required information to complete authentication was not provided or was incorrect."}`

const url = 'https://identity.us-phoenix-1.oraclecloud.com/echo'

/** Requests that fail, each for a reason of its own. */
export const samples: readonly { readonly name: string; readonly make: () => Promise<Pasted> }[] = [
  {
    name: 'A clock that is off',
    make: async () => ({ ...nothing, request: await signedAt(Date.now() - 1_200_000), response: answered() }),
  },
  {
    name: 'A body changed on the way',
    make: async () => ({
      ...nothing,
      request: (await signedAt(Date.now())).replace('"a": 1', '"a":1'),
      response: answered(),
    }),
  },
  {
    name: 'A stray line break',
    make: async () => ({
      ...nothing,
      config: `[DEFAULT]\nuser=ocid1.user.oc1..aaaaexample extra\ntenancy=ocid1.tenancy.oc1..aaaaexample\nregion=eu-frankfurt-1\n`,
    }),
  },
  {
    name: 'A bearer token',
    make: async () => ({ ...nothing, request: `curl ${url} -H 'Authorization: Bearer abc'`, response: answered() }),
  },
]

async function signedAt(time: number): Promise<string> {
  const { credentials } = await pageWorld()
  return curlOf(await signOciHeaders({ method: 'POST', url, body: '{"a": 1}' }, credentials, { clock: () => time }))
}

function answered(): string {
  return refusal.replace('DATE', new Date().toUTCString())
}
