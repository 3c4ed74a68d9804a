import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError } from '../errors.js'
import { type InstanceMetadataOptions, instanceMetadata } from '../http/instance-metadata.js'
import type { Runtime } from '../runtime/types.js'

/** Gives the path at which a service tells the token of a resource. Called for every token. */
export type ResourcePrincipalPath = (options?: {
  readonly signal?: AbortSignal | undefined
}) => string | Promise<string>

const METADATA_TEMPLATE = '/20180711/resourcePrincipalToken/{id}'

/**
 * A path that is known as a whole.
 *
 * @example
 * ```ts
 * import { fixedPath } from 'countersign/federation/resource-principal-path'
 *
 * const path = fixedPath('/20180711/resourcePrincipalToken/ocid1.fnfunc.oc1..aaaa')
 * ```
 */
export function fixedPath(path: string): ResourcePrincipalPath {
  return () => path
}

/** The path of the instance that this code runs on; its OCID comes from the metadata service. */
export function metadataPath(options: InstanceMetadataOptions = {}): ResourcePrincipalPath {
  return async (request) => fillTemplate(METADATA_TEMPLATE, await instanceMetadata(options).instanceId(request))
}

export interface EnvironmentPathOptions extends InstanceMetadataOptions {
  /** `_FOR_LEAF_RESOURCE` for the lowest level of a nested resource principal. */
  readonly suffix?: '' | '_FOR_LEAF_RESOURCE' | undefined
}

/**
 * The path that `OCI_RESOURCE_PRINCIPAL_RPT_PATH` and `OCI_RESOURCE_PRINCIPAL_RPT_ID` tell.
 *
 * @throws ConfigurationError `CONFIG_MISSING` when one of them is not set.
 */
export function environmentPath(options: EnvironmentPathOptions = {}): ResourcePrincipalPath {
  return () => {
    const { template, id } = ofEnvironment(options)
    if (template !== undefined && (id !== undefined || !template.includes('{id}')))
      return fillTemplate(template, id ?? '')
    const names = ['RPT_PATH', 'RPT_ID'].map((name) => PREFIX + name + (options.suffix ?? ''))
    throw new ConfigurationError(
      'CONFIG_MISSING',
      `Expected ${names.join(' and ')} to be set, found that not both are.`,
    )
  }
}

/**
 * The path that the environment tells, completed by what the metadata service knows. The service is asked only when the
 * environment does not tell the id.
 */
export function defaultPath(options: EnvironmentPathOptions = {}): ResourcePrincipalPath {
  return async (request) => {
    const { template = METADATA_TEMPLATE, id } = ofEnvironment(options)
    if (!template.includes('{id}')) return template
    return fillTemplate(template, id ?? (await instanceMetadata(options).instanceId(request)))
  }
}

const PREFIX = 'OCI_RESOURCE_PRINCIPAL_'

function ofEnvironment({ suffix = '', runtime = defaultRuntime }: EnvironmentPathOptions): {
  template: string | undefined
  id: string | undefined
} {
  return { template: variable(runtime, `RPT_PATH${suffix}`), id: variable(runtime, `RPT_ID${suffix}`) }
}

function variable(runtime: Runtime, name: string): string | undefined {
  return runtime.env(PREFIX + name)?.trim() || undefined
}

function fillTemplate(template: string, id: string): string {
  return template.replaceAll('{id}', encodeURIComponent(id))
}
