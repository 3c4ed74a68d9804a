import { answerJson, answerText } from './answers.js'
import type { IssuedCertificate } from './certificate-authority.js'
import { certificateAuthority } from './certificate-authority.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

const PREFIX = '/opc/v2/'
// The service refuses what came through a proxy: a request forged on the instance's behalf often does.
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host']

type Reader = (state: EmulatorState) => Promise<Response> | Response

const READERS: Readonly<Record<string, Reader>> = {
  'instance/': instance,
  instance,
  'instance/id': ({ identities }) => answerText(identities.instance),
  'instance/region': (state) => answerText(regionName(state)),
  'instance/canonicalRegionName': ({ identities }) => answerText(identities.region.id),
  'instance/compartmentId': ({ identities }) => answerText(identities.compartment),
  'instance/regionInfo': (state) => answerJson(regionInfo(state)),
  'identity/cert.pem': async (state) => answerPem((await current(state)).certificate.pem, state, 'certificate'),
  'identity/key.pem': async (state) => answerPem((await current(state)).privateKeyPem, state, 'key'),
  'identity/intermediate.pem': async (state) => answerText((await current(state)).intermediate.pem),
}

/**
 * The instance metadata service, version 2.
 * @see https://docs.oracle.com/en-us/iaas/Content/Compute/Tasks/gettingmetadata.htm
 */
export const instanceMetadata: Surface = {
  name: 'instance-metadata',
  matches: ({ url }) => url.pathname.startsWith('/opc/'),
  handle(request, state) {
    state.counters.metadataRead()
    const refused = refuse(request)
    if (refused !== undefined) return refused
    const name = request.url.pathname.slice(PREFIX.length)
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined
    return reader === undefined ? answerText('Not Found', { status: 404 }) : reader(state)
  },
}

function refuse(request: ReceivedRequest): Response | undefined {
  if (!request.url.pathname.startsWith(PREFIX)) return answerText('Not Found', { status: 404 })
  if (request.headers.get('authorization') !== 'Bearer Oracle') return answerText('Unauthorized', { status: 401 })
  if (FORWARDED.some((name) => request.headers.has(name))) return answerText('Forbidden', { status: 403 })
  if (request.method !== 'GET') return answerText('Method Not Allowed', { status: 405 })
  return undefined
}

function current(state: EmulatorState): Promise<IssuedCertificate> {
  return state.of(certificateAuthority).current()
}

/** Answers a certificate or key, and rotates afterwards when that is due: the next read then belongs to another pair. */
async function answerPem(pem: string, state: EmulatorState, part: 'certificate' | 'key'): Promise<Response> {
  if (state.settings.rotateAfterRead === part) {
    state.settings.rotateAfterRead = undefined
    await state.of(certificateAuthority).rotate()
  }
  return answerText(pem)
}

function regionName({ identities, settings }: EmulatorState): string {
  const { id, key } = identities.region
  return settings.metadataRegion === 'short-code' ? (key ?? id) : id
}

function regionInfo({ identities }: EmulatorState): Readonly<Record<string, string>> {
  const { id, key, realm, secondLevelDomain } = identities.region
  return {
    realmKey: realm,
    realmDomainComponent: secondLevelDomain,
    regionKey: (key ?? id).toUpperCase(),
    regionIdentifier: id,
  }
}

function instance(state: EmulatorState): Response {
  const { identities } = state
  return answerJson({
    id: identities.instance,
    compartmentId: identities.compartment,
    tenantId: identities.tenancy,
    region: regionName(state),
    canonicalRegionName: identities.region.id,
    regionInfo: regionInfo(state),
    displayName: 'emulated-instance',
    state: 'Running',
  })
}
