import type { OciCredentials } from 'countersign'
import { apiKey } from 'countersign'
import { cached } from 'countersign/credentials/cached'
import { sessionToken } from 'countersign/credentials/session-token'
import { sealedStore, type TokenStore } from 'countersign/credentials/token-store'
import { generateSession } from 'countersign/federation/session-generation'
import { runtime } from '#runtime'
import { equal, failsWith, ok } from '../assert.js'
import { whoami } from '../calls.js'
import type { Capability, World } from '../capability.js'

const HOUR = 3_600_000

export const engine: Capability = {
  name: 'token engine: one load, early refresh, a deadline, disposal',
  cases: {
    'shares one load among callers where promises may be shared, and the value everywhere': async () => {
      const { provider, counts } = counted()
      const all = await Promise.all([provider(), provider(), provider()])
      equal(counts.loads, runtime.sharesPromises ? 1 : 3, 'loads of three callers at once')
      equal(new Set([...all, await provider()]).size <= counts.loads, true, 'no load more')
      const again = await provider()
      ok(again === (await provider()), 'the same object again')
    },
    'gives other credentials than those refused': async () => {
      const { provider } = counted()
      const refused = await provider()
      const renewed = await provider({ forceRefresh: refused })
      equal(renewed.token === refused.token, false, 'the same token')
    },
    'ends a load that hangs': async () => {
      const hanging = cached<OciCredentials>(() => new Promise(() => {}), { loadTimeoutMs: 50 })
      await failsWith('TIMEOUT', hanging(), 'a load that hangs')
    },
    'refuses callers after disposal': async () => {
      const { provider } = counted()
      await provider()
      provider.dispose()
      await failsWith('DISPOSED', provider(), 'a call after disposal')
    },
  },
}

export const sessions: Capability = {
  name: 'sessions: begin one with an API key, prolong it, seal it in a store',
  cases: {
    'begins a session, and is accepted': async (world) => {
      equal((await whoami(world, async () => begun(world))).kind, 'token', 'the kind of principal')
    },
    'prolongs a session with the same key': async (world) => {
      const content = (ending: string): string =>
        Object.entries(world.files).find(([path]) => path.endsWith(ending))?.[1] ?? ''
      const [token, privateKey] = [content('session/token'), content('session/oci_api_key.pem')]
      const provider = sessionToken({ token, privateKey, endpoint: world.http, region: world.region })
      const first = await provider()
      const second = await provider({ forceRefresh: first })
      ok(first.key === second.key && first.token !== second.token, 'the same key and another token')
      equal((await whoami(world, provider)).kind, 'token', 'the kind of principal')
    },
    'signs with a token and a key that were sealed, stored and opened': async (world) => {
      const values = new Map<string, string>()
      const backend: TokenStore = {
        get: async (name) => values.get(name),
        set: async (name, value) => {
          values.set(name, value)
        },
      }
      const key = crypto.getRandomValues(new Uint8Array(32))
      const store = sealedStore<OciCredentials>({ store: backend, name: 'conformance', key })
      await store.set(await begun(world))
      const opened = await store.get()
      ok(opened, 'credentials in the store')
      equal((await whoami(world, async () => opened)).kind, 'token', 'the kind of principal')
    },
  },
}

function counted() {
  const counts = { loads: 0 }
  const provider = cached<OciCredentials>(async () => {
    counts.loads += 1
    const token = `token-${counts.loads}`
    const key = async (): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array()
    return { keyId: `ST$${token}`, token, key, issuedAt: Date.now(), expiresAt: Date.now() + HOUR }
  })
  return { provider, counts }
}

async function begun({ apiKey: own, http }: World): Promise<OciCredentials> {
  const user = await apiKey({ tenancy: own.tenancy, user: own.user, privateKey: own.privateKey })()
  return generateSession(user, { endpoint: http, fetch: runtime.fetch, minutes: 10, sessionKey: { extractable: true } })
}
