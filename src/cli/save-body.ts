import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { refusedBySystem } from './system-refusal.js'

/**
 * Writes a body to a file piece by piece, however long it is. Written in place, so that the file may be a device.
 *
 * @throws UsageError `OPTION_INVALID` when the file cannot be written.
 */
export async function saveBody({ body }: Response, path: string): Promise<void> {
  const file = createWriteStream(path)
  let refusal: unknown
  file.once('error', (error) => {
    refusal = error
  })
  try {
    await pipeline(body ?? [], file)
  } catch (error) {
    throw refusal === undefined ? error : refusedBySystem(refusal, `to write to ${path}`)
  }
}
