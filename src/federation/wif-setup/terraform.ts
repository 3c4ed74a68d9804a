import { identityDomain } from '../identity-domain.js'
import { checkWifSetup, type WifSetup } from './setup.js'

/**
 * The set-up as Terraform configuration for the provider `oracle/oci`, for those who keep their infrastructure in it.
 * The client secret is left in Terraform's state and marked as sensitive in its output.
 *
 * @throws UsageError as {@link checkWifSetup} does.
 * @example
 * ```ts
 * import type { WifSetup } from 'countersign/federation/wif-setup/setup'
 * import { wifTerraform } from 'countersign/federation/wif-setup/terraform'
 *
 * declare const setup: WifSetup
 * console.log(wifTerraform(setup))
 * ```
 * @see https://registry.terraform.io/providers/oracle/oci/latest/docs/resources/identity_domains_identity_propagation_trust
 */
export function wifTerraform(setup: WifSetup, options: { allowUnsafeRules?: boolean } = {}): string {
  checkWifSetup(setup, options)
  const { principal, policy } = setup
  const resources = [providerBlock(), appBlock(setup)]
  if (principal.type === 'user') {
    resources.push(userBlock(setup, principal.userName))
    if (principal.group !== undefined) resources.push(groupBlock(setup, principal.group))
  }
  resources.push(trustBlock(setup))
  if (policy !== undefined) resources.push(block('resource', ['oci_identity_policy', 'wif'], policyArguments(policy)))
  resources.push(...outputs())
  return `${resources.join('\n\n')}\n`
}

/** Text that is HCL already, such as a reference to another resource. */
class Expression {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | boolean | Expression | readonly Value[] | { readonly [name: string]: Value | undefined }
type Arguments = Readonly<Record<string, Value | undefined>>

function providerBlock(): string {
  return ['terraform {', '  required_providers {', '    oci = { source = "oracle/oci" }', '  }', '}'].join('\n')
}

function appBlock(setup: WifSetup): string {
  return block('resource', ['oci_identity_domains_app', 'wif'], {
    idcs_endpoint: identityDomain(setup.domain),
    schemas: ['urn:ietf:params:scim:schemas:oracle:idcs:App'],
    display_name: setup.appName,
    active: true,
    is_oauth_client: true,
    client_type: 'confidential',
    allowed_grants: ['client_credentials'],
    delegated_service_names: setup.delegatedServiceNames,
    based_on_template: { value: 'CustomWebAppTemplateId' },
  })
}

function userBlock(setup: WifSetup, userName: string): string {
  return block('resource', ['oci_identity_domains_user', 'wif'], {
    idcs_endpoint: identityDomain(setup.domain),
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    user_name: userName,
    urnietfparamsscimschemasoracleidcsextensionuser_user: { service_user: true },
  })
}

function groupBlock(setup: WifSetup, displayName: string): string {
  return block('resource', ['oci_identity_domains_group', 'wif'], {
    idcs_endpoint: identityDomain(setup.domain),
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    display_name: displayName,
    members: { type: 'User', value: new Expression('oci_identity_domains_user.wif.id') },
  })
}

function trustBlock(setup: WifSetup): string {
  const { principal } = setup
  const common = {
    idcs_endpoint: identityDomain(setup.domain),
    schemas: ['urn:ietf:params:scim:schemas:oracle:idcs:IdentityPropagationTrust'],
    name: setup.trustName,
    type: 'JWT',
    issuer: setup.issuer,
    active: true,
    allow_impersonation: true,
    oauth_clients: [new Expression('oci_identity_domains_app.wif.name')],
    public_key_endpoint: setup.publicKeyEndpoint,
    public_certificate: setup.publicCertificate,
    client_claim_name: setup.clientClaimName,
    client_claim_values: setup.clientClaimValues,
    subject_claim_name: setup.subjectClaimName,
    clock_skew_seconds: setup.clockSkewSeconds,
  }
  const labels = ['oci_identity_domains_identity_propagation_trust', 'wif'] as const
  if (principal.type === 'resource') {
    const claims = principal.claims.map((claim) => `ext_${claim.replace(/^ext_/, '')}`)
    const resource = { subject_type: 'Resource', impersonating_resource: principal.resourceType }
    return block('resource', labels, { ...common, ...resource, claim_propagations: claims })
  }
  const value = new Expression('oci_identity_domains_user.wif.id')
  const rules = principal.rules.map((rule) => nested('impersonation_service_users', { rule, value }))
  return block('resource', labels, { ...common, subject_type: 'User' }, rules)
}

function policyArguments(policy: NonNullable<WifSetup['policy']>): Arguments {
  return {
    compartment_id: policy.compartmentId,
    name: policy.name,
    description: policy.description ?? 'Workload identity federation',
    statements: policy.statements,
  }
}

function outputs(): readonly string[] {
  const app = 'oci_identity_domains_app.wif'
  return [
    block('output', ['client_id'], { value: new Expression(`${app}.name`) }),
    block('output', ['client_secret'], { value: new Expression(`${app}.client_secret`), sensitive: true }),
  ]
}

function block(kind: string, labels: readonly string[], args: Arguments, nestedBlocks: readonly string[] = []): string {
  const heading = [kind, ...labels.map((label) => `"${label}"`)].join(' ')
  return [`${heading} {`, ...lines(args), ...nestedBlocks, '}'].join('\n')
}

function lines(args: Arguments): readonly string[] {
  return Object.entries(args).flatMap(([name, value]) => {
    if (value === undefined) return []
    return isNested(value) ? [nested(name, value)] : [`  ${name} = ${literal(value)}`]
  })
}

function nested(name: string, args: Arguments): string {
  return [`  ${name} {`, ...lines(args).map((line) => `  ${line}`), '  }'].join('\n')
}

function isNested(value: Value): value is { readonly [name: string]: Value | undefined } {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Expression)
}

function literal(value: Value): string {
  if (value instanceof Expression) return value.text
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  // HCL reads JSON strings, but for its two kinds of template.
  if (typeof value === 'string') return JSON.stringify(value).replace(/([$%])\{/g, '$1$1{')
  return String(value)
}
