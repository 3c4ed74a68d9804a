import { UsageError } from '../errors.js'

/** A pasted text that is not what it should be. The message repeats nothing of it: it may hold a password or a token. */
export function unreadable(expected: string, found = 'something else', remedy = 'paste the whole text'): UsageError {
  return new UsageError('OPTION_INVALID', `Expected ${expected}, found ${found}; ${remedy}.`)
}
