import { decodeBase64 } from '../encoding/base64.js'
import type { Bytes } from '../encoding/bytes.js'
import { readJsonText } from '../encoding/json.js'
import { readPem } from '../encoding/pem.js'
import { ConfigurationError } from '../errors.js'
import type { SignFunction } from '../types.js'

/** A KMS client key, opened: plain, immutable data, enough to sign calls to KMS. */
export interface AlibabaClientKey {
  /** Such as `KAAP.<uuid>`. */
  readonly clientKeyId: string
  /** A private RSA key for RSASSA-PKCS1-v1_5 with SHA-256, or a function that signs with one. */
  readonly key: CryptoKey | SignFunction
}

/** The password of a client key, or what asks for it when the key turns out to need one. */
export type ClientKeyPassword = string | (() => string | Promise<string>)

/** What the console's client key file holds. */
export interface ClientKeyFile {
  readonly KeyId: string
  /** A PKCS#12 file in base64, or a PKCS#8 key in base64 or PEM. */
  readonly PrivateKeyData: string
}

const RSA_SHA256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/**
 * Opens a client key file as the KMS console hands it out. The key it gives cannot be exported.
 *
 * @param source the text of the file, or its parsed content.
 * @throws ConfigurationError `CONFIG_INVALID` when the file is not a client key file; `KEY_CORRUPT`,
 * `KEY_PASSPHRASE_REQUIRED`, `KEY_PASSPHRASE_WRONG`, `KEY_UNSUPPORTED`, `PEM_INVALID` for the key in it.
 * @example
 * ```ts
 * import { openClientKey } from 'countersign/keys/alibaba-client-key'
 *
 * declare const file: string
 * const clientKey = await openClientKey(file, { password: '…' })
 * ```
 * @see https://www.alibabacloud.com/help/en/kms/key-management-service/support/create-an-aap
 */
export async function openClientKey(
  source: string | ClientKeyFile,
  options: { readonly password?: ClientKeyPassword } = {},
): Promise<AlibabaClientKey> {
  const { KeyId, PrivateKeyData } = readClientKeyFile(source)
  const pkcs8 = await readPrivateKey(PrivateKeyData, options.password)
  try {
    return { clientKeyId: KeyId, key: await crypto.subtle.importKey('pkcs8', pkcs8, RSA_SHA256, false, ['sign']) }
  } catch {
    throw new ConfigurationError(
      'KEY_CORRUPT',
      `Expected an RSA private key in the client key ${KeyId}, found something else.`,
    )
  }
}

/**
 * The password in the console's password file: the bare text, or JSON with `ClientKeyPassword`. White space around it is
 * no part of it.
 */
export function readClientKeyPassword(file: string): string {
  const json = readJsonText(file)
  const named = isRecord(json) ? json['ClientKeyPassword'] : undefined
  return (typeof named === 'string' ? named : file).trim()
}

function readClientKeyFile(source: string | ClientKeyFile): ClientKeyFile {
  const content: unknown = typeof source === 'string' ? readJsonText(source) : source
  const { KeyId, PrivateKeyData, ...rest } = isRecord(content) ? content : {}
  if (isText(KeyId) && isText(PrivateKeyData)) return { KeyId: KeyId.trim(), PrivateKeyData: PrivateKeyData.trim() }
  throw new ConfigurationError(
    'CONFIG_INVALID',
    `Expected a client key file, JSON with "KeyId" and "PrivateKeyData"; found ${describe(source, rest)}.`,
  )
}

function describe(source: unknown, rest: Readonly<Record<string, unknown>>): string {
  if ('ClientKeyPassword' in rest) return 'the password file; pass that as the password'
  if ('AccessKeyId' in rest) return 'an access key'
  if (typeof source === 'string' && source.includes('-----BEGIN')) return 'a PEM file'
  return typeof source === 'string' && readJsonText(source) === undefined
    ? 'text that is not JSON'
    : 'JSON without them'
}

async function readPrivateKey(data: string, password: ClientKeyPassword | undefined): Promise<Bytes> {
  const der = readDer(data)
  if (isPkcs8(der)) return der
  const secret = typeof password === 'function' ? await password() : password
  if (secret === undefined || secret === '') {
    const message = 'Expected the password of the client key; the console gave it in a file of its own.'
    throw new ConfigurationError('KEY_PASSPHRASE_REQUIRED', message)
  }
  const { openPkcs12 } = await import('./pkcs12.js')
  return openPkcs12(der, secret)
}

/** Base64 as the console writes it, or a PEM block, with whatever openssl has put around it. */
function readDer(data: string): Bytes {
  const der = data.includes('-----BEGIN') ? readPem(data)[0]?.der : decodeBase64(data.replace(/\s/g, ''))
  if (der) return der
  throw new ConfigurationError('KEY_CORRUPT', 'Expected base64 in "PrivateKeyData", found something else.')
}

// PKCS#8 and PKCS#12 both begin with a sequence and a version: 0 or 1 in the one, 3 in the other.
function isPkcs8(der: Bytes): boolean {
  const lengthOctets = (der[1] ?? 0) & 0x80 ? (der[1] ?? 0) & 0x7f : 0
  const version = der.subarray(2 + lengthOctets, 5 + lengthOctets)
  return der[0] === 0x30 && version[0] === 2 && version[1] === 1 && (version[2] ?? 3) < 2
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
