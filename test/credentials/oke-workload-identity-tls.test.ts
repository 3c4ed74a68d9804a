import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { okeWorkloadIdentity } from '../../src/credentials/oke-workload-identity.js'
import { runtime } from '../../src/runtime/node.js'
import { createEmulator, type Emulator } from '../../src/testing/emulator.js'
import { issueServerCertificate, type ServerCertificateOptions } from '../../src/testing/server-certificate.js'
import { issueServiceAccountToken } from '../../src/testing/service-account.js'
import { belongTogether } from './emulated.js'

let emulator: Emulator
let serviceAccountToken: string
const servers: Server[] = []

beforeAll(async () => {
  emulator = createEmulator()
  serviceAccountToken = await issueServiceAccountToken(emulator)
})

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A cluster's token service on loopback, with the certificate asked for. */
async function cluster(options: ServerCertificateOptions = {}): Promise<number> {
  const { certificatePem: cert, privateKeyPem: key } = await issueServerCertificate(emulator, options)
  const server = createServer({ cert, key }, async (incoming, outgoing) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { method, headers, url } = incoming
    const request = new Request(`https://${headers.host}${url}`, {
      method: method ?? '',
      headers: headers as Record<string, string>,
      body: Buffer.concat(chunks),
    })
    const response = await emulator.fetch(request)
    outgoing.writeHead(response.status).end(await response.text())
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const podOf = async (port: number, authority?: string) => {
  const { authorityPem: ca } = await issueServerCertificate(emulator, authority === undefined ? {} : { authority })
  return okeWorkloadIdentity({ runtime, host: '127.0.0.1', port, ca, serviceAccountToken, retry: false })
}

describe('okeWorkloadIdentity over TLS', () => {
  it('trusts a server of the given authority', async () => {
    expect(await belongTogether(await (await podOf(await cluster()))())).toBe(true)
  })

  it('refuses a server of another authority, and tells it nothing', async () => {
    emulator.counters.reset()
    const provider = await podOf(await cluster({ authority: 'impostor' }))
    await expect(provider()).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
    expect(emulator.counters.snapshot().tokenCalls).toBe(0)
  })

  it('refuses a server whose certificate is for another name', async () => {
    emulator.counters.reset()
    const provider = await podOf(await cluster({ names: ['elsewhere.example'] }))
    await expect(provider()).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
    expect(emulator.counters.snapshot().tokenCalls).toBe(0)
  })

  it('refuses a server of a public authority once it is told a private one', async () => {
    const provider = await podOf(await cluster(), 'another')
    await expect(provider()).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
  })
})
