import { VerificationError } from '../errors.js'
import { isoSeconds } from '../signers/alibaba-request.js'
import { alibabaAccount } from './alibaba-account.js'
import { actionOf, answerOpenApi, answerOpenApiError, parameter, proveOpenApi } from './alibaba-open-api.js'
import { refusal } from './answers.js'
import { identityProvider } from './identity-provider.js'
import { requireCurrent, verifyJwt } from './jwt.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

const AUDIENCE = 'sts.aliyuncs.com'
const DEFAULT_SECONDS = 3_600
const SECONDS = { min: 900, max: 43_200 } as const
const SESSION_NAME = /^[\w.@-]{2,64}$/

type Action = (request: ReceivedRequest, state: EmulatorState) => Promise<Response>

const ACTIONS: Readonly<Record<string, Action>> = {
  async AssumeRole(request, state) {
    const { arn } = await proveOpenApi(request, state)
    if (state.of(alibabaAccount).isManagedUser(arn)) {
      throw refusal(403, 'NoPermission', 'You are not authorized to do this action.')
    }
    return answerSession(request, state)
  },
  async AssumeRoleWithOIDC(request, state) {
    await requireOidcToken(request, state)
    return answerSession(request, state)
  },
  async GetCallerIdentity(request, state) {
    const { arn: Arn } = await proveOpenApi(request, state)
    const { id: AccountId } = state.of(alibabaAccount)
    const IdentityType = Arn.includes(':assumed-role/') ? 'AssumedRoleUser' : 'RAMUser'
    return answerOpenApi({ AccountId, Arn, IdentityType })
  },
}

/**
 * The Security Token Service: temporary credentials of a role, for an access key or for the token of an OIDC provider.
 * The provider it trusts is the emulator's `identityProvider`.
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-overview
 */
export const alibabaSts: Surface = {
  name: 'alibaba-sts',
  matches: (request) => Object.hasOwn(ACTIONS, actionOf(request) ?? ''),
  async handle(request, state) {
    const action = ACTIONS[actionOf(request) ?? '']
    if (action === undefined) throw refusal(404, 'InvalidAction.NotFound', 'Specified api is not found.')
    return action(request, state)
  },
  answerError: answerOpenApiError,
}

function answerSession(request: ReceivedRequest, state: EmulatorState): Response {
  state.counters.tokenCall()
  const account = state.of(alibabaAccount)
  const roleArn = parameter(request, 'RoleArn') ?? ''
  const session = parameter(request, 'RoleSessionName') ?? ''
  const lifeMs = state.settings.tokenLifeMs ?? secondsOf(parameter(request, 'DurationSeconds')) * 1000
  if (!SESSION_NAME.test(session)) throw invalid('RoleSessionName')
  if (roleArn !== account.roleArn) throw refusal(404, 'EntityNotExist.Role', `The role not exists: ${roleArn}.`)
  const Arn = `${roleArn.replace(':role/', ':assumed-role/')}/${session}`
  const { accessKeyId, accessKeySecret, securityToken, expiresAt } = account.accessKeys.issueTemporary(Arn, lifeMs)
  return answerOpenApi({
    AssumedRoleUser: { Arn, AssumedRoleId: `3000000000000000:${session}` },
    Credentials: {
      AccessKeyId: accessKeyId,
      AccessKeySecret: accessKeySecret,
      SecurityToken: securityToken,
      Expiration: isoSeconds(expiresAt),
    },
  })
}

function secondsOf(given: string | undefined): number {
  const seconds = given === undefined ? DEFAULT_SECONDS : Number(given)
  if (Number.isInteger(seconds) && seconds >= SECONDS.min && seconds <= SECONDS.max) return seconds
  throw invalid('DurationSeconds')
}

async function requireOidcToken(request: ReceivedRequest, state: EmulatorState): Promise<void> {
  const provider = parameter(request, 'OIDCProviderArn') ?? ''
  if (provider !== state.of(alibabaAccount).oidcProviderArn) {
    throw refusal(404, 'EntityNotExist.OIDCProvider', `The OIDC provider not exists: ${provider}.`)
  }
  try {
    const key = await state.keys.get('identity-provider')
    const claims = requireCurrent(await verifyJwt(key, parameter(request, 'OIDCToken') ?? ''), state.clock())
    const isMeant = claims['iss'] === state.of(identityProvider).issuer && [claims['aud']].flat().includes(AUDIENCE)
    if (!isMeant) throw new VerificationError('TOKEN_REFUSED', `Expected a token of this issuer for ${AUDIENCE}.`)
    state.notes(request).subject = String(claims['sub'])
  } catch (error) {
    state.counters.refused()
    const reason = error instanceof VerificationError ? error.message : ''
    throw refusal(400, 'AuthenticationFail.OIDCToken.Invalid', `This OIDC token is invalid. ${reason}`)
  }
}

function invalid(name: string): Error {
  return refusal(400, `InvalidParameter.${name}`, `The parameter ${name} is wrongly formed.`)
}
