import { describe, expect, test } from 'vitest'
import { gitHubRules } from '../../../src/federation/wif-setup/github-rules.js'
import { lintImpersonationRules, readImpersonationRule } from '../../../src/federation/wif-setup/impersonation-rule.js'

const GITHUB = 'https://token.actions.githubusercontent.com'

function codes(
  rule: string | readonly string[],
  context: Parameters<typeof lintImpersonationRules>[1] = { issuer: GITHUB },
) {
  return lintImpersonationRules([rule].flat(), context).map(({ severity, code }) => `${severity} ${code}`)
}

describe('the rule linter', () => {
  test.each([
    'sub eq repo:octo-org/app:ref:refs/heads/main',
    'sub eq repo:octo-org/app:*',
    'sub eq repo:octo-org/*',
    'repository_owner eq octo-org',
    'sub eq repo:octo-org/app:environment:a%3Ab',
  ])('finds nothing wrong with %s', (rule) => {
    expect(codes(rule)).toEqual([])
  })

  test.each([
    ['"true"', 'error grammar'],
    ['allow:all', 'error grammar'],
    ['', 'error grammar'],
    ['sub sw repo:octo-org', 'error operator'],
    ['sub eq a and aud eq b', 'error grammar'],
    ["sub eq 'repo:octo-org/app:ref:refs/heads/main'", 'warning quoted'],
    ['sub eq "repo:octo-org/app:ref:refs/heads/main"', 'warning quoted'],
    ['sub eq repo:*/app:x', 'error wildcard'],
    ['sub co repo:*', 'error wildcard'],
    ['sub eq *', 'error open-to-everyone'],
    ["sub eq '*'", 'error open-to-everyone'],
    ['sub eq repo:octo-org*', 'error open-prefix'],
    ['sub co octo-org', 'warning open-prefix'],
    ['sub eq repo:octo-org/app:pull_request', 'warning untrusted-code'],
    ['groups co admins', 'warning claim-composite'],
  ])('says of %s: %s', (rule, finding) => {
    expect(codes(rule)).toContain(finding)
  })

  test('takes a wildcard for everyone with a warning when the audience is pinned, or the issuer is our own', () => {
    expect(codes('sub eq *', { issuer: GITHUB, clientClaimValues: ['https://oci.octo-org.example'] })).toEqual([
      'warning open-to-everyone',
    ])
    expect(codes('sub eq *', { issuer: 'https://idp.octo-org.example' })).toEqual(['warning open-to-everyone'])
  })

  test('names the neighbour that an open prefix lets in', () => {
    const [finding] = lintImpersonationRules(['sub eq repo:octo-org*'], { issuer: GITHUB })
    expect(finding?.message).toContain('repo:octo-org-evil')
  })

  test('finds a rule that an earlier one hides', () => {
    const hidden = 'sub eq repo:octo-org/app:environment:production'
    expect(lintImpersonationRules(['sub eq repo:octo-org/app:*', hidden], { issuer: GITHUB })).toMatchObject([
      { code: 'never-reached', rule: hidden },
    ])
    expect(codes([hidden, 'sub eq repo:octo-org/app:*'])).toEqual([])
  })

  test('knows every issuer that signs for strangers', () => {
    for (const issuer of [
      'https://gitlab.com',
      'https://accounts.google.com',
      'https://api.bitbucket.org/2.0/workspaces/x',
    ]) {
      expect(codes('sub eq *', { issuer })).toEqual(['error open-to-everyone'])
    }
  })
})

describe('readImpersonationRule', () => {
  test('keeps spaces inside a value', () => {
    expect(readImpersonationRule(' sub eq team one ')).toEqual({ claim: 'sub', operator: 'eq', value: 'team one' })
  })
})

describe('gitHubRules', () => {
  test.each([
    [{ branch: 'main' }, 'ref:refs/heads/main'],
    [{ tag: 'v1' }, 'ref:refs/tags/v1'],
    [{ environment: 'a:b' }, 'environment:a%3Ab'],
    [{}, '*'],
  ])('writes the subject for %j', (context, expected) => {
    expect(gitHubRules({ repository: 'octo-org/app', ...context })).toEqual([`sub eq repo:octo-org/app:${expected}`])
  })

  test('adds the form with ids that outlives a rename', () => {
    const ids = { ownerId: '1', repositoryId: '2' }
    expect(gitHubRules({ repository: 'octo-org/app', branch: 'main', ...ids })[1]).toBe(
      'sub eq repo:octo-org@1/app@2:ref:refs/heads/main',
    )
  })

  test.each([
    { repository: 'octo-org' },
    { repository: 'octo-org/app', ownerId: '1' },
    { repository: 'octo-org/app', repositoryId: '2' },
    { repository: 'octo-org/app', ownerId: 'octo-org', repositoryId: '2' },
    { repository: 'octo-org/app/x' },
    { repository: 'octo-org/*' },
    { repository: 'octo-org/app', branch: 'main', environment: 'production' },
  ])('refuses %j', (subject) => {
    expect(() => gitHubRules(subject)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test('writes only rules that the linter accepts', () => {
    expect(codes(gitHubRules({ repository: 'octo-org/app' }))).toEqual([])
  })
})
