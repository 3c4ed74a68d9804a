import { isSubresource } from '../signers/alibaba-oss-subresources.js'
import { queryPairs } from '../signers/alibaba-request.js'
import { refusal } from './answers.js'
import type { ReceivedRequest } from './received.js'

/** Sub-resources that say how to answer, or prove who asks. The others are things of their own, which are not there. */
const UNDERSTOOD = /^(?:response-|x-oss-(?!process$)|security-token$|continuation-token$)/
const COPY_SOURCE = 'x-oss-copy-source'

/** Refuses what asks for more than an object or a bucket. @throws ServiceError 501. */
export function requireImplemented({ url, headers }: ReceivedRequest): void {
  const names = queryPairs(url.search).map(([name]) => name)
  const unknown = names.find((name) => isSubresource(name) && !UNDERSTOOD.test(name))
  const found = headers.has(COPY_SOURCE) ? COPY_SOURCE : unknown
  if (found !== undefined) throw refusal(501, 'NotImplemented', `The emulator does not implement ${found}.`)
}

/** Headers of the answer that a request asks for, such as `response-content-type`. */
export function headersAskedFor({ url }: ReceivedRequest): Readonly<Record<string, string>> {
  const pairs = queryPairs(url.search).filter(([name]) => name.startsWith('response-') && isSubresource(name))
  return Object.fromEntries(pairs.map(([name, value]) => [name.slice('response-'.length), value]))
}
