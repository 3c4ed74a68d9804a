import { ConfigurationError } from '../errors.js'
import { type AuthMethod, type AuthSettings, authMethod, authMethods } from './auth.js'
import type { CliInput, CliOption } from './command.js'
import type { CliContext } from './context.js'
import type { Identity } from './identity.js'
import { printWarning } from './print.js'

/** The options of every command that signs. */
export const identityOptions: readonly CliOption[] = optionsFor(Object.entries(authMethods))

/** The options of commands that sign for OCI alone. */
export const ociIdentityOptions: readonly CliOption[] = optionsFor(
  Object.entries(authMethods).filter(([, { cloud }]) => cloud === 'oci'),
)

function optionsFor(methods: readonly (readonly [name: string, method: AuthMethod])[]): readonly CliOption[] {
  return [
    {
      flags: '-a, --auth <method>',
      description: `who to sign as: ${methods.map(([name]) => name).join(', ')} (default: OCI_CLI_AUTH, or else auto)`,
    },
    {
      flags: '-p, --profile <name>',
      description: 'profile of the configuration file (default: OCI_CLI_PROFILE, DEFAULT)',
    },
    { flags: '--config-file <path>', description: 'configuration file (default: OCI_CLI_CONFIG_FILE, ~/.oci/config)' },
    { flags: '-r, --region <region>', description: 'region identifier or key' },
    { flags: '--delegation-token-file <path>', description: 'token to act on behalf of a user' },
  ]
}

/** Opens the identity that the options name. An encrypted key asks for its passphrase, if there is a terminal. */
export async function openIdentity(input: CliInput, context: CliContext): Promise<Identity> {
  const method = chosenMethod(input, context)
  const settings = settingsOf(input, context)
  const identity = await method.open(settings)
  const { askSecret } = context
  if (!askSecret) return identity
  try {
    await identity.facts(context.signal)
    return identity
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.code !== 'KEY_PASSPHRASE_REQUIRED') throw error
    return method.open({ ...settings, passphrase: once(() => askSecret('Passphrase of the private key')) })
  }
}

function chosenMethod(input: CliInput, { runtime }: CliContext): AuthMethod {
  const [given, configured] = [input.text('auth'), runtime.env('OCI_CLI_AUTH')?.trim()]
  return given === undefined && configured
    ? authMethod(configured, 'OCI_CLI_AUTH')
    : authMethod(given ?? 'auto', '--auth')
}

function settingsOf(input: CliInput, context: CliContext): AuthSettings {
  return {
    runtime: context.runtime,
    clock: context.clock,
    profile: input.text('profile'),
    configFile: input.text('configFile'),
    region: input.text('region'),
    delegationTokenFile: input.text('delegationTokenFile'),
    onWarning: (message) => printWarning(message, context),
  }
}

function once(ask: () => Promise<string>): () => Promise<string> {
  let answer: Promise<string> | undefined
  return () => {
    answer ??= ask()
    return answer
  }
}
