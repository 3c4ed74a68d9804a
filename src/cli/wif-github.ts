import { gitHubRules } from '../federation/wif-setup/github-rules.js'
import type { CliInput, CliOption } from './command.js'

/** The options that stand for the issuer, the keys and the rules of one GitHub repository. */
export const gitHubOptions: readonly CliOption[] = [
  {
    flags: '--github <owner/repository>',
    description: 'jobs of this repository, in place of --issuer, --jwks-uri and --rule',
  },
  { flags: '--branch <name>', description: 'jobs on this branch alone' },
  { flags: '--tag <name>', description: 'jobs on this tag alone' },
  { flags: '--environment <name>', description: 'jobs in this environment alone' },
  { flags: '--owner-id <id>', description: "the owner's number, to accept immutable subjects as well" },
  { flags: '--repository-id <id>', description: "the repository's number, with --owner-id" },
]

const ISSUER = 'https://token.actions.githubusercontent.com'

/** What the options say about GitHub, or `undefined` when they do not name a repository. */
export function gitHubTrust(
  input: CliInput,
): { readonly issuer: string; readonly publicKeyEndpoint: string; readonly rules: readonly string[] } | undefined {
  const repository = input.text('github')
  if (repository === undefined) return undefined
  const names = ['branch', 'tag', 'environment', 'ownerId', 'repositoryId'] as const
  const given = names.flatMap((name) => {
    const value = input.text(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const rules = gitHubRules({ repository, ...Object.fromEntries(given) })
  return { issuer: ISSUER, publicKeyEndpoint: `${ISSUER}/.well-known/jwks`, rules }
}
