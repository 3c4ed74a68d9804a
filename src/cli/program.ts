import { Command, CommanderError, Option } from 'commander'
import { CountersignError } from '../errors.js'
import type { CliCommand, CliCommandEntry, CliInput } from './command.js'
import type { CliContext } from './context.js'
import { exitCodeMeanings, exitCodeOf, exitCodes, isNetworkFailure, isTimeout } from './exit-codes.js'
import { painter } from './paint.js'

/** How the program is run; what is not given is the real thing. */
export interface ProgramOptions {
  readonly commands: readonly CliCommandEntry[]
  /** What the commands of a group have in common, by the group's name. */
  readonly groups?: Readonly<Record<string, string>>
  readonly version: string
}

/**
 * Runs the command that the words name, and gives the exit code. Results go to the context's output; what went wrong goes
 * to its errors, as text, or with `--json` as one line `{"error": {"code", "message"}}`.
 */
export async function runProgram(
  typed: readonly string[],
  context: CliContext,
  { commands, groups = {}, version }: ProgramOptions,
): Promise<number> {
  let exitCode: number = exitCodes.ok
  const finish = (code: number): void => {
    exitCode = code
  }
  const words = withoutHelpCommand(typed, commands)
  const asJson = words.includes('--json')
  const root = plainCommand(['countersign'], { context, asJson })
    .description('Signs cloud API requests.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', exitCodeHelp)
  try {
    for (const entry of commands) await addCommand(root, entry, { words, context, asJson, groups, finish })
    await root.parseAsync(words, { from: 'user' })
    return exitCode
  } catch (error) {
    return failed(error, asJson, context)
  }
}

/** `help wif setup` as `wif setup --help`: the help command of the library knows no groups, and no mistakes. */
function withoutHelpCommand(typed: readonly string[], commands: readonly CliCommandEntry[]): readonly string[] {
  const [help, ...named] = typed
  if (help !== 'help' || named.length === 0) return typed
  return commands.some(({ name }) => name.split(' ')[0] === named[0]) ? [...named, '--help'] : named
}

/** Where a command writes, and in which form. */
interface Surroundings {
  readonly context: CliContext
  readonly asJson: boolean
}

interface Run extends Surroundings {
  readonly words: readonly string[]
  readonly groups: Readonly<Record<string, string>>
  readonly finish: (exitCode: number) => void
}

/** Adds a command; loads it only when it is the one that the words name, since the others need no more than a line of help. */
async function addCommand(root: Command, { name, summary, load }: CliCommandEntry, run: Run): Promise<void> {
  const path = name.split(' ')
  const given = run.words.filter((word) => !word.startsWith('-'))
  const command = plainCommand(['countersign', ...path], run)
    .summary(summary)
    .description(sentence(summary))
  const group = groupOf(root, path.slice(0, -1), run).addCommand(command)
  if (group !== root) describeGroup(group, run)
  if (path.every((word, index) => given[index] === word)) define(command, await load(), run)
}

function describeGroup(group: Command, { groups }: Run): void {
  const purpose = groups[group.name()] ?? ''
  const members = group.commands.map((member) => member.name()).join(', ')
  group
    .summary(purpose === '' ? members : `${purpose}: ${members}`)
    .description(purpose === '' ? '' : sentence(purpose))
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

function groupOf(root: Command, path: readonly string[], surroundings: Surroundings): Command {
  return path.reduce((parent, name, index) => {
    const existing = parent.commands.find((command) => command.name() === name)
    if (existing) return existing
    const group = plainCommand(['countersign', ...path.slice(0, index + 1)], surroundings).helpCommand(false)
    parent.addCommand(group)
    return group
  }, root)
}

/** A command that never ends the process and writes only to the context. With `--json` its errors are told by `failed`. */
function plainCommand(path: readonly string[], { context, asJson }: Surroundings): Command {
  const { output, errors } = context
  return new Command(path.at(-1))
    .exitOverride()
    .showHelpAfterError(`(${path.join(' ')} --help shows how)`)
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: (text) => asJson || errors.write(text),
      outputError: (text, write) =>
        write(`${painter(errors, context)('red', 'OPTION_INVALID:')} ${sentenceOf(text)}\n`),
      getOutHasColors: () => output.isTerminal,
      getErrHasColors: () => errors.isTerminal,
    })
}

/** `error: unknown option '--x'` as our own messages are spelled. */
function sentenceOf(text: string): string {
  const plain = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
  return /[.?)]$/.test(plain) ? plain.charAt(0).toUpperCase() + plain.slice(1) : sentence(plain)
}

function failed(error: unknown, asJson: boolean, context: CliContext): number {
  if (error instanceof CommanderError && (error.exitCode === 0 || !asJson))
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (context.signal.aborted) return exitCodes.interrupted
  const { code, message } = describe(error)
  const paint = painter(context.errors, context)
  if (asJson) context.errors.write(`${JSON.stringify({ error: { code, message } })}\n`)
  else context.errors.write(`${paint('red', `${code}:`)} ${message}\n`)
  return error instanceof CommanderError ? exitCodes.usage : exitCodeOf(error)
}

/** The message of a defect may hold anything, so it is not shown: its name is. */
function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof CountersignError) return error
  if (error instanceof CommanderError) return { code: 'OPTION_INVALID', message: usageMessage(error) }
  if (isNetworkFailure(error)) return { code: 'SERVICE_UNREACHABLE', message: `No answer: ${reasonOf(error)}.` }
  if (isTimeout(error)) return { code: 'TIMEOUT', message: 'No answer within the time that --timeout gives.' }
  const name = error instanceof Error ? error.name : typeof error
  return { code: 'DEFECT', message: `The command failed in a way it should not (${name}); please report it.` }
}

function usageMessage({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'Expected a command, got none.' : sentenceOf(message)
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
