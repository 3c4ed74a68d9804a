import type { Cause, Certainty } from '../explain/types.js'
import type { CliContext } from './context.js'
import { type Look, painter } from './paint.js'
import { printable } from './print.js'

const looks: Readonly<Record<Certainty, Look>> = { certain: 'red', likely: 'yellow', possible: 'dim' }

/** Causes for a terminal: what it is, what speaks for it, one thing to do. */
export function causesText(causes: readonly Cause[], context: Pick<CliContext, 'output' | 'runtime'>): string {
  const paint = painter(context.output, context)
  const block = ({ code, title, certainty, evidence, fix, link }: Cause): string =>
    [
      `${paint('bold', title)} ${paint(looks[certainty], `(${certainty})`)}`,
      ...evidence.map((line) => `  - ${printable(line)}`),
      `  ${paint('green', 'Do this:')} ${fix}`,
      paint('dim', `  ${code}, ${link}`),
    ].join('\n')
  return causes.map(block).join('\n\n')
}
