import { UsageError } from '../errors.js'
import type { SubjectTokenSource } from '../federation/subject-tokens/source.js'
import type { Runtime } from '../runtime/types.js'

/** What is known about where the subject token comes from. */
export interface SubjectTokenChoice {
  readonly runtime: Runtime
  /** One of {@link subjectTokenSources}; found out when it is absent. */
  readonly source?: string | undefined
  readonly audience?: string | undefined
  readonly file?: string | undefined
  readonly variable?: string | undefined
  readonly command?: readonly string[] | undefined
}

type Open = (choice: SubjectTokenChoice) => Promise<SubjectTokenSource>

/** Every source by its name on the command line. */
export const subjectTokenSources: Readonly<Record<string, Open>> = {
  github: async ({ audience, runtime }) => {
    const { gitHubActions } = await import('../federation/subject-tokens/github-actions.js')
    return gitHubActions({ runtime, ...(audience !== undefined && { audience }) })
  },
  gitlab: async ({ variable, runtime }) => {
    const { gitLab } = await import('../federation/subject-tokens/gitlab.js')
    return gitLab({ runtime, ...(variable !== undefined && { name: variable }) })
  },
  bitbucket: async ({ runtime }) => {
    const { bitbucket } = await import('../federation/subject-tokens/bitbucket.js')
    return bitbucket({ runtime })
  },
  azure: async ({ audience, runtime }) => {
    const { azureManagedIdentity } = await import('../federation/subject-tokens/azure-managed-identity.js')
    return azureManagedIdentity({ resource: required(audience, '--audience (the application id)'), runtime })
  },
  aks: async ({ runtime }) => {
    const { azureWorkloadIdentity } = await import('../federation/subject-tokens/azure-workload-identity.js')
    return azureWorkloadIdentity({ runtime })
  },
  gcp: async ({ audience, runtime }) => {
    const { gcp } = await import('../federation/subject-tokens/gcp.js')
    return gcp({ audience: required(audience, '--audience'), runtime })
  },
  eks: async ({ runtime }) => {
    const { awsEks } = await import('../federation/subject-tokens/aws-eks.js')
    return awsEks({ runtime })
  },
  kubernetes: async ({ file, runtime }) => {
    const { kubernetes } = await import('../federation/subject-tokens/kubernetes.js')
    return kubernetes({ runtime, ...(file !== undefined && { path: file }) })
  },
  file: async ({ file, runtime }) => {
    const { tokenFile } = await import('../federation/subject-tokens/file.js')
    return tokenFile(required(file, '--token-file'), { runtime })
  },
  env: async ({ variable, runtime }) => environment(required(variable, '--token-env'), runtime),
  local: async ({ runtime }) => {
    const name = ['OCI_SUBJECT_TOKEN', 'LOCAL_OIDC_TOKEN'].find((candidate) => runtime.env(candidate) !== undefined)
    return environment(name ?? 'OCI_SUBJECT_TOKEN', runtime)
  },
  command: async ({ command, runtime }) => {
    const { command: run } = await import('../federation/subject-tokens/command.js')
    return run(command ?? [], { runtime })
  },
}

/** What shows that one source is meant: an option, or a variable that its platform sets. */
const SIGNS: readonly (readonly [source: string, shows: (choice: SubjectTokenChoice) => boolean])[] = [
  ['command', ({ command }) => command !== undefined],
  ['file', ({ file }) => file !== undefined],
  ['env', ({ variable }) => variable !== undefined],
  ['github', isSet('GITHUB_ACTIONS')],
  ['gitlab', isSet('GITLAB_CI')],
  ['bitbucket', isSet('BITBUCKET_BUILD_NUMBER')],
  ['local', isSet('OCI_SUBJECT_TOKEN')],
  ['local', isSet('LOCAL_OIDC_TOKEN')],
  ['aks', isSet('AZURE_FEDERATED_TOKEN_FILE')],
  ['eks', isSet('AWS_WEB_IDENTITY_TOKEN_FILE')],
]

/**
 * The source that is named, or that the machine shows signs of.
 *
 * @throws UsageError `OPTION_INVALID` for an unknown name, and when nothing shows which one is meant.
 */
export async function chooseSubjectToken(choice: SubjectTokenChoice): Promise<SubjectTokenSource> {
  const named = choice.source ?? choice.runtime.env('PLATFORM')?.toLowerCase()
  const name = named ?? SIGNS.find(([, shows]) => shows(choice))?.[0]
  const open = name !== undefined && Object.hasOwn(subjectTokenSources, name) ? subjectTokenSources[name] : undefined
  if (open) return open(choice)
  const names = Object.keys(subjectTokenSources).join(', ')
  const found = name === undefined ? 'and nothing here shows which one is meant' : `got ${JSON.stringify(name)}`
  throw new UsageError('OPTION_INVALID', `Expected --token-source to be one of ${names}, ${found}.`)
}

async function environment(name: string, runtime: Runtime): Promise<SubjectTokenSource> {
  const { environmentVariable } = await import('../federation/subject-tokens/environment-variable.js')
  return environmentVariable(name, { runtime })
}

function isSet(name: string): (choice: SubjectTokenChoice) => boolean {
  return ({ runtime }) => Boolean(runtime.env(name))
}

function required(value: string | undefined, option: string): string {
  if (value !== undefined) return value
  throw new UsageError('OPTION_INVALID', `Expected ${option} for this source of the subject token.`)
}
