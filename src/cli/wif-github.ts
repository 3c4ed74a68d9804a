import { UsageError } from '../errors.js'
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

/** What narrows a repository down, by the field of `gitHubRules`. */
const NARROWING = {
  branch: '--branch',
  tag: '--tag',
  environment: '--environment',
  ownerId: '--owner-id',
  repositoryId: '--repository-id',
} as const

/** What `--github` takes the place of. */
const REPLACED = {
  issuer: '--issuer',
  jwksUri: '--jwks-uri',
  certificate: '--certificate',
  rule: '--rule',
  resourceType: '--resource-type',
} as const

/**
 * What the options say about GitHub, or `undefined` when they do not name a repository.
 *
 * @throws UsageError `OPTION_INVALID` for options that would have no effect beside or without `--github`: a trust must not
 * be wider than it was asked to be.
 */
export function gitHubTrust(
  input: CliInput,
): { readonly issuer: string; readonly publicKeyEndpoint: string; readonly rules: readonly string[] } | undefined {
  const repository = input.text('github')
  const narrowing = given(NARROWING, input)
  if (repository === undefined) return void refuseAlone(narrowing)
  refuseBeside(given(REPLACED, input))
  const fields = Object.fromEntries(narrowing.map(({ name }) => [name, input.text(name)]))
  return {
    issuer: ISSUER,
    publicKeyEndpoint: `${ISSUER}/.well-known/jwks`,
    rules: gitHubRules({ repository, ...fields }),
  }
}

interface GivenOption {
  readonly name: string
  readonly flag: string
}

function given(options: Readonly<Record<string, string>>, input: CliInput): readonly GivenOption[] {
  return Object.entries(options)
    .filter(([name]) => (name === 'rule' ? input.list(name).length > 0 : input.text(name) !== undefined))
    .map(([name, flag]) => ({ name, flag }))
}

function refuseAlone(options: readonly GivenOption[]): void {
  if (options.length === 0) return
  throw new UsageError(
    'OPTION_INVALID',
    `Expected ${flagsOf(options)} together with --github, found no --github; add --github <owner/repository>, or say it with --rule.`,
  )
}

function refuseBeside(options: readonly GivenOption[]): void {
  if (options.length === 0) return
  throw new UsageError(
    'OPTION_INVALID',
    `Expected --github without ${Object.values(REPLACED).join(', ')}, found ${flagsOf(options)}; leave out either --github or ${flagsOf(options)}.`,
  )
}

function flagsOf(options: readonly GivenOption[]): string {
  return options.map(({ flag }) => flag).join(', ')
}
