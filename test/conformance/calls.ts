import { createSignedFetch } from 'countersign'
import { runtime } from '#runtime'
import type { Runtime } from '../../src/runtime/types.js'
import type { CredentialsProvider, OciCredentials } from '../../src/types.js'
import { equal } from './assert.js'
import type { World } from './capability.js'

interface Echo {
  readonly verified: boolean
  readonly principal: { readonly kind: string; readonly subject: string }
}

/** Sends a signed POST that the emulator verifies, and gives whom it saw. */
export async function whoami(
  { http }: World,
  credentials: CredentialsProvider<OciCredentials>,
): Promise<Echo['principal']> {
  const response = await createSignedFetch({ credentials })(`${http}/echo`, { method: 'POST', body: '{"a":1}' })
  equal(response.status, 200, `the status: ${response.headers.get('x-emulator-reason')}`)
  const { verified, principal } = (await response.json()) as Echo
  equal(verified, true, 'verified')
  return principal
}

/**
 * This runtime with the variables of an emulated identity. Where there are no files, variables that name one hold its
 * content instead: that is how a Worker is given its secrets.
 */
export function machineOf({ environments, files }: World, identity: string): Runtime {
  const variables = environments[identity] ?? {}
  const value = (name: string): string | undefined => variables[name]
  const content = (path: string | undefined): string | undefined => (path === undefined ? path : (files[path] ?? path))
  return { ...runtime, env: runtime.files ? value : (name) => content(value(name)) }
}
