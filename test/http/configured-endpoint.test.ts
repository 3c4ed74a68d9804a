import { describe, expect, it } from 'vitest'
import { configuredEndpoint } from '../../src/http/configured-endpoint.js'

const COMPUTE = 'https://iaas.us-phoenix-1.oraclecloud.com/20160918'
const at = (address: string | undefined, endpoint = COMPUTE): string =>
  configuredEndpoint(endpoint, { env: (name) => (name === 'OCI_CLI_ENDPOINT' ? address : undefined) })

describe('configuredEndpoint', () => {
  it.each([
    ['no address', undefined, COMPUTE],
    ['an empty one', '', COMPUTE],
    ['an address', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080/20160918'],
    ['one that ends with a slash', 'http://127.0.0.1:8080/', 'http://127.0.0.1:8080/20160918'],
    ['one with a path of its own', 'https://gateway.example/oci//', 'https://gateway.example/oci/20160918'],
  ])('answers %s', (_, address, endpoint) => {
    expect(at(address)).toBe(endpoint)
  })

  it('adds no path for a service that has none', () => {
    const storage = 'https://objectstorage.us-phoenix-1.oraclecloud.com'
    expect(at('http://127.0.0.1:8080', storage)).toBe('http://127.0.0.1:8080')
  })

  it.each(['127.0.0.1:8080', 'ftp://example.com', 'https://scott:tiger@example.com'])('refuses %s', (address) => {
    expect(() => at(address)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }))
    expect(() => at(address)).not.toThrow(/tiger/)
  })
})
