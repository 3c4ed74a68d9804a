import { isoSeconds } from '../signers/alibaba-request.js'
import { randomText, type TemporaryAccessKey } from './alibaba-access-keys.js'
import { alibabaAccount } from './alibaba-account.js'
import { answerJson, answerText } from './answers.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Slot, type Surface, slot } from './surface.js'

const TOKEN_PATH = '/latest/api/token'
const DATA_PATH = '/latest/meta-data/'
const ROLES = 'ram/security-credentials/'
const TOKEN_HEADER = 'x-aliyun-ecs-metadata-token'
const TTL_HEADER = 'x-aliyun-ecs-metadata-token-ttl-seconds'
const LONGEST_TTL_SECONDS = 21_600
const ROLE_LIFE_MS = 21_600_000

interface MetadataMemory {
  /** When each metadata token ends, in epoch milliseconds. */
  readonly tokens: Map<string, number>
  credentials: TemporaryAccessKey | undefined
}

const memory: Slot<MetadataMemory> = slot('alibaba-ecs-metadata', () => ({ tokens: new Map(), credentials: undefined }))

/**
 * The metadata service of an ECS instance: its token, and the credentials of its RAM role, with the token or without.
 * @see https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
 */
export const alibabaEcsMetadata: Surface = {
  name: 'alibaba-ecs-metadata',
  matches: ({ url }) => url.pathname.startsWith('/latest/'),
  handle(request, state) {
    state.counters.metadataRead()
    if (request.headers.has('x-forwarded-for')) return answerText('Forbidden', { status: 403 })
    if (request.url.pathname === TOKEN_PATH) return answerToken(request, state)
    if (request.method !== 'GET') return answerText('Method Not Allowed', { status: 405 })
    return isAllowed(request, state) ? answerData(request, state) : answerText('Unauthorized', { status: 401 })
  },
}

function answerToken({ method, headers }: ReceivedRequest, state: EmulatorState): Response {
  if (method !== 'PUT') return answerText('Method Not Allowed', { status: 405 })
  const seconds = Number(headers.get(TTL_HEADER))
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TTL_SECONDS) {
    return answerText('Bad Request', { status: 400 })
  }
  const token = randomText(56)
  state.of(memory).tokens.set(token, state.clock() + seconds * 1000)
  return answerText(token)
}

/** A token, where there is one, must be good; one must be there when the instance insists. */
function isAllowed({ headers }: ReceivedRequest, state: EmulatorState): boolean {
  const token = headers.get(TOKEN_HEADER)
  if (token === null) return !state.of(alibabaAccount).metadataTokenRequired
  return (state.of(memory).tokens.get(token) ?? 0) > state.clock()
}

function answerData({ url }: ReceivedRequest, state: EmulatorState): Response {
  const { roleName, region, id } = state.of(alibabaAccount)
  switch (url.pathname.slice(DATA_PATH.length)) {
    case ROLES:
      return answerText(roleName)
    case `${ROLES}${roleName}`:
      return answerJson(roleCredentials(state))
    case 'region-id':
      return answerText(region)
    case 'owner-account-id':
      return answerText(id)
    default:
      return answerText('Not Found', { status: 404 })
  }
}

/** The same credentials for half of their life, then new ones. */
function roleCredentials(state: EmulatorState): object {
  const remembered = state.of(memory)
  const lifeMs = state.settings.tokenLifeMs ?? ROLE_LIFE_MS
  if ((remembered.credentials?.expiresAt ?? 0) - state.clock() <= lifeMs / 2) remembered.credentials = undefined
  const account = state.of(alibabaAccount)
  const arn = `acs:ram::${account.id}:assumed-role/${account.roleName}/emulated-instance`
  remembered.credentials ??= account.accessKeys.issueTemporary(arn, lifeMs)
  const { accessKeyId, accessKeySecret, securityToken, expiresAt } = remembered.credentials
  return {
    AccessKeyId: accessKeyId,
    AccessKeySecret: accessKeySecret,
    SecurityToken: securityToken,
    Expiration: isoSeconds(expiresAt),
    LastUpdated: isoSeconds(expiresAt - lifeMs),
    Code: 'Success',
  }
}
