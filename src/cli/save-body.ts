import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { UsageError } from '../errors.js'

/**
 * Writes a body to a file piece by piece, however long it is. Written in place, so that the file may be a device.
 *
 * @throws UsageError `OPTION_INVALID` when the file cannot be written.
 */
export async function saveBody({ body }: Response, path: string): Promise<void> {
  const file = createWriteStream(path)
  let refusal: NodeJS.ErrnoException | undefined
  file.once('error', (error) => {
    refusal = error
  })
  try {
    await pipeline(body ?? [], file)
  } catch (error) {
    throw refusal?.syscall === undefined ? error : refusedBy(refusal, path)
  }
}

/** What the system says when a file cannot be used, in our own words. */
export function refusedBy({ code }: NodeJS.ErrnoException, path: string): UsageError {
  return new UsageError('OPTION_INVALID', `Expected to be able to write to ${path}, but the system refuses (${code}).`)
}
