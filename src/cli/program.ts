import { Command, CommanderError, Option } from 'commander'
import { CountersignError } from '../errors.js'
import type { CliCommand, CliCommandEntry, CliInput } from './command.js'
import type { CliContext } from './context.js'
import { exitCodeMeanings, exitCodeOf, exitCodes, isNetworkFailure, isTimeout } from './exit-codes.js'
import { painter } from './paint.js'

/** How the program is run; what is not given is the real thing. */
export interface ProgramOptions {
  readonly commands: readonly CliCommandEntry[]
  readonly version: string
}

/**
 * Runs the command that the words name, and gives the exit code. Results go to the context's output; what went wrong goes
 * to its errors, as text, or with `--json` as one line `{"error": {"code", "message"}}`.
 */
export async function runProgram(
  words: readonly string[],
  context: CliContext,
  { commands, version }: ProgramOptions,
): Promise<number> {
  let exitCode: number = exitCodes.ok
  const finish = (code: number): void => {
    exitCode = code
  }
  const root = plainCommand('countersign', context)
    .description('Signs cloud API requests.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', exitCodeHelp)
  try {
    for (const entry of commands) await addCommand(root, entry, { words, context, finish })
    await root.parseAsync(words, { from: 'user' })
    return exitCode
  } catch (error) {
    return failed(error, words.includes('--json'), context)
  }
}

interface Run {
  readonly words: readonly string[]
  readonly context: CliContext
  readonly finish: (exitCode: number) => void
}

/** Adds a command; loads it only when it is the one that the words name, since the others need no more than a line of help. */
async function addCommand(root: Command, { name, summary, load }: CliCommandEntry, run: Run): Promise<void> {
  const path = name.split(' ')
  const given = run.words.filter((word) => !word.startsWith('-') && word !== 'help')
  const command = plainCommand(path.at(-1) ?? '', run.context)
    .summary(summary)
    .description(sentence(summary))
  const group = groupOf(root, path.slice(0, -1), run.context).addCommand(command)
  if (group !== root) group.summary(group.commands.map((member) => member.name()).join(', '))
  if (path.every((word, index) => given[index] === word)) define(command, await load(), run)
}

function define(command: Command, definition: CliCommand, { context, finish }: Run): void {
  const { arguments: positions = [], options = [], examples = [] } = definition
  for (const { name, description } of positions) command.argument(name, description)
  for (const { flags, description, repeatable, choices } of options) {
    const option = new Option(flags, description)
    if (choices) option.choices([...choices])
    if (repeatable) option.argParser((value: string, before: readonly string[] = []) => [...before, value])
    command.addOption(option)
  }
  command.option('--json', 'print JSON, for machines')
  if (examples.length > 0)
    command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}\n`).join('')}`)
  command.action(async () => {
    finish((await definition.run(inputOf(command), context)) ?? exitCodes.ok)
  })
}

function inputOf(command: Command): CliInput {
  const options: Readonly<Record<string, unknown>> = command.opts()
  const names = command.registeredArguments.map((argument) => argument.name())
  const texts = (value: unknown): readonly string[] => [value ?? []].flat().map(String)
  return {
    argument: (name) => command.args[names.indexOf(name)] ?? '',
    text: (name) => texts(options[name]).at(-1),
    list: (name) => texts(options[name]),
    flag: (name) => options[name] === true,
  }
}

function groupOf(root: Command, path: readonly string[], context: CliContext): Command {
  return path.reduce((parent, name) => {
    const existing = parent.commands.find((command) => command.name() === name)
    if (existing) return existing
    const group = plainCommand(name, context)
    parent.addCommand(group)
    return group
  }, root)
}

/** A command that never ends the process and writes only to the context. */
function plainCommand(name: string, context: CliContext): Command {
  const { output, errors } = context
  return new Command(name)
    .exitOverride()
    .showHelpAfterError(`(countersign ${name === 'countersign' ? '' : `${name} `}--help shows how)`)
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: (text) => errors.write(text),
      getOutHasColors: () => output.isTerminal,
      getErrHasColors: () => errors.isTerminal,
    })
}

function failed(error: unknown, asJson: boolean, context: CliContext): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (context.signal.aborted) return exitCodes.interrupted
  const { code, message } = describe(error)
  const paint = painter(context.errors, context)
  if (asJson) context.errors.write(`${JSON.stringify({ error: { code, message } })}\n`)
  else context.errors.write(`${paint('red', `${code}:`)} ${message}\n`)
  return exitCodeOf(error)
}

/** The message of a defect may hold anything, so it is not shown: its name is. */
function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof CountersignError) return error
  if (isNetworkFailure(error)) return { code: 'SERVICE_UNREACHABLE', message: `No answer: ${reasonOf(error)}.` }
  if (isTimeout(error)) return { code: 'TIMEOUT', message: 'No answer within the time that --timeout gives.' }
  const name = error instanceof Error ? error.name : typeof error
  return { code: 'DEFECT', message: `The command failed in a way it should not (${name}); please report it.` }
}

function reasonOf({ cause, message }: TypeError): string {
  if (!(cause instanceof Error)) return message
  return 'code' in cause && cause.message === '' ? String(cause.code) : cause.message
}

function exitCodeHelp(): string {
  return `\nExit codes:\n${exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padEnd(3)} ${meaning}\n`).join('')}`
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`
}
