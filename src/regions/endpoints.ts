import { UsageError } from '../errors.js'
import type { Region } from './regions.js'

/** How a service's endpoint is made, with the placeholders that Oracle's SDKs use. */
export interface EndpointTemplate {
  /** Such as `https://iaas.{region}.{dualStack?ds.oci.:}{secondLevelDomain}`. */
  readonly template: string
  /** What the path of every operation starts with, such as `/20160918`. */
  readonly basePath?: string
  /** What stands before a dotted region. Default: the template's first label. */
  readonly serviceName?: string
  /** Other templates for some realms, used when asked for. */
  readonly realmTemplates?: Readonly<Record<string, string>>
}

export interface EndpointOptions {
  /** Take the host that also answers over IPv6. Default: false. */
  readonly dualStack?: boolean
  /** Take the realm's own template where there is one, such as dedicated Object Storage hosts. Default: false. */
  readonly realmSpecific?: boolean
  /** Values of `{name+Dot}` placeholders, such as `namespaceName`. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** A service that needs no template, because this library calls it itself. */
export type WellKnownService = 'auth' | 'identity' | 'objectstorage'

const wellKnown: Readonly<Record<WellKnownService, EndpointTemplate>> = {
  auth: { template: 'https://auth.{region}.{secondLevelDomain}' },
  identity: { template: 'https://identity.{region}.oci.{secondLevelDomain}' },
  objectstorage: { template: 'https://objectstorage.{region}.{secondLevelDomain}' },
}

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
const LABELS = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`)

/**
 * The endpoint of a service in a region: scheme, host and base path, without a slash at the end.
 *
 * @throws UsageError `OPTION_INVALID` when a parameter or the region cannot be part of a host name, or when the template has
 * an unknown placeholder; `URL_INVALID` when the result is no plain HTTP(S) URL.
 * @example
 * ```ts
 * import { endpoint, resolveRegion } from 'countersign/regions/regions'
 *
 * endpoint('objectstorage', resolveRegion('fra')) // https://objectstorage.eu-frankfurt-1.oraclecloud.com
 * ```
 * @see https://docs.oracle.com/iaas/api/ for the endpoints of every service
 */
export function endpoint(
  service: WellKnownService | EndpointTemplate,
  region: Region,
  options: EndpointOptions = {},
): string {
  const entry = typeof service === 'string' ? wellKnownTemplate(service) : service
  assertLabels(region.id, 'a region such as eu-frankfurt-1')
  const origin = region.id.includes('.') ? `https://${serviceName(entry)}.${region.id}` : expand(entry, region, options)
  return checkedEndpoint(origin + (entry.basePath ?? ''))
}

/** The endpoint of the region's token service. */
export function authEndpoint(region: Region): string {
  return endpoint('auth', region)
}

function wellKnownTemplate(service: WellKnownService): EndpointTemplate {
  if (Object.hasOwn(wellKnown, service)) return wellKnown[service]
  const names = Object.keys(wellKnown).join(', ')
  throw invalid(`${names} or a template, got ${JSON.stringify(String(service).slice(0, 80))}`)
}

function serviceName({ serviceName, template }: EndpointTemplate): string {
  return serviceName ?? /^https?:\/\/([^.]+)/.exec(template)?.[1] ?? ''
}

function expand(entry: EndpointTemplate, region: Region, options: EndpointOptions): string {
  const { id, realm, secondLevelDomain } = region
  const { realmTemplates = {} } = entry
  const own = options.realmSpecific && Object.hasOwn(realmTemplates, realm) ? realmTemplates[realm] : undefined
  assertLabels(secondLevelDomain, 'a second-level domain such as oraclecloud.com')
  const name = serviceName(entry)
  const values: Readonly<Record<string, string>> = {
    region: id,
    secondLevelDomain,
    serviceEndpointPrefix: name,
    endpointServiceName: name,
  }
  return (own ?? entry.template).replace(/\{([^{}]+)\}/g, (_, placeholder: string) => {
    const [, dual, single] = /^dualStack\?([^:]*):(.*)$/.exec(placeholder) ?? []
    if (dual !== undefined) return (options.dualStack ? dual : single) ?? ''
    if (placeholder.endsWith('+Dot')) return withDot(placeholder.slice(0, -4), options.parameters ?? {})
    return (Object.hasOwn(values, placeholder) && values[placeholder]) || unknownPlaceholder(placeholder)
  })
}

function withDot(name: string, parameters: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (value === undefined) return ''
  assertLabels(value, `a ${name} that can be part of a host name`)
  return `${value}.`
}

function assertLabels(value: string, expected: string): void {
  if (!LABELS.test(value)) throw invalid(`${expected}, got ${JSON.stringify(value.slice(0, 80))}`)
}

function unknownPlaceholder(placeholder: string): never {
  throw invalid(
    `a template with {region}, {secondLevelDomain}, {serviceEndpointPrefix}, {endpointServiceName}, {name+Dot} or {dualStack?a:b}, got {${placeholder}}`,
  )
}

/**
 * An endpoint that somebody configured, without a slash at its end.
 *
 * @throws UsageError `URL_INVALID`; the URL is not repeated, for it may hold a password.
 */
export function checkedEndpoint(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const plain = parsed && /^https?:$/.test(parsed.protocol) && !parsed.username && !parsed.password && !/[?#]/.test(url)
  if (plain) return url.replace(/\/$/, '')
  throw new UsageError(
    'URL_INVALID',
    'Expected the endpoint to be an http or https URL without user, query or fragment, got something else; pass credentials apart.',
  )
}

function invalid(expected: string): UsageError {
  return new UsageError('OPTION_INVALID', `Expected ${expected}.`)
}
