import { type Bytes, copyBytes, isBytes, tagOf, text, toHex } from '../encoding/bytes.js'
import { DER, readElements, readSequence } from '../encoding/der.js'
import type { PemBlock } from '../encoding/pem.js'
import { type ConfigurationCode, ConfigurationError } from '../errors.js'
import { type PrivateKeySource, readBlocks } from './import-private-key.js'

/** What went wrong after the key was read. */
export type PrivateKeyFinding = { readonly bits: number; readonly minimumBits: number } | { readonly cause: unknown }

type Diagnosis = readonly [code: ConfigurationCode, found: string, remedy: string]

const GENERATE = 'make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem'
const NOT_PRIVATE = 'pass the private key that belongs to it'

/** Content octets of algorithm identifiers, in hexadecimal. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  '2a8648ce3d0201': 'an EC key',
  '2b6570': 'an Ed25519 key',
  '2b6571': 'an Ed448 key',
  '2b656e': 'an X25519 key',
  '2a8648ce380401': 'a DSA key',
  '2a864886f70d01010a': 'an RSASSA-PSS key',
}

const NOT_RSA = (found: string): Diagnosis => ['KEY_NOT_RSA', found, `OCI takes RSA keys alone; ${GENERATE}`]
const PUBLIC: Diagnosis = ['KEY_IS_PUBLIC', 'a public key', NOT_PRIVATE]
const CERTIFICATE: Diagnosis = ['KEY_IS_CERTIFICATE', 'a certificate', NOT_PRIVATE]
const CORRUPT: Diagnosis = [
  'KEY_CORRUPT',
  'a damaged one',
  'copy the key again, or check it: openssl pkey -in key.pem -check -noout',
]

/** What labels tell that the content cannot. */
const LABELS: readonly (readonly [RegExp, Diagnosis])[] = [
  [
    /^OPENSSH PRIVATE KEY$/,
    ['KEY_UNSUPPORTED', 'the OpenSSH format', 'convert a copy of it: ssh-keygen -p -m PEM -f key'],
  ],
  [
    /^SSH2 ENCRYPTED PRIVATE KEY$/,
    ['KEY_UNSUPPORTED', 'the SSH2 format', 'convert it: ssh-keygen -i -f key > key.pem'],
  ],
  [/PUBLIC KEY$/, PUBLIC],
  [/CERTIFICATE|PKCS7|CRL$/, CERTIFICATE],
  [/^EC /, NOT_RSA('an EC key')],
  [/^DSA /, NOT_RSA('a DSA key')],
]

