import { styleText } from 'node:util'
import type { CliContext, Output } from './context.js'

/** The few looks that text may have. */
export type Look = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

/** Paints text for a stream; leaves it plain unless the stream is a terminal and nobody asked for plain text. */
export function painter(
  output: Output,
  { runtime }: Pick<CliContext, 'runtime'>,
): (look: Look, text: string) => string {
  // https://no-color.org: any value but an empty one counts.
  const isPlain = !output.isTerminal || Boolean(runtime.env('NO_COLOR')) || runtime.env('TERM') === 'dumb'
  return (look, text) => (isPlain ? text : styled(look, text))
}

// Newer versions of Node look at standard output by themselves, which may be another stream than the one painted for.
function styled(look: Look, text: string): string {
  return styleText(look, text, { validateStream: false })
}
