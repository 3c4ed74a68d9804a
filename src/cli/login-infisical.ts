import { UsageError } from '../errors.js'
import { infisicalLogin } from '../logins/infisical.js'
import type { CliCommand } from './command.js'
import { credentialsOf } from './identity.js'
import { ociIdentityOptions, openIdentity } from './identity-options.js'
import { printLogin } from './print-login.js'

/** `countersign login infisical`: logs in, and prints the access token only when that is asked for. */
export const loginInfisical: CliCommand = {
  options: [
    { flags: '--identity <uuid>', description: 'machine identity (default: INFISICAL_OCI_AUTH_IDENTITY_ID)' },
    { flags: '--site <url>', description: 'Infisical (default: INFISICAL_API_URL, https://app.infisical.com)' },
    { flags: '--organization <slug>', description: 'organization' },
    { flags: '--show-token', description: 'print the access token: it is a secret' },
    ...ociIdentityOptions,
  ],
  examples: ['export INFISICAL_TOKEN=$(countersign login infisical --identity … --region us-ashburn-1 --show-token)'],
  async run(input, context) {
    const { runtime, clock, signal } = context
    const identityId = input.text('identity') ?? runtime.env('INFISICAL_OCI_AUTH_IDENTITY_ID')
    if (!identityId) throw new UsageError('OPTION_INVALID', 'Expected --identity, the id of the machine identity.')
    const credentials = credentialsOf(await openIdentity(input, context))
    const site = input.text('site') ?? (runtime.env('INFISICAL_API_URL')?.replace(/\/api\/?$/, '') || undefined)
    const { text } = input
    const options = { region: text('region'), organizationSlug: text('organization'), site, runtime, clock, signal }
    const { accessToken, expiresAt } = await infisicalLogin({ identityId, credentials, ...options })
    printLogin({ token: accessToken, expiresAt }, input, context)
    return undefined
  },
}
