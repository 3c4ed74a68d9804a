import { describe, expect, it } from 'vitest'
import { regionMetadata } from '../../src/regions/region-metadata.js'
import { builtInRegions, resolveRegion } from '../../src/regions/regions.js'

const sydney = { id: 'ap-private-1', key: 'prv', realm: 'oc99', secondLevelDomain: 'cloud.example', known: true }

describe('resolveRegion', () => {
  it.each(['eu-frankfurt-1', 'fra', 'FRA', ' EU-Frankfurt-1 '])('knows Frankfurt as %j', (name) => {
    expect(resolveRegion(name)).toEqual({
      id: 'eu-frankfurt-1',
      key: 'fra',
      realm: 'oc1',
      secondLevelDomain: 'oraclecloud.com',
      known: true,
    })
  })

  it.each([
    ['us-langley-1', 'oc2', 'oraclegovcloud.com'],
    ['us-gov-ashburn-1', 'oc3', 'oraclegovcloud.com'],
    ['uk-gov-london-1', 'oc4', 'oraclegovcloud.uk'],
    ['eu-madrid-2', 'oc19', 'oraclecloud.eu'],
    ['eu-budapest-1', 'oc51', 'oraclecloud51.com'],
  ])('puts %s into realm %s under %s', (id, realm, secondLevelDomain) => {
    expect(resolveRegion(id)).toMatchObject({ realm, secondLevelDomain, known: true })
  })

  it('holds 85 regions in 20 realms, each name once', () => {
    const regions = builtInRegions()
    expect(regions).toHaveLength(85)
    expect(new Set(regions.map(({ realm }) => realm)).size).toBe(20)
    expect(new Set(regions.flatMap(({ id, key }) => [id, key])).size).toBe(170)
    expect(regions.every(({ secondLevelDomain }) => secondLevelDomain.length > 0)).toBe(true)
  })

  it('takes an unknown region to be in oc1, and says that it is a guess', () => {
    const guess = { id: 'eu-atlantis-1', realm: 'oc1', secondLevelDomain: 'oraclecloud.com', known: false }
    expect(resolveRegion('eu-atlantis-1')).toEqual(guess)
  })

  it('takes the domain of unknown regions from the default realm', () => {
    const options = { defaultRealmDomain: '"OracleCloud8.com" ' }
    expect(resolveRegion('eu-atlantis-1', options)).toMatchObject({
      realm: 'oc8',
      secondLevelDomain: 'oraclecloud8.com',
    })
    expect(resolveRegion('fra', options).realm).toBe('oc1')
  })

  it('leaves the realm open when nobody knows the default domain', () => {
    const region = resolveRegion('eu-atlantis-1', { defaultRealmDomain: 'cloud.example' })
    expect(region).toMatchObject({ realm: '', secondLevelDomain: 'cloud.example', known: false })
  })

  it('finds added regions by identifier and by key', () => {
    expect(resolveRegion('ap-private-1', { extra: [sydney] })).toBe(sydney)
    expect(resolveRegion('PRV', { extra: [sydney] })).toBe(sydney)
    const shouted = { ...sydney, id: 'AP-Private-1', key: 'PRV' }
    expect(resolveRegion('ap-private-1', { extra: [shouted] })).toBe(shouted)
    expect(resolveRegion('prv', { extra: [shouted] })).toBe(shouted)
  })

  it('keeps a built-in region when an added one has its name', () => {
    const impostor = { ...sydney, id: 'eu-frankfurt-1', key: 'fra' }
    expect(resolveRegion('eu-frankfurt-1', { extra: [impostor] }).secondLevelDomain).toBe('oraclecloud.com')
  })

  it('reads the domain out of a dotted region, before the default realm', () => {
    const region = resolveRegion('us-private-1.cloud.example', { defaultRealmDomain: 'oraclecloud8.com' })
    expect(region).toEqual({
      id: 'us-private-1.cloud.example',
      realm: '',
      secondLevelDomain: 'cloud.example',
      known: false,
    })
    expect(resolveRegion('us-private-1.oraclecloud9.com').realm).toBe('oc9')
  })

  it.each(['', '.', '.example', 'constructor', '__proto__'])('does not stumble over %j', (name) => {
    expect(resolveRegion(name).known).toBe(false)
  })
})

describe('regionMetadata', () => {
  const metadata = {
    realmKey: 'OC99',
    realmDomainComponent: 'Cloud.Example',
    regionKey: 'PRV',
    regionIdentifier: 'ap-private-1',
  }

  it('reads the four fields in lower case', () => {
    expect(regionMetadata(metadata)).toEqual(sydney)
  })

  it.each([
    null,
    'ap-private-1',
    [],
    {},
    { ...metadata, realmKey: '' },
    { ...metadata, regionKey: 5 },
    { ...metadata, regionIdentifier: undefined },
    { ...metadata, realmDomainComponent: '  ' },
  ])('passes over %j', (json) => {
    expect(regionMetadata(json)).toBeUndefined()
  })
})
