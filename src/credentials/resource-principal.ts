import { runtime as defaultRuntime } from '#runtime'
import { defaultPath, type ResourcePrincipalPath } from '../federation/resource-principal-path.js'
import {
  parentSettings,
  type ResourcePrincipalSettings,
  type ResourcePrincipalSuffix,
  resourcePrincipalSettings,
  resourcePrincipalVersion,
} from '../federation/resource-principal-settings.js'
import type { OciCredentials } from '../types.js'
import type { CachedProvider } from './cache-options.js'
import { deferred } from './deferred.js'
import { type InstancePrincipalOptions, metadataOptions } from './instance-principal.js'
import { federatedResourcePrincipal } from './resource-principal-federated.js'
import { injectedResourcePrincipal } from './resource-principal-injected.js'
import { keyPairResourcePrincipal } from './resource-principal-key-pair.js'
import { nestedResourcePrincipal } from './resource-principal-nested.js'
import { type FileSource, isFile } from './session-source.js'

export interface ResourcePrincipalOptions extends InstancePrincipalOptions {
  /** Version 1.1: the path at the service. Default: what the environment tells, completed by the metadata service. */
  readonly path?: ResourcePrincipalPath | undefined
}

/**
 * Signs as the resource that this code runs in, as `OCI_RESOURCE_PRINCIPAL_VERSION` and its companions describe it: a
 * function, a container instance, a database, a job. Versions 1.1, 2.1, 2.1.1, 2.1.2, 2.2 and 3.0.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` without a version, `CONFIG_INVALID` for an unknown one, `CONFIG_MISSING`
 * with every variable that the version needs (all on first use); and what the provider of the version throws.
 * @example
 * ```ts
 * import { createSignedFetch } from 'countersign'
 * import { resourcePrincipal } from 'countersign/credentials/resource-principal'
 *
 * const fetch = createSignedFetch({ credentials: resourcePrincipal() })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdk_authentication_methods.htm#sdk_authentication_methods_resource_principal
 */
export function resourcePrincipal(options: ResourcePrincipalOptions = {}): CachedProvider<OciCredentials> {
  const { runtime = defaultRuntime } = options
  const env: Environment = (name) => runtime.env(name)
  return deferred(() => (resourcePrincipalVersion(env) === '3.0' ? nested(options, env) : single(options, env, '')))
}

type Environment = (name: string) => string | undefined

function nested(options: ResourcePrincipalOptions, env: Environment): CachedProvider<OciCredentials> {
  const leaf = single({ ...options, store: undefined, lifetime: undefined }, env, '_FOR_LEAF_RESOURCE')
  return nestedResourcePrincipal({ ...options, ...parentSettings(env), leaf })
}

function single(
  options: ResourcePrincipalOptions,
  env: Environment,
  suffix: ResourcePrincipalSuffix,
): CachedProvider<OciCredentials> {
  const settings = resourcePrincipalSettings(env, suffix)
  if (settings.version === '1.1') return federated(options, settings, suffix)
  const { region } = settings
  const privateKey = textOrFile(settings.privateKey)
  // Only beside a key in a file is a passphrase that looks like a path one.
  const passphrase = isFile(privateKey) && settings.passphrase ? textOrFile(settings.passphrase) : settings.passphrase
  const key = { privateKey, passphrase, region }
  if (settings.version === '2.2') {
    return injectedResourcePrincipal({ ...options, ...key, token: textOrFile(settings.token) })
  }
  const { resource, tenancy, securityContext, path, sessionTokenEndpoint, tokenEndpoint, version } = settings
  return keyPairResourcePrincipal({
    ...options,
    ...key,
    ...{ version, resource, tenancy, securityContext, path, sessionTokenEndpoint },
    resourcePrincipalTokenEndpoint: tokenEndpoint,
  })
}

function federated(
  options: ResourcePrincipalOptions,
  settings: ResourcePrincipalSettings & { readonly version: '1.1' },
  suffix: ResourcePrincipalSuffix,
): CachedProvider<OciCredentials> {
  const { tokenEndpoint: resourcePrincipalTokenEndpoint, sessionTokenEndpoint } = settings
  const { path = defaultPath({ ...metadataOptions(options), suffix }) } = options
  return federatedResourcePrincipal({ ...options, path, sessionTokenEndpoint, resourcePrincipalTokenEndpoint })
}

// The platform's variables hold a text or the absolute path of a file, and nothing says which.
function textOrFile(value: string): string | FileSource {
  return /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(value) ? { file: value } : value
}
