import type { Claims } from '../types.js'
import type { Identities } from './identities.js'

const HOUR_MS = 3_600_000

type TokenKind = 'instance' | 'resource' | 'workload' | 'session' | 'scoped' | 'delegation'

/** How long each kind of token lives at OCI, as far as its clients' fixtures tell. */
export const TOKEN_LIFE_MS: Readonly<Record<TokenKind, number>> = {
  instance: 6 * HOUR_MS,
  resource: HOUR_MS / 3,
  workload: HOUR_MS,
  session: HOUR_MS,
  scoped: HOUR_MS / 3,
  delegation: HOUR_MS,
}

/** What the token of a compute instance says. */
export function instanceClaims(identities: Identities, tenancy: string = identities.tenancy): Claims {
  return {
    sub: identities.instance,
    ptype: 'instance',
    ttype: 'x509',
    tenant: tenancy,
    'opc-tenant': tenancy,
    'opc-compartment': identities.compartment,
    'opc-instance': identities.instance,
    'opc-certtype': 'instance',
    'opc-tag': 'V1,none',
  }
}

/** The resource that a resource principal's token speaks for. */
export interface EmulatedResource {
  readonly id: string
  readonly type: string
  readonly tenancy: string
  readonly compartment: string
}

/** What the session token of a resource says. */
export function resourceClaims(resource: EmulatedResource): Claims {
  return {
    sub: resource.id,
    ptype: 'resource',
    ttype: 'res',
    tenant: resource.tenancy,
    res_tenant: resource.tenancy,
    res_compartment: resource.compartment,
    res_id: resource.id,
    res_type: resource.type,
    res_tag: 'V1,none',
  }
}

/** What the token of a Kubernetes workload says. */
export function workloadClaims(identities: Identities): Claims {
  const { cluster, tenancy, compartment, kubernetesNamespace, serviceAccount } = identities
  return {
    ...resourceClaims({ id: cluster, type: 'workload', tenancy, compartment }),
    var_namespace: kubernetesNamespace,
    var_service_account: serviceAccount,
  }
}

/** What a user's session token says. The session itself ends at `sessionEndsAt`, in epoch milliseconds. */
export function sessionClaims(user: string, tenancy: string, sessionEndsAt: number): Claims {
  return {
    sub: user,
    ptype: 'user',
    ttype: 'login',
    tenant: tenancy,
    mfa_verified: 'false',
    sess_exp: new Date(sessionEndsAt).toUTCString(),
  }
}

/** What a delegation token says: a service may act for this user. */
export function delegationClaims(identities: Identities): Claims {
  return { sub: identities.user, ptype: 'user', ttype: 'obo', tenant: identities.tenancy }
}

/** The emulated function, as the resource behind a token. */
export function emulatedResource(identities: Identities): EmulatedResource {
  const { resource: id, resourceType: type, tenancy, compartment } = identities
  return { id, type, tenancy, compartment }
}
