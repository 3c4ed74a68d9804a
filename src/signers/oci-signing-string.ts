/** The pseudo header that stands for method, path and query. */
export const REQUEST_TARGET = '(request-target)'

/**
 * The text that an OCI signature covers: one `name: value` line for each signed header, joined by line feeds. To see why
 * a signature is refused, compare it with what the other side builds.
 *
 * @example
 * ```ts
 * import { signingString } from 'countersign'
 *
 * signingString(['x-date', '(request-target)', 'host'], {
 *   'x-date': 'Thu, 05 Jan 2034 21:31:40 GMT',
 *   '(request-target)': 'get /20160918/instances',
 *   host: 'iaas.eu-frankfurt-1.oraclecloud.com',
 * })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
 */
export function signingString(names: readonly string[], values: Readonly<Record<string, string>>): string {
  return names.map((name) => `${name}: ${values[name]}`).join('\n')
}

/** The value of the `(request-target)` line: lower-case method, a space, path and query as they go over the wire. */
export function requestTarget(method: string, target: string): string {
  return `${method.toLowerCase()} ${target}`
}
