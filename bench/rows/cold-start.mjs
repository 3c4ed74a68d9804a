// @ts-check
// A hundred requests at once on an instance principal that has no token yet.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { instancePrincipal } from 'countersign/credentials/instance-principal'
import { signOciHeaders } from 'countersign/signers/oci'
import { DefaultRequestSigner, InstancePrincipalsAuthenticationDetailsProviderBuilder } from 'oci-common'
import { root } from '../../scripts/bundles.mjs'
import { GET_URL } from '../fixtures.mjs'

const BURST = 100

export async function coldStart() {
  const emulator = await startEmulator()
  try {
    // Certificates and issuer's key are made when first asked for: neither side is to wait for that.
    await (await ours(emulator.http))()
    const mine = await burst(emulator, ours)
    const others = await burst(emulator, theirs)
    const counted = [
      { name: 'session keys sent', key: 'sessionKeys', atMost: 1 },
      { name: 'token calls', key: 'tokenCalls', atMost: 1 },
      { name: 'metadata reads', key: 'metadataReads', atMost: 4 },
      { name: 'failures', key: 'failures', atMost: 0 },
    ]
    return [
      ...counted.map(({ name, key, atMost }) => ({
        name: `${name} in ${BURST} first requests`,
        value: mine[key],
        unit: '',
        atMost,
        detail: `oci-common: ${others[key]}`,
      })),
      {
        name: `time until ${BURST} first requests are signed`,
        value: mine.milliseconds,
        unit: 'ms',
        detail: `oci-common: ${others.milliseconds.toFixed(0)} ms`,
      },
    ]
  } finally {
    emulator.stop()
  }
}

/** In a process of its own, so that it answers while a contender keeps this one busy. */
async function startEmulator() {
  const child = spawn(process.execPath, [resolve(root, 'bench/emulator.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { ...JSON.parse(line), stop: () => child.kill() }
}

/**
 * @param {{ http: string, control: string }} emulator
 * @param {(http: string) => Promise<() => Promise<unknown>>} prepare
 * @returns {Promise<any>}
 */
async function burst({ http, control }, prepare) {
  await fetch(`${control}/counters`, { method: 'DELETE' })
  const start = performance.now()
  const sign = await prepare(http)
  const outcomes = await Promise.allSettled(Array.from({ length: BURST }, sign))
  const milliseconds = performance.now() - start
  const counters = await (await fetch(`${control}/counters`)).json()
  return { ...counters, milliseconds, failures: outcomes.filter(({ status }) => status === 'rejected').length }
}

/** @param {string} http */
async function ours(http) {
  const credentials = instancePrincipal({ metadataBaseUrl: `${http}/opc/v2`, federationEndpoint: http })
  return async () => signOciHeaders({ method: 'GET', url: GET_URL }, await credentials())
}

/** @param {string} http */
async function theirs(http) {
  const builder = new InstancePrincipalsAuthenticationDetailsProviderBuilder()
  builder.metadataBaseUrl = `${http}/opc/v2`
  builder.federationEndpoint = http
  const signer = new DefaultRequestSigner(await /** @type {any} */ (builder.build()))
  return () => signer.signHttpRequest({ method: 'GET', uri: GET_URL, headers: /** @type {any} */ (new Headers()) })
}
