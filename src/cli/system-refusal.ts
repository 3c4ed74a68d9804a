import { UsageError } from '../errors.js'

/**
 * What the system says when it refuses, in our own words: `what` names what was tried, such as `to write to out.json`.
 * Anything but a refusal by the system comes back as it is.
 */
export function refusedBySystem(error: unknown, what: string): unknown {
  const { code, syscall } = Object(error) as { readonly code?: unknown; readonly syscall?: unknown }
  if (syscall === undefined) return error
  return new UsageError(
    'OPTION_INVALID',
    `Expected to be able ${what}, but the system refuses (${code}); choose another.`,
  )
}
