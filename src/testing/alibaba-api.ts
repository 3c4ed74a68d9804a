import { isoSeconds } from '../signers/alibaba-request.js'
import type { AlibabaCredentials } from '../types.js'
import { alibabaAccount } from './alibaba-account.js'
import { parametersOf, type VerifiedCall, verifyCall } from './alibaba-api-signature.js'
import { secretFor } from './alibaba-secrets.js'
import { answerJson, refusal } from './answers.js'
import { identityProvider } from './identity-provider.js'
import { requireCurrent, verifyJwt } from './jwt.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

type Operation = (call: VerifiedCall, state: EmulatorState) => object

/** Operations that do something; every other one tells what was verified. */
const OPERATIONS: Readonly<Record<string, Operation>> = { GetSecretValue: getSecretValue, AssumeRole: assumeRole }
const WITHOUT_SIGNATURE = 'AssumeRoleWithOIDC'

/**
 * The Open API of Alibaba Cloud: KMS (`GetSecretValue`), STS (`AssumeRole`, `AssumeRoleWithOIDC`), and for any other
 * operation an echo of what was verified. ACS3 and RPC signatures, those of client keys included.
 *
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export const alibabaApi: Surface = {
  name: 'alibaba-api',
  matches: (request) =>
    request.headers.has('x-acs-action') ||
    (request.url.pathname === '/' && parametersOf(request).some(([name]) => name === 'Action')),
  async handle(request, state) {
    const parameters: Readonly<Record<string, string>> = Object.fromEntries(parametersOf(request))
    if (parameters['Action'] === WITHOUT_SIGNATURE) return answerJson(await assumeRoleWithOidc(parameters, state))
    const call = await verifyCall(request, state)
    const operation = Object.hasOwn(OPERATIONS, call.action) ? OPERATIONS[call.action] : undefined
    const answer = operation?.(call, state) ?? echo(call, request)
    const headers = { 'x-acs-request-id': requestIdOf(answer) }
    return answerJson(answer, { headers })
  },
  answerError: ({ status, code, message }, { host }) => {
    const RequestId = crypto.randomUUID()
    const body = { RequestId, HostId: host, Code: code, Message: message, Recommend: '', HttpStatus: status }
    return answerJson(body, { status, headers: { 'x-acs-request-id': RequestId } })
  },
}

function echo(
  { action, version, parameters, owner, accessKeyId, scheme }: VerifiedCall,
  { method, url }: ReceivedRequest,
): object {
  const told = Object.fromEntries(
    Object.entries(parameters).filter(([name]) => !/^(Signature|SecurityToken)/.test(name)),
  )
  return {
    RequestId: crypto.randomUUID(),
    Action: action,
    Version: version,
    Method: method,
    Path: url.pathname,
    Parameters: told,
    Caller: owner,
    AccessKeyId: accessKeyId,
    Scheme: scheme,
  }
}

function getSecretValue({ parameters, owner }: VerifiedCall, state: EmulatorState): object {
  const { SecretName = '', VersionStage = '' } = parameters
  const { VersionStages, ...answer } = secretFor(SecretName, VersionStage, owner, state)
  return { ...answer, VersionStages: { VersionStage: VersionStages } }
}

function assumeRole({ parameters, owner }: VerifiedCall, state: EmulatorState): object {
  if (owner.startsWith(state.of(alibabaAccount).userArn('user-of-'))) {
    throw refusal(403, 'NoPermission', 'You are not authorized to do this action.')
  }
  return sessionOf(parameters, state)
}

async function assumeRoleWithOidc(parameters: Readonly<Record<string, string>>, state: EmulatorState): Promise<object> {
  const { OIDCProviderArn, OIDCToken = '' } = parameters
  if (OIDCProviderArn !== state.of(alibabaAccount).oidcProviderArn) {
    throw refusal(404, 'EntityNotExist.OIDCProvider', 'The OIDC provider does not exist.')
  }
  const key = await state.keys.get('identity-provider')
  const claims = await verifyJwt(key, OIDCToken)
    .then((read) => requireCurrent(read, state.clock()))
    .catch(() => {
      throw refusal(400, 'AuthenticationFail.OIDCToken.Invalid', 'The OIDC token is invalid or has expired.')
    })
  if (claims['iss'] !== state.of(identityProvider).issuer || claims['aud'] !== 'sts.aliyuncs.com') {
    throw refusal(
      400,
      'AuthenticationFail.OIDCToken.Invalid',
      'The issuer or the audience of the OIDC token is another.',
    )
  }
  return sessionOf(parameters, state)
}

function sessionOf(parameters: Readonly<Record<string, string>>, state: EmulatorState): object {
  const { RoleArn, RoleSessionName = '', DurationSeconds = '3600' } = parameters
  const { roleArn, accessKeys } = state.of(alibabaAccount)
  if (RoleArn !== roleArn) throw refusal(404, 'EntityNotExist.Role', 'The role does not exist.')
  if (!/^[\w.@-]{2,64}$/.test(RoleSessionName))
    throw refusal(400, 'InvalidParameter.RoleSessionName', 'The RoleSessionName is invalid.')
  const seconds = Number(DurationSeconds)
  if (!(seconds >= 900 && seconds <= 43_200))
    throw refusal(400, 'InvalidParameter.DurationSeconds', 'The DurationSeconds is invalid.')
  const credentials = accessKeys.issueTemporary(`${roleArn}/${RoleSessionName}`, seconds * 1000)
  return {
    RequestId: crypto.randomUUID(),
    Credentials: temporaryAnswer(credentials),
    AssumedRoleUser: { Arn: `${roleArn}/${RoleSessionName}`, AssumedRoleId: `30000:${RoleSessionName}` },
  }
}

/** Temporary credentials as STS and the metadata service write them. */
export function temporaryAnswer(credentials: AlibabaCredentials): object {
  const { accessKeyId, accessKeySecret, securityToken = '', expiresAt = 0 } = credentials
  return {
    AccessKeyId: accessKeyId,
    AccessKeySecret: accessKeySecret,
    SecurityToken: securityToken,
    Expiration: isoSeconds(expiresAt),
  }
}

const requestIdOf = (answer: object): string => String(Reflect.get(answer, 'RequestId'))
