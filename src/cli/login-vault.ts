import { UsageError } from '../errors.js'
import { vaultLogin } from '../logins/vault.js'
import type { CliCommand } from './command.js'
import { credentialsOf } from './identity.js'
import { ociIdentityOptions, openIdentity } from './identity-options.js'
import { printLogin } from './print-login.js'

/** `countersign login vault`: logs in, and prints the token only when that is asked for. */
export const loginVault: CliCommand = {
  options: [
    { flags: '--address <url>', description: 'Vault (default: VAULT_ADDR)' },
    { flags: '--role <name>', description: 'role to log in to' },
    { flags: '--mount <path>', description: 'where OCI auth is enabled (default: oci)' },
    { flags: '--namespace <name>', description: 'namespace (default: VAULT_NAMESPACE)' },
    { flags: '--show-token', description: 'print the token: it is a secret' },
    ...ociIdentityOptions,
  ],
  examples: ['export VAULT_TOKEN=$(countersign login vault --role ci --auth instance_principal --show-token)'],
  async run(input, context) {
    const { runtime, clock, signal } = context
    const address = input.text('address') ?? runtime.env('VAULT_ADDR')
    const role = input.text('role')
    if (!address || role === undefined)
      throw new UsageError('OPTION_INVALID', 'Expected --address (or VAULT_ADDR) and --role.')
    const credentials = credentialsOf(await openIdentity(input, context))
    const namespace = input.text('namespace') ?? runtime.env('VAULT_NAMESPACE')
    const mount = input.text('mount')
    const token = await vaultLogin({ address, role, mount, namespace, credentials, runtime, clock, signal })
    printLogin({ token: token.clientToken, expiresAt: token.expiresAt, policies: token.policies }, input, context)
    return undefined
  },
}
