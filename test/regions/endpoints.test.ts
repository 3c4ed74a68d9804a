import { describe, expect, it } from 'vitest'
import { endpointTemplates } from '../../src/regions/endpoint-templates.js'
import { authEndpoint, endpoint } from '../../src/regions/endpoints.js'
import { resolveRegion } from '../../src/regions/regions.js'
import { serviceEndpoint } from '../../src/regions/services.js'

const frankfurt = resolveRegion('fra')
const madrid = resolveRegion('eu-madrid-2')
const refused = expect.objectContaining({ code: 'OPTION_INVALID' })

describe('endpoint', () => {
  it('knows the services that the library calls itself', () => {
    expect(authEndpoint(frankfurt)).toBe('https://auth.eu-frankfurt-1.oraclecloud.com')
    expect(authEndpoint(madrid)).toBe('https://auth.eu-madrid-2.oraclecloud.eu')
    expect(endpoint('identity', madrid)).toBe('https://identity.eu-madrid-2.oci.oraclecloud.eu')
  })

  it.each([
    [false, 'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918'],
    [true, 'https://iaas.eu-frankfurt-1.ds.oci.oraclecloud.com/20160918'],
  ])('expands dual stack %s', (dualStack, expected) => {
    expect(serviceEndpoint('core.ComputeClient', frankfurt, { dualStack })).toBe(expected)
  })

  it('takes the realm template only when asked to, and only where there is one', () => {
    const parameters = { namespaceName: 'axaxnpcrorw5' }
    const options = { realmSpecific: true, parameters }
    expect(serviceEndpoint('objectstorage', frankfurt)).toBe('https://objectstorage.eu-frankfurt-1.oraclecloud.com')
    expect(serviceEndpoint('objectstorage', frankfurt, options)).toBe(
      'https://axaxnpcrorw5.objectstorage.eu-frankfurt-1.oci.customer-oci.com',
    )
    expect(serviceEndpoint('objectstorage', frankfurt, { realmSpecific: true })).toBe(
      'https://objectstorage.eu-frankfurt-1.oci.customer-oci.com',
    )
    expect(serviceEndpoint('objectstorage', madrid, options)).toBe('https://objectstorage.eu-madrid-2.oraclecloud.eu')
  })

  it('puts the service name before a dotted region', () => {
    const dotted = resolveRegion('us-private-1.cloud.example')
    expect(serviceEndpoint('core.ComputeClient', dotted)).toBe('https://iaas.us-private-1.cloud.example/20160918')
    expect(serviceEndpoint('generativeaiinference', dotted)).toMatch(
      /^https:\/\/inference\.generativeai\.us-private-1\./,
    )
    expect(serviceEndpoint('secrets', dotted)).toMatch(/^https:\/\/secrets\.us-private-1\.cloud\.example\//)
  })

  it('fills in the service name where a template asks for it', () => {
    const template = 'https://{endpointServiceName}.{region}.{serviceEndpointPrefix}.{secondLevelDomain}'
    expect(endpoint({ template, serviceName: 'svc' }, frankfurt)).toBe('https://svc.eu-frankfurt-1.svc.oraclecloud.com')
  })

  it.each(['fra', 'eu-madrid-2', 'us-private-1.cloud.example'])('makes a URL for every service in %s', (name) => {
    const region = resolveRegion(name)
    const options = [{}, { dualStack: true }, { realmSpecific: true }]
    const urls = Object.keys(endpointTemplates).flatMap((service) =>
      options.map((option) => serviceEndpoint(service, region, option)),
    )
    expect(urls).toHaveLength(948)
    expect(urls.filter((url) => !/^https:\/\/[A-Za-z0-9.-]+(\/[\w/]+)?$/.test(url))).toEqual([])
  })

  it.each(['bad name', 'a..b', '-a', 'a-', 'evil.example/', 'a@b', '', 'x'.repeat(64)])(
    'refuses %j as a part of a host name',
    (namespaceName) => {
      const parameters = { namespaceName }
      expect(() => serviceEndpoint('objectstorage', frankfurt, { realmSpecific: true, parameters })).toThrow(refused)
    },
  )

  it.each(['', 'evil.example/path?', 'a b', 'user@host', '../x', 'a:80'])('refuses the region %j', (name) => {
    expect(() => authEndpoint(resolveRegion(name))).toThrow(refused)
  })

  it.each(['compute', 'constructor', '__proto__'])('has no endpoint of its own for %j', (service) => {
    expect(() => endpoint(service as 'auth', frankfurt)).toThrow(/auth, identity, objectstorage or a template/)
  })

  it.each(['', 'evil.example/path', 'example.com:8443', 'a b'])('refuses the domain %j', (secondLevelDomain) => {
    expect(() => authEndpoint({ ...frankfurt, secondLevelDomain })).toThrow(refused)
  })

  it('has no template for a realm that is called like a property of every object', () => {
    const region = { ...frankfurt, realm: 'constructor' }
    const service = { template: 'https://svc.{region}.{secondLevelDomain}', realmTemplates: {} }
    expect(endpoint(service, region, { realmSpecific: true })).toBe('https://svc.eu-frankfurt-1.oraclecloud.com')
    const named = { template: 'https://{toString+Dot}svc.{region}.example' }
    expect(endpoint(named, region, { parameters: {} })).toBe('https://svc.eu-frankfurt-1.example')
  })

  it('refuses a placeholder that it does not know', () => {
    expect(() => endpoint({ template: 'https://{svc}.example' }, frankfurt)).toThrow(/\{svc\}/)
    expect(() => endpoint({ template: 'https://{constructor}.example' }, frankfurt)).toThrow(refused)
  })

  it.each([
    'ftp://x.{region}',
    'https://user:secret@x.{region}',
    'https://x.{region}?a=b',
    'https://x.{region}#a',
    'x',
  ])('refuses the template %j', (template) => {
    expect(() => endpoint({ template }, frankfurt)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }))
    expect(() => endpoint({ template }, frankfurt)).not.toThrow('secret')
  })
})

describe('serviceEndpoint', () => {
  it('takes a package, since all clients of one share an endpoint', () => {
    expect(serviceEndpoint('capacitymanagement', frankfurt)).toMatch(/^https:\/\/control-center-cp\./)
    for (const client of Object.keys(endpointTemplates)) {
      const [service = ''] = client.split('.')
      expect(serviceEndpoint(client, frankfurt)).toBe(serviceEndpoint(service, frankfurt))
    }
  })

  it.each(['nosuch', 'core.NoClient', 'constructor', ''])('does not know %j', (service) => {
    expect(() => serviceEndpoint(service, frankfurt)).toThrow(refused)
  })
})
