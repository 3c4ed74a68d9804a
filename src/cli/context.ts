import { addAbortSignal } from 'node:stream'
import { runtime } from '#runtime'
import type { Bytes } from '../encoding/bytes.js'
import type { Runtime } from '../runtime/types.js'
import { type Clock, systemClock } from '../types.js'
import { askSecret } from './ask-secret.js'
import { exitCodes } from './exit-codes.js'

/** A stream that a command writes to. */
export interface Output {
  /** Settles when the bytes are on their way, for who writes more than fits into memory. */
  write(chunk: string | Uint8Array): void | Promise<void>
  readonly isTerminal: boolean
}

/** Everything outside the process that a command may touch. */
export interface CliContext {
  readonly runtime: Runtime
  readonly clock: Clock
  /** For results, and nothing else. */
  readonly output: Output
  /** For warnings, progress and errors. */
  readonly errors: Output
  /** All of the standard input. */
  readInput(): Promise<Bytes>
  /** Settles when the standard input ends. */
  inputEnded(): Promise<void>
  /** Asks for something that is not shown as it is typed. Absent without a terminal: then nobody is there to answer. */
  readonly askSecret?: ((question: string) => Promise<string>) | undefined
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** The context of this process. */
export function processContext(): CliContext {
  const { stdin, stdout, stderr } = process
  const interrupt = new AbortController()
  const stop = (): void => interrupt.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const { signal } = interrupt
  const hasTerminal = stdin.isTTY === true && stderr.isTTY === true
  return {
    runtime,
    clock: systemClock,
    output: outputOf(stdout, stop),
    errors: outputOf(stderr, stop),
    readInput: () => readInput(signal),
    inputEnded,
    askSecret: hasTerminal ? (question) => askSecret(question, { input: stdin, errors: stderr, signal }) : undefined,
    signal,
  }
}

function outputOf(stream: NodeJS.WriteStream, stop: () => void): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) is no reason to complain, but one to stop.
    if (error.code === 'EPIPE') stop()
    else abandon(error)
  })
  const write = (chunk: string | Uint8Array): Promise<void> =>
    new Promise((resolve) => void stream.write(chunk, () => resolve()))
  return { write, isTerminal: stream.isTTY === true }
}

/** The disk is full, or the like: what was printed is not all there is, and nobody may take it for that. */
function abandon({ code }: NodeJS.ErrnoException): void {
  process.stderr.write(`OPTION_INVALID: The output cannot be written (${code}).\n`)
  process.exit(exitCodes.usage)
}

async function readInput(signal: AbortSignal): Promise<Bytes> {
  const chunks: Buffer[] = []
  for await (const chunk of addAbortSignal(signal, process.stdin)) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

function inputEnded(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve).resume()
  })
}
