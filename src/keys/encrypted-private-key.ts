import { type Bytes, concat, fromHex, utf8 } from '../encoding/bytes.js'
import { DER, readSequence } from '../encoding/der.js'
import type { PemBlock } from '../encoding/pem.js'
import { ConfigurationError } from '../errors.js'
import { blockCiphers } from './block-ciphers.js'
import type { Passphrase } from './import-private-key.js'
import { md5 } from './md5.js'
import { decryptPbes2 } from './pbes2.js'
import { diagnoseDer } from './private-key-diagnosis.js'
import { type RsaPrivateKeyDer, readRsaPrivateKey } from './rsa-key.js'

/** Decrypts with a passphrase; `undefined` when it does not fit. */
type Decrypt = (passphrase: string) => Promise<Bytes | undefined>

/**
 * Opens the first encrypted private key among the blocks; `undefined` when none is encrypted.
 *
 * @throws ConfigurationError `KEY_PASSPHRASE_REQUIRED`, `KEY_PASSPHRASE_WRONG`, `KEY_UNSUPPORTED`, `KEY_CORRUPT`; and what
 * the diagnosis finds when a key of another kind comes out.
 */
export async function openEncryptedKey(
  blocks: readonly PemBlock[],
  passphrase?: Passphrase,
): Promise<RsaPrivateKeyDer | undefined> {
  for (const block of blocks) {
    const decrypt = traditional(block) ?? encryptedPkcs8(block)
    if (decrypt) return readDecrypted(await decrypt(await ask(passphrase)))
  }
  return undefined
}

// Chance may put the padding in order; no wrong passphrase makes DER that ends where the bytes end.
function readDecrypted(der: Bytes | undefined): RsaPrivateKeyDer {
  if (!der || !readSequence(der)) {
    throw new ConfigurationError(
      'KEY_PASSPHRASE_WRONG',
      'Expected the passphrase to open the private key, but it does not; check it for missing characters and a trailing line break. A damaged key file looks the same.',
    )
  }
  const key = readRsaPrivateKey(der)
  if (!key) throw diagnoseDer(der)
  return key
}

async function ask(passphrase: Passphrase | undefined): Promise<string> {
  const answer = typeof passphrase === 'function' ? await passphrase() : passphrase
  if (answer) return answer
  throw new ConfigurationError(
    'KEY_PASSPHRASE_REQUIRED',
    'Expected a passphrase for the encrypted private key, found none; pass one (pass_phrase in a config file), or decrypt the key: openssl pkcs8 -topk8 -nocrypt -in key.pem -out new-key.pem',
  )
}

/** EncryptedPrivateKeyInfo, RFC 5958 section 3. */
function encryptedPkcs8({ der }: PemBlock): Decrypt | undefined {
  const [algorithm, data, ...more] = readSequence(der) ?? []
  const fits = algorithm?.tag === DER.sequence && data?.tag === DER.octetString && more.length === 0
  return fits ? (passphrase) => decryptPbes2(algorithm.bytes, data.content, passphrase) : undefined
}

/** The encryption of RFC 1421 with OpenSSL's key derivation: `Proc-Type: 4,ENCRYPTED` and `DEK-Info: cipher,iv`. */
function traditional({ headers, der }: PemBlock): Decrypt | undefined {
  const info = headers['DEK-Info']
  if (info === undefined) return undefined
  const [name = '', hex = ''] = info.split(',')
  const cipher = blockCiphers[name.toUpperCase()]
  if (!cipher) throw unsupported(name)
  const iv = fromHex(hex)
  if (iv?.length !== cipher.blockLength || der.length === 0 || der.length % cipher.blockLength !== 0) throw corrupt()
  return (passphrase) => cipher.decrypt(md5Chain(utf8(passphrase), iv.subarray(0, 8), cipher.keyLength), iv, der)
}

/** EVP_BytesToKey with MD5 and one round: each link is MD5 over the link before, the passphrase and the salt. */
function md5Chain(passphrase: Bytes, salt: Bytes, length: number): Bytes {
  let chain = new Uint8Array()
  let link = chain
  while (chain.length < length) {
    link = md5(concat(link, passphrase, salt))
    chain = concat(chain, link)
  }
  return chain.subarray(0, length)
}

function unsupported(cipher: string): ConfigurationError {
  const found = /^[\w-]{1,40}$/.test(cipher) ? cipher : 'another one'
  return new ConfigurationError(
    'KEY_UNSUPPORTED',
    `Expected a private key encrypted with AES-CBC or DES-EDE3-CBC, found ${found}; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new-key.pem`,
  )
}

function corrupt(): ConfigurationError {
  return new ConfigurationError(
    'KEY_CORRUPT',
    'Expected an initialisation vector in DEK-Info and whole cipher blocks after it, found damage; copy the key file again.',
  )
}
