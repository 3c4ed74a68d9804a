import type { CliContext } from './context.js'
import { painter } from './paint.js'

/** Prints a value as JSON: on one line for machines. */
export function printJson(value: unknown, { output }: Pick<CliContext, 'output'>): void {
  output.write(`${JSON.stringify(value)}\n`)
}

/** Prints names and values in two columns; rows without a value are left out. */
export function printFacts(
  facts: readonly (readonly [name: string, value: string | undefined])[],
  context: Pick<CliContext, 'output' | 'runtime'>,
): void {
  const paint = painter(context.output, context)
  const rows = facts.filter(([, value]) => value !== undefined && value !== '')
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, value = ''] of rows) {
    context.output.write(`${paint('dim', printable(name).padEnd(width))}  ${printable(value)}\n`)
  }
}

/** A text from outside for a terminal, which would obey the control characters in it. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}')
}

/** Prints a warning to standard error. */
export function printWarning(message: string, context: Pick<CliContext, 'errors' | 'runtime'>): void {
  context.errors.write(`${painter(context.errors, context)('yellow', 'Warning:')} ${message}\n`)
}