/** What text without a PEM block may be. */
const TEXTS: readonly (readonly [RegExp, Diagnosis])[] = [
  [
    /^PuTTY-User-Key-File/,
    [
      'KEY_UNSUPPORTED',
      'a PuTTY key',
      'convert it: puttygen key.ppk -O private-openssh -o key && ssh-keygen -p -m PEM -f key',
    ],
  ],
  [/^(?:ssh-|ecdsa-)/, PUBLIC],
  [/^\{/, ['KEY_NOT_PEM', 'JSON text', 'pass a JWK as an object: JSON.parse(text)']],
  [
    /^(?:file:|[~.]{0,2}[\\/]|[A-Za-z]:[\\/]|~)|\.(?:pem|key|der|txt)$/i,
    [
      'KEY_IS_PATH',
      'what looks like a path',
      'read the file and pass what it holds (key_file takes a path in a config file)',
    ],
  ],
  [/^$/, ['KEY_NOT_PEM', 'an empty text', 'check the variable or file it comes from']],
]

/**
 * Says why a source is no usable private key and how to mend that. It tells formats and lengths only, never content.
 */
export function diagnosePrivateKey(source: PrivateKeySource, finding?: PrivateKeyFinding): ConfigurationError {
  const [code, found, remedy] = diagnosis(source, finding)
  const cause = finding && 'cause' in finding ? { cause: finding.cause } : undefined
  return new ConfigurationError(code, `Expected a private RSA key, found ${found}; ${remedy}.`, cause)
}

function diagnosis(source: PrivateKeySource, finding: PrivateKeyFinding | undefined): Diagnosis {
  if (finding) return 'bits' in finding ? tooSmall(finding) : CORRUPT
  if (typeof source === 'string' || isBytes(source)) return ofText(source)
  return tagOf(source) === 'CryptoKey' ? ofCryptoKey(source as CryptoKey) : ofJwk(source as JsonWebKey)
}

function tooSmall({ bits, minimumBits }: { readonly bits: number; readonly minimumBits: number }): Diagnosis {
  return ['KEY_TOO_SMALL', `one of ${bits} bits where ${minimumBits} are the least`, GENERATE]
}

function ofText(source: string | ArrayBuffer | ArrayBufferView): Diagnosis {
  const blocks = readBlocks(source)
  const [first] = blocks.filter(({ label }) => !/PARAMETERS$/.test(label))
  if (first) return ofBlock(blocks.find(({ label }) => /PRIVATE KEY$/.test(label)) ?? first)
  const content = (typeof source === 'string' ? source : text(copyBytes(source))).replace(/^\W?["']|["']$/g, '').trim()
  const known =
    content.includes('\n') && !/^\W*(PuTTY|\{)/.test(content)
      ? undefined
      : TEXTS.find(([pattern]) => pattern.test(content))
  return (
    known?.[1] ?? [
      'KEY_NOT_PEM',
      'neither PEM, nor base64, nor DER',
      'pass the whole file, from -----BEGIN to -----END',
    ]
  )
}

function ofBlock({ label, der }: PemBlock): Diagnosis {
  const known = LABELS.find(([pattern]) => pattern.test(label))
  return known?.[1] ?? ofDer(der)
}

function ofDer(der: Bytes): Diagnosis {
  const [first, second] = readSequence(der) ?? []
  if (first?.tag === DER.sequence) return second?.tag === DER.bitString ? PUBLIC : CERTIFICATE
  if (first?.tag !== DER.integer) return CORRUPT
  if (second?.tag === DER.sequence) return first.content[0] === 3 ? PKCS12 : ofAlgorithm(second.content)
  if (second?.tag === DER.octetString) return NOT_RSA('an EC key')
  return first.content.length > 16 ? PUBLIC : CORRUPT
}

const PKCS12: Diagnosis = [
  'KEY_UNSUPPORTED',
  'a PKCS#12 file',
  'take the key out of it: openssl pkcs12 -in file.p12 -nocerts -nodes -out key.pem',
]

function ofAlgorithm(algorithm: Bytes): Diagnosis {
  const [identifier] = readElements(algorithm) ?? []
  const name = identifier && ALGORITHMS[toHex(identifier.content)]
  return name ? NOT_RSA(name) : CORRUPT
}

function ofCryptoKey({ type, algorithm, usages }: CryptoKey): Diagnosis {
  if (type === 'public') return PUBLIC
  if (!/^RSA/.test(algorithm.name)) return NOT_RSA(`a CryptoKey for ${algorithm.name}`)
  const { hash } = algorithm as RsaHashedKeyAlgorithm
  const found = `a CryptoKey for ${algorithm.name} with ${hash.name} that may ${usages.join(', ') || 'do nothing'}`
  return [
    'KEY_UNSUPPORTED',
    found,
    "import it for { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } with the usage 'sign'",
  ]
}

function ofJwk({ kty, d }: JsonWebKey): Diagnosis {
  if (kty === undefined)
    return ['KEY_NOT_PEM', 'a value that is neither text, bytes, CryptoKey nor JWK', 'pass one of those']
  if (kty !== 'RSA') return NOT_RSA(`a JWK with kty "${kty.slice(0, 8)}"`)
  if (d === undefined) return PUBLIC
  return [
    'KEY_CORRUPT',
    'a JWK whose numbers are incomplete or do not belong together',
    'pass n, e, d, p, q, dp, dq and qi of one key',
  ]
}
