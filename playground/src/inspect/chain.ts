import type { ChainVerdict } from 'countersign/certificates/chains'
import type { CertificateDetails } from 'countersign/certificates/inspect'
import { readPem } from 'countersign/encoding/pem'

export interface ChainReport {
  readonly certificates: readonly CertificateDetails[]
  /** Judged with the last certificate as the trusted root; absent for a single certificate. */
  readonly verdict: ChainVerdict | undefined
}

/** Reads every certificate of the text. The libraries for it are loaded here, when somebody first asks. */
export async function reportChain(text: string, at: number): Promise<ChainReport> {
  const [{ inspectCertificate }, { validateChain }] = await Promise.all([
    import('countersign/certificates/inspect'),
    import('countersign/certificates/chains'),
  ])
  const ders = readPem(text)
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ der }) => der)
  const certificates = await Promise.all(ders.map((der) => inspectCertificate(der)))
  const [leaf, ...others] = ders
  const root = others.at(-1)
  const verdict =
    leaf === undefined || root === undefined
      ? undefined
      : await validateChain({ leaf, intermediates: others.slice(0, -1), roots: [root], at })
  return { certificates, verdict }
}

/** A leaf, intermediate and root of a test authority, as an instance would carry them. */
export async function makeTestChain(): Promise<string> {
  const [{ certificateAuthority }, { pageWorld }] = await Promise.all([
    import('countersign/testing/certificate-authority'),
    import('../page/world.js'),
  ])
  const { emulator } = await pageWorld()
  const { certificate, intermediate, root } = await emulator.of(certificateAuthority).current()
  return [certificate, intermediate, root].map(({ pem }) => pem.trim()).join('\n')
}

/** A session token of the emulated tenancy. */
export async function makeTestToken(): Promise<string> {
  const [{ issueSessionToken }, { pageWorld }] = await Promise.all([
    import('countersign/testing/session-fixtures'),
    import('../page/world.js'),
  ])
  return issueSessionToken((await pageWorld()).emulator)
}
