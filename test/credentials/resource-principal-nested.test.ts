import { beforeAll, describe, expect, it } from 'vitest'
import { nestedResourcePrincipal } from '../../src/credentials/resource-principal-nested.js'
import type { OciCredentials } from '../../src/types.js'
import { handClock, START } from '../fixtures/clock.js'
import { sessionKey, tokenOf } from '../fixtures/sessions.js'

const PARENTS = 'https://parents.example'
const AUTH = 'https://auth.example'

let leaf: OciCredentials
beforeAll(async () => {
  leaf = { keyId: 'ST$leaf', key: (await sessionKey()).privateKey, region: 'us-phoenix-1' }
})

/** Services whose parents lead on as `next` says; what they were asked. */
function climb(next: Readonly<Record<string, string>>, options: { onEndless?: 'fail' | 'last' } = {}) {
  const asked: string[] = []
  const fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const { url } = new Request(input, init)
    asked.push(url)
    if (url.startsWith(AUTH)) return Response.json({ token: tokenOf({ claims: { sub: `level ${asked.length / 2}` } }) })
    const headers: HeadersInit = next[url] === undefined ? {} : { 'opc-parent-rpt-url': next[url] }
    return Response.json({ resourcePrincipalToken: 'a', servicePrincipalSessionToken: 'b' }, { headers })
  }) as typeof globalThis.fetch
  const provider = nestedResourcePrincipal({
    leaf: async () => leaf,
    parentUrl: `${PARENTS}/1`,
    sessionTokenEndpoint: AUTH,
    fetch,
    clock: handClock(START).now,
    ...options,
  })
  return { provider, asked }
}

describe('nestedResourcePrincipal', () => {
  it('refuses a cycle of two levels', async () => {
    const { provider, asked } = climb({ [`${PARENTS}/1`]: `${PARENTS}/2`, [`${PARENTS}/2`]: `${PARENTS}/1` })
    await expect(provider()).rejects.toMatchObject({ code: 'NESTING_LIMIT', message: expect.stringContaining('again') })
    expect(asked).toHaveLength(4)
  })

  it('signs with the last token of a cycle when told so', async () => {
    const next = { [`${PARENTS}/1`]: `${PARENTS}/2`, [`${PARENTS}/2`]: `${PARENTS}/1` }
    const { provider } = climb(next, { onEndless: 'last' })
    expect((await provider()).claims?.['sub']).toBe('level 2')
  })

  it('takes an address in other letters for the same', async () => {
    const { provider } = climb({ [`${PARENTS}/1`]: `${PARENTS.toUpperCase()}/1` })
    expect((await provider()).claims?.['sub']).toBe('level 1')
  })

  it('does not send a signature in the clear because an answer says so', async () => {
    const { provider, asked } = climb({ [`${PARENTS}/1`]: 'http://elsewhere.example/2' })
    await expect(provider()).rejects.toMatchObject({ code: 'URL_INVALID' })
    expect(asked.some((url) => url.includes('elsewhere'))).toBe(false)
  })
})
