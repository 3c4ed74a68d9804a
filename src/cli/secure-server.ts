import type { Server } from 'node:http'
import { createServer } from 'node:https'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Emulator } from '../testing/emulator.js'
import { issueServerCertificate, type ServerCertificateOptions } from '../testing/server-certificate.js'
import { emulatorListener } from './listener.js'

/**
 * An HTTPS server whose certificate is for loopback, and for whatever host a client in a tunnel names: such a client
 * believes that it talks to that host.
 */
export async function secureServer(emulator: Emulator, options: ServerCertificateOptions = {}): Promise<Server> {
  const { certificatePem: cert, privateKeyPem: key } = await issueServerCertificate(emulator, options)
  const contexts = new Map<string, Promise<SecureContext>>()
  return createServer(
    {
      cert,
      key,
      SNICallback(name, done) {
        if (options.names !== undefined || name === 'localhost') return done(null)
        const context = contexts.get(name) ?? contextFor(name, emulator)
        contexts.set(name, context)
        context.then((ready) => done(null, ready), done)
      },
    },
    emulatorListener(emulator, 'https'),
  )
}

/** Two servers that a careful client refuses: one by an authority that nobody knows, and one for another name. */
export function untrustworthyServers(emulator: Emulator): Promise<[unknownAuthority: Server, wrongName: Server]> {
  return Promise.all([
    secureServer(emulator, { authority: 'unknown-authority', names: ['127.0.0.1', '::1', 'localhost'] }),
    secureServer(emulator, { names: ['another.example'] }),
  ])
}

async function contextFor(name: string, emulator: Emulator): Promise<SecureContext> {
  const { certificatePem: cert, privateKeyPem: key } = await issueServerCertificate(emulator, { names: [name] })
  return createSecureContext({ cert, key })
}
