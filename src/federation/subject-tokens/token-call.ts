import { runtime as defaultRuntime } from '#runtime'
import { asJsonObject } from '../../encoding/json.js'
import { ServiceError } from '../../errors.js'
import { RETRY, type RetryPolicy } from '../../http/retry.js'
import { readJson, type ServiceCallOptions, serviceCall } from '../../http/service-call.js'
import type { Runtime } from '../../runtime/types.js'
import { type SubjectTokenContext, subjectTokenFrom } from './source.js'

/** How a source reaches the service that it asks. */
export interface TokenCallConnection {
  /** @defaultValue the runtime's own `fetch` */
  readonly fetch?: typeof fetch
  readonly runtime?: Pick<Runtime, 'fetch'>
}

/** A job or a request waits for a subject token: few attempts, with short waits. */
const SUBJECT_TOKEN_RETRY: RetryPolicy = {
  ...RETRY.FEDERATION,
  retryOn: (status) => status === undefined || status === 429 || status >= 500,
}

/** Asks a service for a subject token. Each attempt takes ten seconds at most, unless `rest` says otherwise. */
export function tokenCall(
  request: () => Request,
  { runtime = defaultRuntime, fetch = runtime.fetch }: TokenCallConnection,
  { signal }: SubjectTokenContext,
  rest: Pick<ServiceCallOptions, 'allowInsecureHttp' | 'timeoutMs'> = {},
): Promise<Response> {
  return serviceCall(request, { fetch, retry: SUBJECT_TOKEN_RETRY, timeoutMs: 10_000, signal, ...rest })
}

/**
 * The token in the member `name` of the JSON object that `origin` answered with.
 *
 * @throws ServiceError `SERVICE_RESPONSE_INVALID` when the answer is another; ConfigurationError `TOKEN_INVALID` when the
 * member is no token.
 */
export async function tokenInJson(response: Response, name: string, origin: string): Promise<string> {
  const answer = asJsonObject(await readJson(response, `a token from ${origin}`))
  if (answer !== undefined && Object.hasOwn(answer, name)) return subjectTokenFrom(answer[name], origin)
  throw new ServiceError('SERVICE_RESPONSE_INVALID', `Expected a JSON object with "${name}" from ${origin}.`)
}
