import { describe, expect, it } from 'vitest'
import { loadRegionMetadata } from '../../src/regions/region-metadata.js'
import { resolveRegion } from '../../src/regions/regions.js'
import type { Runtime, RuntimeFiles } from '../../src/runtime/types.js'

const HOME = '/home/ada'
const DEVELOPER_TOOLS = `${HOME}/.oci/developer-tool-configuration.json`
const REGIONS = `${HOME}/.oci/regions-config.json`

function region(id: string, realmDomainComponent = 'cloud.example'): object {
  return { regionIdentifier: id, regionKey: id.slice(0, 3), realmKey: 'oc99', realmDomainComponent }
}

function runtimeWith(files: Record<string, string>, env: Record<string, string> = {}): Runtime {
  const readText = async (path: string): Promise<string | undefined> => files[path]
  const partial: Pick<Runtime, 'env' | 'homeDirectory'> & { files: Pick<RuntimeFiles, 'readText'> } = {
    env: (name) => env[name],
    homeDirectory: () => HOME,
    files: { readText },
  }
  return partial as Runtime
}

describe('loadRegionMetadata', () => {
  it('finds nothing on a machine without such a set-up', async () => {
    expect(await loadRegionMetadata(runtimeWith({}))).toEqual({ extra: [], skipped: [] })
  })

  it('gathers both files and the variable, in the order in which they count', async () => {
    const files = {
      [REGIONS]: JSON.stringify([region('two-1', 'second.example'), region('one-1', 'never.example')]),
      [DEVELOPER_TOOLS]: JSON.stringify({ regions: [region('one-1', 'first.example')], provider: 'x' }),
    }
    const env = { OCI_REGION_METADATA: JSON.stringify(region('three-1', 'third.example')) }
    const metadata = await loadRegionMetadata(runtimeWith(files, env))
    const domain = (id: string): string => resolveRegion(id, metadata).secondLevelDomain
    expect(['one-1', 'two-1', 'three-1'].map(domain)).toEqual(['first.example', 'second.example', 'third.example'])
  })

  it('takes the default realm from the environment', async () => {
    const metadata = await loadRegionMetadata(runtimeWith({}, { OCI_DEFAULT_REALM: 'oraclecloud8.com' }))
    expect(resolveRegion('new-region-1', metadata).realm).toBe('oc8')
  })

  it('passes over broken files and entries, and says which', async () => {
    const files = { [DEVELOPER_TOOLS]: '{"regions": 5}', [REGIONS]: JSON.stringify([{}, region('one-1')]) }
    const metadata = await loadRegionMetadata(runtimeWith(files, { OCI_REGION_METADATA: 'not JSON' }))
    expect(metadata.extra.map(({ id }) => id)).toEqual(['one-1'])
    expect(metadata.skipped).toEqual([
      '~/.oci/developer-tool-configuration.json: expected JSON with region metadata',
      expect.stringContaining('~/.oci/regions-config.json: entry 1 is not a region'),
      'OCI_REGION_METADATA: expected JSON with region metadata',
    ])
  })

  it('passes over a file that cannot be read', async () => {
    const runtime = runtimeWith({})
    const readText = async (path: string): Promise<string | undefined> => {
      if (path === REGIONS) throw Object.assign(new Error('no permission'), { code: 'EACCES' })
      return undefined
    }
    const unreadable = { ...runtime, files: { readText } } as unknown as Runtime
    const { skipped } = await loadRegionMetadata(unreadable)
    expect(skipped).toEqual(['~/.oci/regions-config.json: the file cannot be read'])
  })

  it('looks for no files where there is no home directory, and takes an empty variable for an unset one', async () => {
    const files = { '/.oci/regions-config.json': JSON.stringify([region('one-1')]) }
    const homeless = { ...runtimeWith(files, { OCI_REGION_METADATA: '' }), homeDirectory: () => undefined }
    expect(await loadRegionMetadata(homeless)).toEqual({ extra: [], skipped: [] })
  })

  it('works where there are no files', async () => {
    const { files: _, ...bare } = runtimeWith({}, { OCI_REGION_METADATA: JSON.stringify(region('one-1')) })
    expect((await loadRegionMetadata(bare)).extra).toHaveLength(1)
  })
})
