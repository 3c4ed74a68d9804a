import { describe, expect, test } from 'vitest'
import { policyStatements } from '../../../src/federation/wif-setup/policy-statements.js'
import {
  readRuntimeConfig,
  readSetupConfig,
  writeRuntimeConfig,
} from '../../../src/federation/wif-setup/sample-files.js'
import type { WifSetup } from '../../../src/federation/wif-setup/setup.js'
import { wifTerraform } from '../../../src/federation/wif-setup/terraform.js'

const DOMAIN = 'https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com'

describe('policyStatements', () => {
  test('names a group by domain and name, which a SCIM id could not stand for', () => {
    const subject = { type: 'group', domain: 'Default', group: 'ci' } as const
    expect(policyStatements(subject, ['read buckets in tenancy', 'manage objects in compartment ci'])).toEqual([
      "Allow group 'Default'/'ci' to read buckets in tenancy",
      "Allow group 'Default'/'ci' to manage objects in compartment ci",
    ])
  })

  test('puts the claims of an RPST into the condition, with ext_ in front', () => {
    const subject = { type: 'resource', claims: { repository: 'octo-org/app', ext_ref: 'refs/heads/main' } } as const
    expect(policyStatements(subject, ['read buckets in tenancy'])).toEqual([
      "Allow any-user to read buckets in tenancy where all {request.principal.type='identityfederateddomainapp', " +
        "request.principal.ext_repository='octo-org/app', request.principal.ext_ref='refs/heads/main'}",
    ])
  })

  test.each([
    ['an RPST without claims, which would allow all of them', {}, 'read buckets in tenancy'],
    ['a claim that ends its quotes', { repository: "x' || true" }, 'read buckets in tenancy'],
    ['a claim of a strange name', { 'a}b': 'x' }, 'read buckets in tenancy'],
    ['a grant with a condition of its own', { repository: 'x' }, 'read buckets in tenancy where any {}'],
  ])('refuses %s', (_, claims, grant) => {
    expect(() => policyStatements({ type: 'resource', claims }, [grant])).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})

describe('wifTerraform', () => {
  const setup: WifSetup = {
    domain: `${DOMAIN}:443/`,
    issuer: 'https://token.actions.githubusercontent.com',
    publicKeyEndpoint: 'https://token.actions.githubusercontent.com/.well-known/jwks',
    trustName: 'github',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform must not take it for a template either.
    appName: 'github ${exchange}',
    principal: { type: 'user', userName: 'ci', rules: ['sub eq repo:octo-org/app:*'], group: 'ci' },
    policy: { name: 'ci', compartmentId: 'ocid1.tenancy.oc1..aaa', statements: ["Allow group 'Default'/'ci' to x"] },
  }

  test('writes every resource, each referring to the others', () => {
    const text = wifTerraform(setup)
    for (const type of ['app', 'user', 'group', 'identity_propagation_trust']) {
      expect(text).toContain(`resource "oci_identity_domains_${type}" "wif" {`)
    }
    expect(text).toContain('oauth_clients = [oci_identity_domains_app.wif.name]')
    expect(text).toContain('value = oci_identity_domains_user.wif.id')
    expect(text).toContain('service_user = true')
    expect(text).toContain('rule = "sub eq repo:octo-org/app:*"')
    expect(text).toContain(`idcs_endpoint = "${DOMAIN}"`)
    expect(text).toContain('sensitive = true')
  })

  test('keeps Terraform from reading a value as a template', () => {
    expect(wifTerraform(setup)).toContain('display_name = "github $${exchange}"')
  })

  test('writes an RPST trust without user, group or rules', () => {
    const principal = { type: 'resource', resourceType: 'github', claims: ['repository'] } as const
    const text = wifTerraform({ ...setup, principal })
    expect(text).toContain('impersonating_resource = "github"')
    expect(text).toContain('claim_propagations = ["ext_repository"]')
    expect(text).not.toContain('oci_identity_domains_user')
  })

  test('closes every brace that it opens', () => {
    const text = wifTerraform({ ...setup, appName: 'x' })
    expect(text.split('{').length).toBe(text.split('}').length)
  })

  test('refuses rules that set-up would refuse', () => {
    const principal = { type: 'user', userName: 'ci', rules: ['sub eq *'] } as const
    expect(() => wifTerraform({ ...setup, principal })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})

describe("the sample's files", () => {
  const SETUP = `
[IdentityDomain]
iam_guid=${DOMAIN}:443 ;domain URL

[OCIConfig]
cli_profile=ADMIN

[WIFConfig]
admin_app_name=admin app
token_Exchange_app_name=exchange app

[ServiceUserConfig]
# whole-line comments go
user_name=ci

[TrustConfiguration]
issuer=https://token.actions.githubusercontent.com
jwk_uri=https://token.actions.githubusercontent.com/.well-known/jwks
impersonationrule=sub eq repo:octo-org/app:environment:a%3Ab
`

  test('setupConfig.ini is read as it is, whatever the case of its keys', () => {
    const config = readSetupConfig(SETUP)
    expect(config).toMatchObject({ profile: 'ADMIN', adminAppName: 'admin app', domain: `${DOMAIN}:443` })
    expect(config.setup).toMatchObject({
      appName: 'exchange app',
      trustName: 'Token Trust for IDP',
      principal: { type: 'user', userName: 'ci', rules: ['sub eq repo:octo-org/app:environment:a%3Ab'] },
    })
  })

  test('an inline comment is cut off a URL, and reported with its line', () => {
    expect(readSetupConfig(SETUP).warnings).toEqual([expect.stringContaining('Line 3: the value of "iam_guid"')])
  })

  test('an inline comment is cut off a rule, as the sample has one there', () => {
    const text = SETUP.replace(/(impersonationrule=.*)/, '$1          ; e.g., allow:all or specify rule')
    expect(readSetupConfig(text).setup.principal).toMatchObject({
      rules: ['sub eq repo:octo-org/app:environment:a%3Ab'],
    })
  })

  test('what looks like a comment in a value with spaces is kept, and reported', () => {
    const config = readSetupConfig(SETUP.replace('exchange app', 'exchange ; app'))
    expect(config.setup.appName).toBe('exchange ; app')
    expect(config.warnings).toHaveLength(2)
  })

  test('a missing value is named with its section', () => {
    expect(() => readSetupConfig(SETUP.replace('user_name=ci', ''))).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('"user_name" under [ServiceUserConfig]'),
      }),
    )
  })

  test('runtimeConfig.ini comes back as it was written', () => {
    const config = { domain: DOMAIN, clientId: 'app', clientSecret: 'idcscs-%3A#x' }
    expect(readRuntimeConfig(writeRuntimeConfig(config))).toEqual({ ...config, warnings: [] })
  })

  test('runtimeConfig.ini may hold a subject token', () => {
    const text = writeRuntimeConfig({ domain: DOMAIN, clientId: 'a', clientSecret: 'b' }).replace(
      'subjecttoken=',
      'subjecttoken=eyJ.eyJ.x',
    )
    expect(readRuntimeConfig(text).subjectToken).toBe('eyJ.eyJ.x')
  })

  test('a warning does not repeat the value', () => {
    const text = writeRuntimeConfig({ domain: DOMAIN, clientId: 'a', clientSecret: 'hunter2 ; the secret' })
    expect(readRuntimeConfig(text).warnings.join()).not.toContain('hunter2')
  })
})
