import type { CliCommand } from './command.js'
import { identityOptions, openIdentity } from './identity-options.js'
import { printFacts, printJson } from './print.js'
import { timeText } from './time-text.js'

/** `countersign whoami`: tells who requests are signed as; nothing of it is secret. */
export const whoami: CliCommand = {
  options: identityOptions,
  examples: ['countersign whoami --auth resource_principal', 'countersign whoami --profile PRODUCTION --json'],
  async run(input, context) {
    const identity = await openIdentity(input, context)
    const { token: _, claims, ...facts } = await identity.facts(context.signal)
    const { source, subject, onBehalfOf, tenancy, region, fingerprint, expiresAt } = facts
    const kind = typeof claims?.['ptype'] === 'string' ? claims['ptype'] : undefined
    if (input.flag('json')) return void printJson({ ...facts, ...(kind && { kind }) }, context)
    printFacts(
      [
        ['signs as', subject],
        ['on behalf of', onBehalfOf],
        ['kind', kind],
        ['tenancy', tenancy],
        ['region', region],
        ['fingerprint', fingerprint],
        ['known from', source],
        ['expires', expiresAt === undefined ? undefined : timeText(expiresAt, context.clock())],
      ],
      context,
    )
    return undefined
  },
}
