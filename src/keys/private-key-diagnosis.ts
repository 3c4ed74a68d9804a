import { type Bytes, copyBytes, isBytes, tagOf, text, toHex } from '../encoding/bytes.js'
import { DER, readElements, readSequence } from '../encoding/der.js'
import type { PemBlock } from '../encoding/pem.js'
import { ConfigurationError } from '../errors.js'
import type { PrivateKeySource } from './import-private-key.js'
import {
  type Finding,
  findings,
  findingsByLabel,
  findingsByText,
  notRsa,
  otherAlgorithms,
} from './private-key-findings.js'

/**
 * Says why a source is no usable private key and how to mend that. It tells formats only, never content.
 * `blocks` are the PEM blocks found in a text.
 */
export function diagnosePrivateKey(source: PrivateKeySource, blocks: readonly PemBlock[] = []): ConfigurationError {
  const { code, found, remedy } = blocks.length > 0 ? inBlocks(blocks) : inSource(source)
  return new ConfigurationError(code, `Expected a private RSA key, found ${found}; ${remedy}.`)
}

/** Says what a well-formed structure is, if not an RSA private key. */
export function diagnoseDer(der: Bytes): ConfigurationError {
  return diagnosePrivateKey(der, [{ label: '', headers: {}, der }])
}

// EC keys often come with a block of parameters before them.
function inBlocks(blocks: readonly PemBlock[]): Finding {
  const block = blocks.find(({ label }) => /PRIVATE KEY$/.test(label)) ?? blocks[0]
  const known = findingsByLabel.find(([pattern]) => pattern.test(block?.label ?? ''))
  return known?.[1] ?? (block ? inDer(block.der) : findings.noPem)
}

function inSource(source: PrivateKeySource | null | undefined): Finding {
  if (typeof source === 'string') return inText(source)
  if (isBytes(source)) return inText(text(copyBytes(source)))
  if (typeof source !== 'object' || source === null) return source == null ? findings.empty : findings.noText
  return tagOf(source) === 'CryptoKey' ? inCryptoKey(source as CryptoKey) : inJwk(source as JsonWebKey)
}

function inText(source: string): Finding {
  const content = source.replace(/^[\s"'\uFEFF]+|(?<![\s"'])[\s"']+$/g, '')
  return findingsByText.find(([pattern]) => pattern.test(content))?.[1] ?? findings.noPem
}

/** Tells the structures apart by their first two members. */
function inDer(der: Bytes): Finding {
  const [first, second] = readSequence(der) ?? []
  if (first?.tag === DER.sequence) return second?.tag === DER.bitString ? findings.public : findings.certificate
  if (first?.tag !== DER.integer) return findings.corrupt
  if (second?.tag === DER.sequence) return first.content[0] === 3 ? findings.pkcs12 : inPkcs8(second.content)
  if (second?.tag === DER.octetString) return notRsa('an EC key')
  return first.content.length > 16 ? findings.public : findings.corrupt
}

function inPkcs8(algorithm: Bytes): Finding {
  const [identifier] = readElements(algorithm) ?? []
  const name = identifier && otherAlgorithms[toHex(identifier.content)]
  return name ? notRsa(name) : findings.corrupt
}

function inCryptoKey({ type, algorithm, usages }: CryptoKey): Finding {
  if (type === 'public') return findings.public
  if (!algorithm.name.startsWith('RSA')) return notRsa(`a CryptoKey for ${algorithm.name}`)
  const { hash } = algorithm as RsaHashedKeyAlgorithm
  const found = `a CryptoKey for ${algorithm.name} with ${hash.name} that may ${usages.join(', ') || 'do nothing'}`
  const remedy = "import it for { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } with the usage 'sign'"
  return { code: 'KEY_UNSUPPORTED', found, remedy }
}

function inJwk({ kty, d }: JsonWebKey): Finding {
  if (kty === undefined) return findings.noText
  if (kty !== 'RSA') return notRsa(`a JWK with kty ${JSON.stringify(String(kty).slice(0, 8))}`)
  return d === undefined ? findings.public : findings.corruptJwk
}
