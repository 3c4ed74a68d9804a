import type { Refusal, RefusalDetails } from './oci-refusal.js'

/** Refuses. What is wrong takes many words to say, and is rarely needed: those stay out of the main bundle. */
export async function refuse<R extends Refusal>(reason: R, ...found: RefusalDetails<R>): Promise<never> {
  const { refusal } = await import('./oci-refusal.js')
  throw refusal(reason, ...found)
}
