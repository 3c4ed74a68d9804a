import type { EmulatorState } from './state.js'

/** What an HTTPS listener needs, and what its clients must trust. */
export interface ServerCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
  /** The authority's certificate. */
  readonly authorityPem: string
}

/** What may be chosen about a server's certificate. */
export interface ServerCertificateOptions {
  /** DNS names and IP addresses; `127.0.0.1`, `::1` and `localhost` by default. */
  readonly names?: readonly string[]
  /** The role of the authority's key: another role is another authority, which no client trusts. */
  readonly authority?: string
}

const DAY_MS = 86_400_000
const LOOPBACK = ['127.0.0.1', '::1', 'localhost']

/** Issues a certificate for a listener of the emulator, from a private authority. */
export async function issueServerCertificate(
  state: EmulatorState,
  options: ServerCertificateOptions = {},
): Promise<ServerCertificate> {
  const { names = LOOPBACK, authority = 'server-authority' } = options
  const { buildCertificate } = await import('../certificates/inspect.js')
  const [authorityKey, key] = await Promise.all([state.keys.get(authority), state.keys.get('server')])
  const life = { notBefore: state.clock() - DAY_MS, notAfter: state.clock() + 30 * DAY_MS }
  const root = await buildCertificate({
    subject: [{ CN: [`Countersign emulator ${authority}`] }],
    publicKey: authorityKey.publicKey,
    signingKey: authorityKey.privateKey,
    authority: 0,
    // The same certificate each time it is asked for, so that one copy in a client's trust store is enough.
    serialNumber: '4d',
    ...life,
  })
  const certificate = await buildCertificate({
    subject: [{ CN: [names[0] ?? 'localhost'] }],
    publicKey: key.publicKey,
    signingKey: authorityKey.privateKey,
    issuer: root.der,
    serverNames: names,
    ...life,
  })
  return { certificatePem: certificate.pem, privateKeyPem: key.privateKeyPem, authorityPem: root.pem }
}
