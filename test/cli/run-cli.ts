import { tmpdir } from 'node:os'
import { commands, groups } from '../../src/cli/commands.js'
import type { CliContext, Output } from '../../src/cli/context.js'
import { runProgram } from '../../src/cli/program.js'
import { runtime } from '../../src/runtime/node.js'
import type { Runtime } from '../../src/runtime/types.js'

/** How a test wants the program run: nothing of the machine gets in but files and loopback. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Whether output and errors go to a terminal. */
  readonly terminal?: boolean
  /** Answers a question; given, somebody sits at the terminal. */
  readonly askSecret?: (question: string) => Promise<string>
  readonly now?: number
  readonly runtime?: Partial<Runtime>
  readonly signal?: AbortSignal
  /** Settles when the standard input ends. */
  readonly inputEnded?: Promise<void>
  /** Sees what is written to the output as it comes. */
  readonly onOutput?: (text: string) => void
}

export interface RunResult {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Runs the program in this process. */
export async function runCli(words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { context, result } = testContext(options)
  return result(await runProgram(words, context, { commands, groups, version: '1.2.3' }))
}

/** A context that collects what is written to it. */
export function testContext(options: RunOptions = {}): {
  readonly context: CliContext
  readonly result: (code: number) => RunResult
} {
  const [output, errors] = [collector(options, options.onOutput), collector(options)]
  const result = (code: number): RunResult => ({ code, output: output.text(), errors: errors.text() })
  return { context: contextOf(options, output, errors), result }
}

/** The output as JSON. */
export function jsonOf({ output }: RunResult): unknown {
  return JSON.parse(output)
}

function contextOf(options: RunOptions, output: Output, errors: Output): CliContext {
  const { env = {}, input = '', now, askSecret } = options
  return {
    runtime: {
      ...runtime,
      env: (name) => env[name],
      homeDirectory: () => `${tmpdir()}/countersign-nobody`,
      ...options.runtime,
    },
    clock: () => now ?? Date.now(),
    output,
    errors,
    readInput: async () => new TextEncoder().encode(input),
    inputEnded: () => options.inputEnded ?? Promise.resolve(),
    askSecret,
    signal: options.signal ?? new AbortController().signal,
  }
}

function collector({ terminal = false }: RunOptions, onWrite?: (text: string) => void): Output & { text(): string } {
  const chunks: Buffer[] = []
  return {
    isTerminal: terminal,
    write: (chunk) => {
      chunks.push(Buffer.from(chunk))
      onWrite?.(String(chunk))
    },
    text: () => Buffer.concat(chunks).toString(),
  }
}
