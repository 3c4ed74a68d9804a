import { importPrivateKey } from 'countersign/keys/import-private-key'
import { signOciHeaders } from 'countersign/signers/oci'
import { verifySignature } from 'countersign/verify/signature'
import { equal } from '../assert.js'
import { fromBase64, utf8 } from '../bytes.js'
import type { Capability, World } from '../capability.js'

interface Vectors {
  readonly key: { readonly privateKeyPkcs8Pem: string; readonly publicKeySpkiPem: string }
  readonly vectors: readonly Vector[]
}

interface Vector {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly bodyEncoding?: 'utf8' | 'base64'
  readonly signedHeaders: readonly string[]
  readonly keyId: string
  readonly requestTarget: string
  readonly signingString: string
  readonly signature: string
}

interface PythonVectors {
  readonly privateKeyPem: string
  readonly tenancy: string
  readonly user: string
  readonly fingerprint: string
  readonly token: string
  readonly cases: readonly {
    readonly method: string
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string | null
    readonly signer: 'api' | 'token'
    readonly signBody: boolean
    readonly signed: Readonly<Record<string, string>>
  }[]
}

export const capability: Capability = {
  name: 'OCI signature vectors, signed and verified',
  cases: {
    'signs each published request as published, signing string included': async (world) => {
      const { key, vectors } = world.vectors['oci-signature-v1'] as Vectors
      const { key: privateKey } = await importPrivateKey(key.privateKeyPkcs8Pem, { minimumBits: 1024 })
      for (const vector of vectors) {
        const { 'content-length': _, host: __, ...headers } = vector.headers
        const { method, url, keyId, signedHeaders } = vector
        const signed = await signOciHeaders(
          { method, url, headers, body: bodyOf(vector) ?? null },
          { keyId, key: privateKey },
          { genericHeaders: signedHeaders, bodyHeaders: [] },
        )
        equal(signed.signingString, vector.signingString, `${vector.name}: signing string`)
        equal(signatureIn(signed.headers['authorization']), vector.signature, `${vector.name}: signature`)
      }
    },
    'verifies each published signature': async (world) => {
      const { vectors } = world.vectors['oci-signature-v1'] as Vectors
      for (const vector of vectors) await verifies(world, vector)
    },
    'signs as the Python SDK does, byte for byte': async (world) => {
      const { cases, ...python } = world.vectors['oci-python-sdk-signatures'] as PythonVectors
      const { key } = await importPrivateKey(python.privateKeyPem)
      const keyIds = {
        api: `${python.tenancy}/${python.user}/${python.fingerprint}`,
        token: `ST$${python.token}`,
      }
      for (const { method, url, headers, body, signer, signBody, signed } of cases) {
        const bytes = body === null ? null : fromBase64(body)
        const ours = await signOciHeaders(
          { method, url, headers, body: bytes ?? null },
          { keyId: keyIds[signer], key },
          {
            dateHeader: 'date',
            body: signBody ? 'sign' : 'exclude',
            genericHeaders: ['date', '(request-target)', 'host'],
          },
        )
        equal(
          signatureIn(ours.headers['authorization']),
          signatureIn(signed['authorization']),
          `${method} ${url}: signature over ${ours.signingString}`,
        )
      }
    },
  },
}

async function verifies(world: World, vector: Vector): Promise<void> {
  const { key } = world.vectors['oci-signature-v1'] as Vectors
  const { name, method, requestTarget, headers, signedHeaders, keyId, signature, signingString } = vector
  const authorization = `Signature version="1",headers="${signedHeaders.join(' ')}",keyId="${keyId}",algorithm="rsa-sha256",signature="${signature}"`
  const spki = fromBase64(key.publicKeySpkiPem.replace(/-----.*-----|\s/g, ''))
  const body = bodyOf(vector)
  const verified = await verifySignature(
    { method, target: requestTarget, headers: Object.entries({ ...headers, authorization }), ...(body && { body }) },
    spki,
    {
      hosts: () => true,
      clock: () => Date.parse('2014-01-05T21:31:40Z'),
      minimumKeyBits: 1024,
      allowUnsignedBody: !signedHeaders.includes('x-content-sha256'),
      allowUnsignedHost: !signedHeaders.includes('host'),
    },
  )
  equal(verified.signingString, signingString, `${name}: signing string`)
}

function bodyOf({ body, bodyEncoding }: Vector): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined) return undefined
  return bodyEncoding === 'base64' ? fromBase64(body) : utf8(body)
}

function signatureIn(authorization: string | undefined): string | undefined {
  return authorization?.match(/signature="([^"]*)"/)?.[1]
}
