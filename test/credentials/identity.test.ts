import { describe, expect, it } from 'vitest'
import { sameCredentials } from '../../src/credentials/identity.js'

const key = {}
const apiKey = { keyId: 'a/b/c', key, source: 'file' }
const accessKey = { accessKeyId: 'id', accessKeySecret: 'secret', securityToken: 'token' }

describe('sameCredentials', () => {
  it.each([
    ['itself, whatever it holds', key, key],
    ['a copy with fields of its own', apiKey, { ...apiKey, source: 'chain', tried: [] }],
    ['the same token with a key that was read anew', { token: 'a', key }, { token: 'a', key: {} }],
    ['a copy of an access key', accessKey, { ...accessKey }],
    ['an access key without a token', { accessKeyId: 'id' }, { accessKeyId: 'id' }],
  ])('knows %s', (_, one, other) => {
    expect(sameCredentials(one, other)).toBe(true)
    expect(sameCredentials(other, one)).toBe(true)
  })

  it.each([
    ['another token with the same key', { token: 'a', key }, { token: 'b', key }],
    ['the same key without its token', { token: 'a', keyId: 'ST$a', key }, apiKey],
    ['another key', apiKey, { ...apiKey, key: {} }],
    ['another key id', apiKey, { ...apiKey, keyId: 'a/b/d' }],
    ['another access key', accessKey, { ...accessKey, accessKeyId: 'other' }],
    ['another secret', accessKey, { ...accessKey, accessKeySecret: 'other' }],
    ['another session', accessKey, { ...accessKey, securityToken: 'other' }],
    ['no session', accessKey, { accessKeyId: 'id', accessKeySecret: 'secret' }],
    ['what holds nothing to compare', { source: 'a' }, { source: 'a' }],
  ])('tells %s apart', (_, one, other) => {
    expect(sameCredentials(one, other)).toBe(false)
    expect(sameCredentials(other, one)).toBe(false)
  })
})
