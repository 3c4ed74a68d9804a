import type { ConfigurationCode } from '../errors.js'

/** What was found in place of a usable private RSA key, and what to do about it. */
export interface Finding {
  readonly code: ConfigurationCode
  readonly found: string
  readonly remedy: string
}

const PASS_PRIVATE = 'pass the private key that belongs to it'

/** The names of the findings that are always the same. */
type FindingName =
  | 'public'
  | 'certificate'
  | 'corrupt'
  | 'corruptJwk'
  | 'openSsh'
  | 'putty'
  | 'pkcs12'
  | 'path'
  | 'json'
  | 'empty'
  | 'noText'
  | 'noPem'

/** Every finding that is always the same. */
export const findings: Readonly<Record<FindingName, Finding>> = {
  public: { code: 'KEY_IS_PUBLIC', found: 'a public key', remedy: PASS_PRIVATE },
  certificate: { code: 'KEY_IS_CERTIFICATE', found: 'a certificate', remedy: PASS_PRIVATE },
  corrupt: {
    code: 'KEY_CORRUPT',
    found: 'a damaged one',
    remedy: 'copy the key again, or check it: openssl pkey -in key.pem -check -noout',
  },
  corruptJwk: {
    code: 'KEY_CORRUPT',
    found: 'a JWK with missing or malformed numbers',
    remedy: 'pass n, e, d, p, q, dp, dq and qi of one key',
  },
  openSsh: {
    code: 'KEY_UNSUPPORTED',
    found: 'the OpenSSH format',
    remedy: 'convert a copy of it: ssh-keygen -p -m PEM -f key',
  },
  putty: {
    code: 'KEY_UNSUPPORTED',
    found: 'a PuTTY key',
    remedy: 'convert it: puttygen key.ppk -O private-openssh -o key && ssh-keygen -p -m PEM -f key',
  },
  pkcs12: {
    code: 'KEY_UNSUPPORTED',
    found: 'a PKCS#12 file',
    remedy: 'take the key out of it: openssl pkcs12 -in file.p12 -nocerts -nodes -out key.pem',
  },
  path: {
    code: 'KEY_IS_PATH',
    found: 'what looks like a path',
    remedy: 'read the file and pass what it holds; in a config file, key_file takes a path',
  },
  json: { code: 'KEY_NOT_PEM', found: 'JSON text', remedy: 'pass a JWK as an object: JSON.parse(text)' },
  empty: { code: 'KEY_NOT_PEM', found: 'nothing', remedy: 'check the variable or file it comes from' },
  noText: {
    code: 'KEY_NOT_PEM',
    found: 'a value of another kind',
    remedy: 'pass PEM text, base64, DER bytes, a JWK or a CryptoKey',
  },
  noPem: {
    code: 'KEY_NOT_PEM',
    found: 'neither PEM, nor base64, nor DER',
    remedy: 'pass the whole file, from -----BEGIN to -----END',
  },
}

/** A private key of another algorithm: nothing converts it. */
export function notRsa(found: string): Finding {
  const remedy = 'OCI takes RSA keys alone; make one: openssl genrsa -out key.pem 2048'
  return { code: 'KEY_NOT_RSA', found, remedy }
}

/** What PEM labels tell and the content does not. */
export const findingsByLabel: readonly (readonly [RegExp, Finding])[] = [
  [/^OPENSSH /, findings.openSsh],
  [/PUBLIC KEY$/, findings.public],
  [/CERTIFICATE|PKCS7|CRL$/, findings.certificate],
  [/^EC /, notRsa('an EC key')],
  [/^DSA /, notRsa('a DSA key')],
]

/** What a text without any PEM block may be, once white space and quotes around it are gone. */
export const findingsByText: readonly (readonly [RegExp, Finding])[] = [
  [/^$/, findings.empty],
  [/^PuTTY-User-Key-File/, findings.putty],
  [/^(?:ssh-|ecdsa-|---- BEGIN SSH2 PUBLIC KEY)/, findings.public],
  [/^\{/, findings.json],
  [/^(?:file:|[~.]{0,2}[\\/]|[A-Za-z]:[\\/]|~)[^\n]*$|^[^\n]*\.(?:pem|key|der|txt)$/i, findings.path],
]

/** Keys of other algorithms, by the content octets of their object identifier in hexadecimal. */
export const otherAlgorithms: Readonly<Record<string, string>> = {
  '2a8648ce3d0201': 'an EC key',
  '2b6570': 'an Ed25519 key',
  '2b6571': 'an Ed448 key',
  '2b656e': 'an X25519 key',
  '2a8648ce380401': 'a DSA key',
  '2a864886f70d01010a': 'an RSASSA-PSS key',
}
