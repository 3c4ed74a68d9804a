import type { Cause, Explanation } from './types.js'

/** An explanation for people to read, plain text, one block for each cause. */
export function explanationText({ causes, checked }: Explanation): string {
  if (checked.length === 0) return 'There was nothing to look at: give a request, an answer or a set-up.'
  if (causes.length === 0) return `Nothing speaks against this request. Checked: ${checked.join(', ')}.`
  return causes.map(causeText).join('\n\n')
}

function causeText(cause: Cause, index: number): string {
  return [
    `${index + 1}. ${cause.title} (${cause.certainty}, ${cause.code})`,
    ...cause.evidence.map((line) => `   - ${line}`),
    `   Fix: ${cause.fix}`,
    `   See: ${cause.link}`,
  ].join('\n')
}
