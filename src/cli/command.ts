import type { CliContext } from './context.js'

/**
 * An option of a command. What is given for it is read by the long name in camel case: `--config-file` as
 * `configFile`, and `--no-retry` as the flag `retry`, which is then false.
 */
export interface CliOption {
  /** As shown in the help: `-d, --data <text>`, or `--include` for one that takes no value. */
  readonly flags: string
  readonly description: string
  /** May be given several times; read it with `list`. */
  readonly repeatable?: boolean
  readonly choices?: readonly string[]
}

/** A word after the command's name: `<method>` must be there, `[file]` may be. */
export interface CliArgument {
  readonly name: string
  readonly description: string
}

/** What the user typed, read by name. */
export interface CliInput {
  /** The argument with this name; empty when an optional one is missing. */
  argument(name: string): string
  /** What was given for an option. */
  text(option: string): string | undefined
  /** Everything that was given for a repeatable option. */
  list(option: string): readonly string[]
  /** Whether an option without value was given. */
  flag(option: string): boolean
}

/** One command. It writes to the context's streams, and answers with an exit code; nothing means 0. */
export interface CliCommand {
  readonly arguments?: readonly CliArgument[]
  readonly options?: readonly CliOption[]
  /** Lines shown after the help. */
  readonly examples?: readonly string[]
  run(input: CliInput, context: CliContext): Promise<number | undefined>
}

/** A row of the list of commands. A name of two words is a command within a group: `wif setup`. */
export interface CliCommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<CliCommand>
}
