import { type Bytes, equal, toHex } from '../encoding/bytes.js'
import { DER, type DerElement, readElements, readSequence } from '../encoding/der.js'
import { ConfigurationError } from '../errors.js'
import { canDecrypt, corrupt, decrypt, readIterations, unsupported } from './pkcs12-decryption.js'
import { bmpPassword, derivePkcs12 } from './pkcs12-kdf.js'
import { type SynchronousHashName, synchronousHash } from './synchronous-hashes.js'

const DATA = '2a864886f70d010701'
const ENCRYPTED_DATA = '2a864886f70d010706'
const KEY_BAG = '2a864886f70d010c0a0101'
const SHROUDED_KEY_BAG = '2a864886f70d010c0a0102'
/** Context tag 0, constructed and primitive. */
const EXPLICIT_0 = 0xa0
const IMPLICIT_0 = 0x80

const MAC_HASHES: Readonly<Record<string, SynchronousHashName>> = {
  '2b0e03021a': 'SHA-1',
  '608648016503040201': 'SHA-256',
  '608648016503040202': 'SHA-384',
  '608648016503040203': 'SHA-512',
}

/**
 * Opens a PKCS#12 file and gives the private key in it as PKCS#8 DER. The file's MAC is verified before anything is
 * decrypted. Keys under triple DES and PBES2 (PBKDF2 and AES-CBC) open, whatever cipher the certificates are under.
 *
 * @throws ConfigurationError `KEY_CORRUPT`, `KEY_PASSPHRASE_REQUIRED`, `KEY_PASSPHRASE_WRONG`, `KEY_UNSUPPORTED`.
 * @example
 * ```ts
 * import { openPkcs12 } from 'countersign/keys/pkcs12'
 *
 * declare const file: Uint8Array<ArrayBuffer>
 * const pkcs8 = await openPkcs12(file, 'password')
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc7292
 */
export async function openPkcs12(file: Bytes, password: string): Promise<Bytes> {
  if (password === '')
    throw new ConfigurationError('KEY_PASSPHRASE_REQUIRED', 'Expected the password of the PKCS#12 file.')
  const { authenticatedSafe, macData } = readPfx(file)
  await verifyMac(authenticatedSafe, macData, password)
  const contents = readSequence(authenticatedSafe)
  if (contents === undefined) throw corrupt('a sequence of contents')
  return findKey(contents, password)
}

function readPfx(file: Bytes): { authenticatedSafe: Bytes; macData: DerElement } {
  const [version, authSafe, macData] = readSequence(file) ?? []
  if (version?.tag !== DER.integer || version.content[0] !== 3) throw corrupt('version 3')
  if (macData === undefined) throw unsupported('no MAC or a public-key signature to protect itself')
  return { authenticatedSafe: readData(authSafe), macData }
}

/** The octets in a ContentInfo of plain data. */
function readData(contentInfo: DerElement | undefined): Bytes {
  const { type, content } = readContentInfo(contentInfo)
  const [octets] = readElements(content) ?? []
  if (type !== DATA || octets?.tag !== DER.octetString) throw corrupt('plain data')
  return octets.content
}

function readContentInfo(contentInfo: DerElement | undefined): { type: string; content: Bytes } {
  const [type, content] = readSequence(contentInfo?.bytes ?? new Uint8Array()) ?? []
  if (type?.tag !== DER.oid || content?.tag !== EXPLICIT_0) throw corrupt('a content of a known type')
  return { type: toHex(type.content), content: content.content }
}

async function verifyMac(authenticatedSafe: Bytes, macData: DerElement, password: string): Promise<void> {
  const [digestInfo, salt, iterations] = readSequence(macData.bytes) ?? []
  const [algorithm, expected] = readSequence(digestInfo?.bytes ?? new Uint8Array()) ?? []
  if (algorithm === undefined || salt?.tag !== DER.octetString || expected?.tag !== DER.octetString)
    throw corrupt('a MAC')
  const name = macHash(algorithm)
  const hash = await synchronousHash(name)
  const rounds = iterations === undefined ? 1 : readIterations(iterations)
  const derivation = { hash, password: bmpPassword(password), salt: salt.content, iterations: rounds }
  const bytes = derivePkcs12({ ...derivation, purpose: 'mac', length: hash.outputLength })
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: name }, false, ['sign'])
  const found = new Uint8Array(await crypto.subtle.sign('HMAC', key, authenticatedSafe))
  if (equal(found, expected.content)) return
  throw new ConfigurationError(
    'KEY_PASSPHRASE_WRONG',
    'The password does not fit the PKCS#12 file, or the file was changed; check that both belong to the same client key.',
  )
}

function macHash(algorithm: DerElement): SynchronousHashName {
  const [oid] = readSequence(algorithm.bytes) ?? []
  const name = MAC_HASHES[toHex(oid?.content ?? new Uint8Array())]
  if (name) return name
  throw unsupported('a MAC other than HMAC with SHA-1 or SHA-2')
}

/** Looks where nothing needs to be decrypted first: that is where KMS puts the key. */
async function findKey(contents: readonly DerElement[], password: string): Promise<Bytes> {
  const infos = contents.map((content) => ({ element: content, ...readContentInfo(content) }))
  for (const { element } of infos.filter(({ type }) => type === DATA)) {
    const key = await keyIn(readData(element), password)
    if (key) return key
  }
  return findEncryptedKey(
    infos.filter(({ type }) => type === ENCRYPTED_DATA).map(({ content }) => content),
    password,
  )
}

async function findEncryptedKey(contents: readonly Bytes[], password: string): Promise<Bytes> {
  let skipped = false
  for (const { algorithm, ciphertext } of contents.map(readEncryptedData)) {
    const known = canDecrypt(algorithm)
    skipped ||= !known
    const key = known ? await keyIn(await decrypt(algorithm, ciphertext, password), password) : undefined
    if (key) return key
  }
  if (skipped) throw unsupported('RC2, RC4 or another cipher around the part that holds the key')
  throw corrupt('a private key')
}

function readEncryptedData(content: Bytes): { algorithm: Bytes; ciphertext: Bytes } {
  const [, encrypted] = readSequence(content) ?? []
  const [, algorithm, ciphertext] = readSequence(encrypted?.bytes ?? new Uint8Array()) ?? []
  if (algorithm === undefined || ciphertext?.tag !== IMPLICIT_0) throw corrupt('encrypted data')
  return { algorithm: algorithm.bytes, ciphertext: ciphertext.content }
}

async function keyIn(safeContents: Bytes, password: string): Promise<Bytes | undefined> {
  for (const bag of readSequence(safeContents) ?? []) {
    const { type, content } = readBag(bag)
    if (type === KEY_BAG) return content
    if (type === SHROUDED_KEY_BAG) return unshroud(content, password)
  }
  return undefined
}

function readBag(bag: DerElement): { type: string; content: Bytes } {
  const [type, value] = readSequence(bag.bytes) ?? []
  if (type?.tag !== DER.oid || value?.tag !== EXPLICIT_0) throw corrupt('a bag of a known type')
  return { type: toHex(type.content), content: value.content }
}

function unshroud(encryptedPrivateKeyInfo: Bytes, password: string): Promise<Bytes> {
  const [algorithm, ciphertext] = readSequence(encryptedPrivateKeyInfo) ?? []
  if (algorithm === undefined || ciphertext?.tag !== DER.octetString) throw corrupt('an encrypted private key')
  return decrypt(algorithm.bytes, ciphertext.content, password)
}
