import { utf8 } from '../encoding/bytes.js'
import { UsageError } from '../errors.js'
import { configuredEndpoint } from '../http/configured-endpoint.js'
import { assertPath, expandHome } from '../runtime/text-file.js'
import type { CliArgument, CliInput, CliOption } from './command.js'
import type { CliContext } from './context.js'
import type { Identity, UnsignedRequest } from './identity.js'

/** The arguments of every command that takes a request. */
export const requestArguments: readonly CliArgument[] = [
  { name: '<method>', description: 'GET, POST, …' },
  { name: '<url>', description: 'the whole URL; or with --service, what comes after its endpoint' },
]

/** The options of every command that takes a request. */
export const requestOptions: readonly CliOption[] = [
  { flags: '-d, --data <data>', description: 'body: text, @file, or @- for standard input' },
  { flags: '-H, --header <line>', description: 'header as "name: value"', repeatable: true },
  {
    flags: '-s, --service <name>',
    description: "service by the name of Oracle's SDKs, such as identity or core.ComputeClient",
  },
]

/**
 * Reads the request that the user typed.
 *
 * @throws UsageError `OPTION_INVALID` for a header without colon or a file that is not there, `URL_INVALID` for a URL that
 * is none.
 */
export async function readRequest(input: CliInput, identity: Identity, context: CliContext): Promise<UnsignedRequest> {
  const data = input.text('data')
  return {
    method: input.argument('method'),
    url: await readUrl(input, identity, context),
    headers: input.list('header').map(readHeader),
    ...(data !== undefined && { body: await readData(data, context) }),
  }
}

async function readUrl(input: CliInput, identity: Identity, context: CliContext): Promise<string> {
  const url = input.argument('url')
  const service = input.text('service')
  if (service === undefined) {
    if (/^https?:\/\//i.test(url)) return url
    throw new UsageError('URL_INVALID', `Expected a URL with https://, or --service beside a path, got ${shown(url)}.`)
  }
  if (!url.startsWith('/')) throw new UsageError('URL_INVALID', `Expected a path beside --service, got ${shown(url)}.`)
  const { serviceEndpoint } = await import('../regions/services.js')
  const { configuredRegion } = await import('../regions/configured-region.js')
  const region = input.text('region') ?? (await identity.facts(context.signal)).region
  if (!region)
    throw new UsageError('OPTION_INVALID', 'Expected --region beside --service: the identity has none of its own.')
  const endpoint = serviceEndpoint(service, await configuredRegion(region, context.runtime))
  return configuredEndpoint(endpoint, context.runtime) + url
}

/** As much of a URL as may be repeated: no user, no password, no query. */
function shown(url: string): string {
  const [place = ''] = url.split(/[?#]/, 1)
  return JSON.stringify(place.slice(place.lastIndexOf('@') + 1).slice(0, 80))
}

function readHeader(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':')
  if (colon > 0) return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
  throw new UsageError('OPTION_INVALID', 'Expected --header as "name: value", got a line without a colon.')
}

async function readData(data: string, context: CliContext): Promise<Uint8Array<ArrayBuffer>> {
  if (data === '@-') return context.readInput()
  return data.startsWith('@') ? readBytes(data.slice(1), context) : utf8(data)
}

/**
 * Reads a file that the user named.
 *
 * @throws UsageError `OPTION_INVALID` when it is not there or cannot be read; ConfigurationError `CONFIG_INVALID` for content
 * in the place of a path.
 */
export async function readBytes(
  path: string,
  { runtime }: Pick<CliContext, 'runtime'>,
): Promise<Uint8Array<ArrayBuffer>> {
  assertPath(path, 'the file')
  const bytes = await runtime.files?.read(expandHome(path, runtime)).catch(() => undefined)
  if (bytes) return bytes
  throw new UsageError('OPTION_INVALID', `Expected a file at ${path}, found none that can be read.`)
}
