import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/encoding/bytes.js'
import { importPrivateKey } from '../../src/keys/import-private-key.js'
import { opensslKeys } from '../fixtures/openssl-keys.js'

const variants = opensslKeys()
const [{ pem, fingerprint } = { pem: '', fingerprint: '' }] = variants

describe('importPrivateKey', () => {
  it.each(variants)('opens $name and signs what OpenSSL verifies', async (variant) => {
    const imported = await importPrivateKey(variant.pem, { passphrase: variant.passphrase })
    const data = utf8('data')
    const signature = new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', imported.key, data))
    expect(verify('sha256', data, createPublicKey(pem), signature)).toBe(true)
    expect(imported).toMatchObject({ fingerprint: variant.fingerprint, bits: 2048 })
    expect(variant.fingerprint).toBe(fingerprint)
  })
})
