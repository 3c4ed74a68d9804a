import { runtime } from '#runtime'
import type { Bytes } from '../encoding/bytes.js'
import type { Runtime } from '../runtime/types.js'
import { type Clock, systemClock } from '../types.js'
import { askSecret } from './ask-secret.js'

/** A stream that a command writes to. */
export interface Output {
  write(chunk: string | Uint8Array): void
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
  process.once('SIGINT', () => interrupt.abort())
  process.once('SIGTERM', () => interrupt.abort())
  const hasTerminal = stdin.isTTY === true && stderr.isTTY === true
  return {
    runtime,
    clock: systemClock,
    output: outputOf(stdout),
    errors: outputOf(stderr),
    readInput,
    inputEnded,
    askSecret: hasTerminal ? (question) => askSecret(question, interrupt.signal) : undefined,
    signal: interrupt.signal,
  }
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough (`| head`) is no reason to complain.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  return { write: (chunk) => void stream.write(chunk), isTerminal: stream.isTTY === true }
}

async function readInput(): Promise<Bytes> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

function inputEnded(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve).resume()
  })
}
