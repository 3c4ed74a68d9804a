import { ConfigurationError } from '../errors.js'
import type { Claims } from '../types.js'
import type { CliCommand } from './command.js'
import { identityOptions, openIdentity } from './identity-options.js'
import { printFacts, printJson } from './print.js'
import { timeText } from './time-text.js'

/** Claims that are times, in epoch seconds. */
const TIMES = new Set(['exp', 'iat', 'nbf', 'auth_time'])

/** `countersign token`: tells what the security token says; shows the token itself only when that is asked for. */
export const token: CliCommand = {
  options: [
    ...identityOptions,
    { flags: '--show-token', description: 'print the token itself: it is a secret, though useless without its key' },
  ],
  examples: ['countersign token --auth instance_principal', 'countersign token --profile SESSION --json'],
  async run(input, context) {
    const identity = await openIdentity(input, context)
    const { token: secret, claims = {}, issuedAt, expiresAt, source } = await identity.facts(context.signal)
    if (secret === undefined) throw noToken(source)
    const shown = input.flag('showToken')
    if (input.flag('json')) {
      return void printJson({ source, issuedAt, expiresAt, claims, ...(shown && { token: secret }) }, context)
    }
    if (shown) context.output.write(`${secret}\n`)
    else printFacts(claimFacts(claims, context.clock()), context)
    return undefined
  },
}

function claimFacts(claims: Claims, now: number): readonly (readonly [string, string])[] {
  return Object.entries(claims).map(([name, value]) => {
    if (TIMES.has(name) && typeof value === 'number') return [name, `${value} (${timeText(value * 1000, now)})`]
    return [name, typeof value === 'string' ? value : JSON.stringify(value)]
  })
}

function noToken(source = 'these credentials'): ConfigurationError {
  return new ConfigurationError(
    'TOKEN_INVALID',
    `Expected credentials with a security token, found ${source}, which signs without one; choose another --auth or --profile.`,
  )
}
