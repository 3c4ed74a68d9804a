import type { CertificateText, DistinguishedName } from '../certificates/types.js'
import { encodeBase64 } from '../encoding/base64.js'
import type { EmulatorState } from './state.js'
import { type Slot, slot } from './surface.js'

/** What an instance's certificate is like. Each shape is one that a client must cope with, or refuse. */
export interface CertificateShape {
  /**
   * `instance`: one organizational unit for each attribute. `multi-valued`: all of them in one relative name.
   * `service`: `opc-identity` alone. `no-tenancy`: neither.
   */
  readonly subject?: 'instance' | 'multi-valued' | 'service' | 'no-tenancy'
  /** The tenancy it names; the emulated one by default. */
  readonly tenancy?: string
  /** Whether its life is over already. */
  readonly expired?: boolean
  /** Line breaks of the PEM texts. */
  readonly lineBreak?: 'lf' | 'crlf'
  readonly keyFormat?: 'pkcs8' | 'pkcs1'
}

/** A certificate that the authority issued, with the key and the chain that belong to it. */
export interface IssuedCertificate {
  readonly certificate: CertificateText
  readonly privateKeyPem: string
  readonly intermediate: CertificateText
  readonly root: CertificateText
  /** The tenancy that the subject names, if any. */
  readonly tenancy: string | undefined
  /** What the subject says it is about. */
  readonly subject: string
  /** The certificate's public key, SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array<ArrayBuffer>
  /** Epoch milliseconds. */
  readonly notBefore: number
  readonly notAfter: number
  /** How many times the authority had rotated before. */
  readonly generation: number
}

const DAY_MS = 86_400_000
const LEAF_LIFE_MS = DAY_MS / 2

/** The authority's part of the emulator's memory. */
export const certificateAuthority: Slot<CertificateAuthority> = slot(
  'certificate-authority',
  (state) => new CertificateAuthority(state),
)

/**
 * A root, an intermediate and the instance's certificate under it, all RSA-2048, built when first asked for.
 *
 * It knows a certificate again by its bytes: an authority needs no chain building to tell what it issued.
 */
export class CertificateAuthority {
  readonly #state: EmulatorState
  readonly #issued = new Map<string, IssuedCertificate>()
  #chain: Promise<{ readonly root: CertificateText; readonly intermediate: CertificateText }> | undefined
  #current: Promise<IssuedCertificate> | undefined
  #generation = 0

  constructor(state: EmulatorState) {
    this.#state = state
  }

  /** The instance's certificate of this moment. */
  current(): Promise<IssuedCertificate> {
    this.#current ??= this.#issue({}, this.#generation)
    return this.#current
  }

  /** Gives the instance another certificate and another key, as the platform does several times a day. */
  rotate(shape: CertificateShape = {}): Promise<IssuedCertificate> {
    this.#generation += 1
    this.#current = this.#issue(shape, this.#generation)
    return this.#current
  }

  /** The issued certificate with exactly these bytes. */
  find(der: Uint8Array): IssuedCertificate | undefined {
    return this.#issued.get(encodeBase64(der))
  }

  /** The certificates above every leaf. */
  chain(): Promise<{ readonly root: CertificateText; readonly intermediate: CertificateText }> {
    this.#chain ??= this.#buildChain()
    return this.#chain
  }

  async #buildChain(): Promise<{ root: CertificateText; intermediate: CertificateText }> {
    const { buildCertificate } = await import('../certificates/inspect.js')
    const [rootKey, key] = await Promise.all([this.#key('certificate-root'), this.#key('certificate-intermediate')])
    const life = { notBefore: this.#state.clock() - DAY_MS, notAfter: this.#state.clock() + 365 * DAY_MS }
    const root = await buildCertificate({
      subject: [{ CN: ['Emulated PKISVC Root'] }, { O: ['Countersign emulator'] }],
      publicKey: rootKey.publicKey,
      signingKey: rootKey.privateKey,
      authority: true,
      ...life,
    })
    const intermediate = await buildCertificate({
      subject: [{ CN: ['Emulated PKISVC Identity Intermediate'] }, { O: ['Countersign emulator'] }],
      publicKey: key.publicKey,
      signingKey: rootKey.privateKey,
      issuer: root.der,
      authority: 0,
      ...life,
    })
    return { root, intermediate }
  }

  async #issue(shape: CertificateShape, generation: number): Promise<IssuedCertificate> {
    const { buildCertificate } = await import('../certificates/inspect.js')
    const role = generation === 0 ? 'instance' : `instance-${generation}`
    const [chain, issuerKey, key] = await Promise.all([
      this.chain(),
      this.#key('certificate-intermediate'),
      this.#key(role),
    ])
    const now = this.#state.clock()
    const life = shape.expired
      ? { notBefore: now - DAY_MS, notAfter: now - 60_000 }
      : { notBefore: now - 600_000, notAfter: now + LEAF_LIFE_MS }
    const tenancy = shape.subject === 'no-tenancy' ? undefined : (shape.tenancy ?? this.#state.identities.tenancy)
    const certificate = await buildCertificate({
      subject: subjectOf(shape, this.#state, tenancy),
      publicKey: key.publicKey,
      signingKey: issuerKey.privateKey,
      issuer: chain.intermediate.der,
      ...life,
    })
    const issued: IssuedCertificate = {
      certificate: { ...certificate, pem: withLineBreaks(certificate.pem, shape) },
      privateKeyPem: withLineBreaks(shape.keyFormat === 'pkcs1' ? key.privateKeyPkcs1Pem : key.privateKeyPem, shape),
      intermediate: { ...chain.intermediate, pem: withLineBreaks(chain.intermediate.pem, shape) },
      root: chain.root,
      tenancy,
      subject: this.#state.identities.instance,
      spki: key.spki,
      ...life,
      generation,
    }
    this.#issued.set(encodeBase64(certificate.der), issued)
    return issued
  }

  #key(role: string): ReturnType<EmulatorState['keys']['get']> {
    return this.#state.keys.get(role)
  }
}

function subjectOf(
  shape: CertificateShape,
  { identities }: EmulatorState,
  tenancy: string | undefined,
): DistinguishedName {
  const name = { CN: [identities.instance] }
  const units = [
    'opc-certtype:instance',
    `opc-instance:${identities.instance}`,
    `opc-compartment:${identities.compartment}`,
    ...(tenancy === undefined ? [] : [`opc-tenant:${tenancy}`]),
  ]
  switch (shape.subject) {
    case 'service':
      return [{ CN: ['emulated-service'] }, { O: [`opc-identity:${tenancy}`] }]
    case 'multi-valued':
      return [name, { OU: units }]
    default:
      return [name, ...units.map((unit) => ({ OU: [unit] }))]
  }
}

function withLineBreaks(pem: string, { lineBreak }: CertificateShape): string {
  return lineBreak === 'crlf' ? pem.replaceAll('\n', '\r\n') : pem
}
