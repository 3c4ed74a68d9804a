import { type BuildCertificateOptions, buildCertificate } from '../../src/certificates/inspect.js'
import type { CertificateText, DistinguishedName } from '../../src/certificates/types.js'
import { writePem } from '../../src/encoding/pem.js'

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}

export const TENANCY = 'ocid1.tenancy.oc1..aaaaaaaatenancy'
export const NOW: number = Date.UTC(2026, 5, 1)
const DAY = 86_400_000

export const INSTANCE_NAME: DistinguishedName = [
  { CN: ['ocid1.instance.oc1.iad.aaaaaaaainstance'] },
  { OU: ['opc-certtype:instance'] },
  { OU: ['opc-compartment:ocid1.compartment.oc1..aaaaaaaacompartment'] },
  { OU: ['opc-instance:ocid1.instance.oc1.iad.aaaaaaaainstance'] },
  { OU: [`opc-tenant:${TENANCY}`] },
]

/** A certificate beside its key. */
export interface Certified extends CertificateText {
  readonly keys: CryptoKeyPair
  readonly keyPem: string
}

export interface ChainOfTrust {
  readonly root: Certified
  readonly intermediate: Certified
  readonly leaf: Certified
  /** Another certificate of the intermediate for the leaf's key. */
  issue(options?: Partial<BuildCertificateOptions>): Promise<CertificateText>
}

/** A root, an intermediate and a leaf with the subject of an instance; three fresh keys. */
export async function chainOfTrust(): Promise<ChainOfTrust> {
  const [rootKeys, intermediateKeys, leafKeys] = await Promise.all([newKeys(), newKeys(), newKeys()])
  const dates = { notBefore: NOW - DAY, notAfter: NOW + DAY }
  const root = await buildCertificate({
    subject: [{ CN: ['Root'] }],
    publicKey: rootKeys.publicKey,
    signingKey: rootKeys.privateKey,
    authority: true,
    ...dates,
  })
  const intermediate = await buildCertificate({
    subject: [{ CN: ['Intermediate'] }],
    publicKey: intermediateKeys.publicKey,
    signingKey: rootKeys.privateKey,
    issuer: root.der,
    authority: 0,
    ...dates,
  })
  const issue = (options: Partial<BuildCertificateOptions> = {}): Promise<CertificateText> =>
    buildCertificate({
      subject: INSTANCE_NAME,
      publicKey: leafKeys.publicKey,
      signingKey: intermediateKeys.privateKey,
      issuer: intermediate.der,
      ...dates,
      ...options,
    })
  return {
    root: await certified(root, rootKeys),
    intermediate: await certified(intermediate, intermediateKeys),
    leaf: await certified(await issue(), leafKeys),
    issue,
  }
}

export async function newKeys(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair
}

/** The private key of a pair, as a client holds it in a file. */
export async function pkcs8Pem({ privateKey }: CryptoKeyPair): Promise<string> {
  return writePem('PRIVATE KEY', new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)))
}

async function certified(certificate: CertificateText, keys: CryptoKeyPair): Promise<Certified> {
  return { ...certificate, keys, keyPem: await pkcs8Pem(keys) }
}
