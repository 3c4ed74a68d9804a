import { decodeBase64 } from '../encoding/base64.js'
import { VerificationError } from '../errors.js'
import { certificateFingerprint } from '../keys/fingerprint.js'
import type { CertificateKeyId } from '../verify/key-id.js'
import { answerJson, invalidParameter, jsonObject, requireContentType, requiredString } from './answers.js'
import { authenticate } from './authenticate.js'
import type { IssuedCertificate } from './certificate-authority.js'
import { certificateAuthority } from './certificate-authority.js'
import { instanceClaims, TOKEN_LIFE_MS } from './claims.js'
import type { SubmittedKey } from './public-keys.js'
import { readSubmittedKey } from './public-keys.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

interface TokenCall {
  readonly leaf: IssuedCertificate
  readonly leafDer: Uint8Array<ArrayBuffer>
  readonly intermediates: readonly string[]
  readonly publicKey: SubmittedKey
  readonly purpose: string
  readonly sha256: boolean
}

/**
 * `/v1/x509`: a token for whoever holds the private key of a certificate of the platform's authority.
 * @see https://github.com/oracle/oci-go-sdk/blob/master/common/auth/federation_client.go
 */
export const x509Federation: Surface = {
  name: 'x509',
  matches: ({ url }) => url.pathname === '/v1/x509',
  async handle(request, state) {
    state.counters.tokenCall()
    requireContentType(request, 'application/json')
    const call = await readCall(jsonObject(request), state)
    await requireChain(call, state)
    // Official SDKs differ here: some leave `host` out of the signature of this one call.
    const { principal } = await authenticate(request, state, {
      kinds: ['certificate'],
      unsignedHost: true,
      resolveCertificate: (keyId) => certificateKey(keyId, call),
    })
    const token = await state.tokens.issue({
      claims: instanceClaims(state.identities, principal.tenancy),
      jwk: call.publicKey.jwk,
      lifeMs: state.settings.tokenLifeMs ?? TOKEN_LIFE_MS.instance,
    })
    return answerJson({ token })
  },
}

async function readCall(body: Readonly<Record<string, unknown>>, state: EmulatorState): Promise<TokenCall> {
  const { intermediateCertificates = [], purpose = 'DEFAULT', fingerprintAlgorithm } = body
  if (!isStringArray(intermediateCertificates)) {
    throw invalidParameter('Expected "intermediateCertificates" to be an array of strings.')
  }
  if (typeof purpose !== 'string') throw invalidParameter('Expected "purpose" to be a string.')
  if (fingerprintAlgorithm !== undefined && fingerprintAlgorithm !== 'SHA256') {
    throw invalidParameter('Expected "fingerprintAlgorithm" to be "SHA256" or absent.')
  }
  const leafDer = derFrom(requiredString(body, 'certificate'), 'certificate')
  const leaf = state.of(certificateAuthority).find(leafDer)
  if (leaf === undefined) throw refused('The certificate was not issued by the emulated authority.')
  return {
    leaf,
    leafDer,
    intermediates: intermediateCertificates,
    publicKey: await readPublicKey(requiredString(body, 'publicKey'), leaf, state),
    purpose,
    sha256: fingerprintAlgorithm === 'SHA256',
  }
}

async function readPublicKey(value: string, leaf: IssuedCertificate, state: EmulatorState): Promise<SubmittedKey> {
  const publicKey = await readSubmittedKey(value, 'publicKey')
  const repeated = state.counters.publicKey(publicKey.base64)
  if (repeated && state.settings.refuseRepeatedKeys) throw invalidParameter('Expected a "publicKey" not used before.')
  if (decodeBase64(publicKey.base64)?.toString() === leaf.spki.toString()) {
    throw invalidParameter('Expected "publicKey" to be a session key, received the key of the certificate.')
  }
  return publicKey
}

async function requireChain({ leaf, intermediates }: TokenCall, state: EmulatorState): Promise<void> {
  const known = (await state.of(certificateAuthority).chain()).intermediate.der.toString()
  const given = intermediates.map((text) => derFrom(text, 'intermediateCertificates').toString())
  if (!given.includes(known)) throw refused('The intermediate certificates do not lead to the emulated root.')
  const now = state.clock()
  if (now < leaf.notBefore || now > leaf.notAfter) throw refused('The certificate is not in its life.')
}

async function certificateKey(keyId: CertificateKeyId, call: TokenCall): Promise<Uint8Array<ArrayBuffer>> {
  const { algorithm, fingerprint, tenancy } = keyId
  if ((algorithm === 'SHA-256') !== call.sha256) {
    throw refused(`A key id with a ${algorithm} fingerprint contradicts "fingerprintAlgorithm".`)
  }
  if (fingerprint !== (await certificateFingerprint(call.leafDer, algorithm))) {
    throw refused('The fingerprint in the key id is not that of the certificate.')
  }
  if (call.purpose === 'DEFAULT' && tenancy !== call.leaf.tenancy) {
    throw refused('The tenancy in the key id is not that of the certificate.')
  }
  return call.leaf.spki
}

function derFrom(text: string, name: string): Uint8Array<ArrayBuffer> {
  const der = decodeBase64(text)
  if (der === undefined)
    throw invalidParameter(`Expected "${name}" to be base64 of DER, without armour or white space.`)
  return der
}

function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string')
}

function refused(reason: string): VerificationError {
  return new VerificationError('KEY_REFUSED', reason)
}
