import type { CliInput } from './command.js'
import type { CliContext } from './context.js'
import { printFacts, printJson } from './print.js'
import { timeText } from './time-text.js'

/** What a login gave. */
export interface Login {
  readonly token: string
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined
  readonly policies?: readonly string[] | undefined
}

/** Prints what a login gave; the token itself only when `--show-token` asks for it, and then alone. */
export function printLogin({ token, expiresAt, policies }: Login, input: CliInput, context: CliContext): void {
  const isShown = input.flag('showToken')
  if (input.flag('json')) printJson({ expiresAt, policies, ...(isShown && { token }) }, context)
  else if (isShown) context.output.write(`${token}\n`)
  else printFacts(factsOf(expiresAt, policies, context.clock()), context)
}

type Facts = Parameters<typeof printFacts>[0]

function factsOf(expiresAt: number | undefined, policies: readonly string[] | undefined, now: number): Facts {
  return [
    ['logged in', 'add --show-token to print the token'],
    ['expires', expiresAt === undefined ? 'no fixed end' : timeText(expiresAt, now)],
    ['policies', policies?.join(', ')],
  ]
}
