import { isoSeconds } from '../signers/alibaba-request.js'
import { type AlibabaAccount, alibabaAccount } from './alibaba-account.js'
import { temporaryAnswer } from './alibaba-api.js'
import { answerJson, answerText, refusal } from './answers.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Slot, type Surface, slot } from './surface.js'

const TOKEN_PATH = '/latest/api/token'
const ROLES_PATH = '/latest/meta-data/ram/security-credentials/'
const TTL_HEADER = 'x-aliyun-ecs-metadata-token-ttl-seconds'
const TOKEN_HEADER = 'x-aliyun-ecs-metadata-token'

/** How long the role's credentials live. */
const LIFE_MS = 6 * 3_600_000

/** Metadata tokens and when they end. */
const tokens: Slot<Map<string, number>> = slot('alibaba-metadata-tokens', () => new Map())

/**
 * The metadata service of an ECS instance with a RAM role, with tokens and without.
 *
 * @see https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
 */
export const alibabaMetadata: Surface = {
  name: 'alibaba-metadata',
  matches: ({ url }) => url.pathname === TOKEN_PATH || url.pathname.startsWith(ROLES_PATH),
  handle(request, state) {
    const account = state.of(alibabaAccount)
    if (request.headers.has('x-forwarded-for')) throw refusal(403, 'Forbidden', 'Forwarded requests are not answered.')
    if (request.url.pathname === TOKEN_PATH) return issueToken(request, state)
    requireToken(request, account, state)
    if (request.method !== 'GET') throw refusal(405, 'MethodNotAllowed', 'Method Not Allowed')
    const name = request.url.pathname.slice(ROLES_PATH.length)
    if (name === '') return answerText(account.roleName)
    if (decodeURIComponent(name) !== account.roleName) throw refusal(404, 'NotFound', 'Not Found')
    const arn = `acs:ram::${account.id}:role/${account.roleName}/instance`
    const key = account.accessKeys.issueTemporary(arn, LIFE_MS)
    return answerJson({ ...temporaryAnswer(key), LastUpdated: isoSeconds(state.clock()), Code: 'Success' })
  },
  answerError: ({ status, message }) => answerText(message, { status }),
}

function issueToken({ method, headers }: ReceivedRequest, state: EmulatorState): Response {
  if (method !== 'PUT') throw refusal(405, 'MethodNotAllowed', 'Method Not Allowed')
  const seconds = Number(headers.get(TTL_HEADER))
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 21_600) throw refusal(400, 'BadRequest', 'Bad Request')
  const token = crypto.randomUUID()
  state.of(tokens).set(token, state.clock() + seconds * 1000)
  return answerText(token)
}

function requireToken(
  { headers }: ReceivedRequest,
  { metadataTokenRequired }: AlibabaAccount,
  state: EmulatorState,
): void {
  const token = headers.get(TOKEN_HEADER)
  if (token === null && !metadataTokenRequired) return
  const endsAt = state.of(tokens).get(token ?? '') ?? 0
  if (endsAt <= state.clock()) throw refusal(403, 'Forbidden', 'Forbidden')
}
