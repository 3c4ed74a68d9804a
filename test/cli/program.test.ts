import { describe, expect, test } from 'vitest'
import type { CliCommand, CliCommandEntry } from '../../src/cli/command.js'
import { commands } from '../../src/cli/commands.js'
import { exitCodes } from '../../src/cli/exit-codes.js'
import { runProgram } from '../../src/cli/program.js'
import { ServiceError, VerificationError } from '../../src/errors.js'
import { type RunResult, runCli, testContext } from './run-cli.js'

function entry(name: string, command: Partial<CliCommand>): CliCommandEntry {
  return { name, summary: `do ${name}`, load: async () => ({ run: async () => undefined, ...command }) }
}

async function run(words: readonly string[], entries: readonly CliCommandEntry[]): Promise<RunResult> {
  const { context, result } = testContext()
  return result(await runProgram(words, context, { commands: entries, version: '1.2.3' }))
}

describe('the program', () => {
  test.each([[['--help']], [['help']]])('prints help for %j to the output', async (words) => {
    const { code, output, errors } = await runCli(words)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    for (const { name } of commands) expect(output).toContain(name.split(' ')[0])
    expect(output).toMatch(/Exit codes:\n {2}0 {3}done\n/)
  })

  test.each(commands.map(({ name }) => name))('documents "%s"', async (name) => {
    const { code, output } = await runCli([...name.split(' '), '--help'])
    expect(code).toBe(0)
    expect(output).toContain(`Usage: countersign ${name}`)
    expect(output).toContain('--json')
  })

  test.each(['login vault', 'login infisical', 'wif setup'])('offers %s no identity of another cloud', async (name) => {
    expect((await runCli([...name.split(' '), '--help'])).output).not.toContain('alibaba')
    expect((await runCli(['request', '--help'])).output).toContain('alibaba-role')
  })

  test('prints help for a command that is named after help', async () => {
    expect((await runCli(['help', 'whoami'])).output).toContain('Usage: countersign whoami')
  })

  test.each([
    [['help', 'wif', 'setup'], 'Usage: countersign wif setup '],
    [['help', 'wif'], 'Usage: countersign wif '],
    [['wif', 'setup', '--help'], '--dry-run'],
  ])('prints help for %j', async (words, expected) => {
    const { code, output, errors } = await runCli(words)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain(expected)
  })

  test('tells what the commands of a group have in common', async () => {
    expect((await runCli(['--help'])).output).toMatch(/login +log in to a secrets manager: infisical, vault\n/)
    expect((await runCli(['login', '--help'])).output).toContain('Log in to a secrets manager.')
  })

  test.each([
    [['whoami', '--frobnicate'], '(countersign whoami --help shows how)'],
    [['wif', 'setup', '--frobnicate'], '(countersign wif setup --help shows how)'],
    [['wif', 'frobnicate'], '(countersign wif --help shows how)'],
    [['frobnicate'], '(countersign --help shows how)'],
    [['help', 'frobnicate'], '(countersign --help shows how)'],
  ])('points from %j to the help that helps', async (words, hint) => {
    const { code, errors } = await runCli(words)
    expect(code).toBe(2)
    expect(errors).toMatch(/^OPTION_INVALID: Unknown (option|command) '(--)?frobnicate'\.\n/)
    expect(errors.trimEnd().endsWith(hint)).toBe(true)
  })

  test.each([
    [['whoami', '--frobnicate', '--json'], "Unknown option '--frobnicate'."],
    [['requst', '--json'], "Unknown command 'requst' (Did you mean request?)"],
    [['request', '--json'], "Missing required argument 'method'."],
    [['wif', '--json'], "Unknown option '--json'."],
    [['emulate', '--json', '--principal', 'root'], /is invalid\. Allowed choices are/],
  ])('tells with --json what is wrong with %j, on one line', async (words, message) => {
    const { code, output, errors } = await runCli(words)
    expect({ code, output, lines: errors.split('\n').length }).toEqual({ code: 2, output: '', lines: 2 })
    const expected = typeof message === 'string' ? message : expect.stringMatching(message)
    expect(JSON.parse(errors)).toEqual({ error: { code: 'OPTION_INVALID', message: expected } })
  })

  test('prints its version', async () => {
    expect(await runCli(['--version'])).toMatchObject({ code: 0, output: '1.2.3\n' })
  })

  test.each([
    ['nothing', []],
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['whoami', '--frobnicate']],
    ['too many words', ['whoami', 'extra']],
    ['an option without its value', ['whoami', '--auth']],
    ['a choice that is none', ['emulate', '--principal', 'root']],
  ])('answers with 2 to %s, on the error stream', async (_, words) => {
    const { code, output, errors } = await runCli(words)
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(errors).not.toBe('')
  })

  test('loads no command but the one that is called', async () => {
    const loaded: string[] = []
    const entries = ['one', 'two', 'three'].map((name) => ({
      ...entry(name, {}),
      load: async () => {
        loaded.push(name)
        return { run: async () => undefined }
      },
    }))
    expect(await run(['two'], entries)).toMatchObject({ code: 0 })
    expect(loaded).toEqual(['two'])
  })

  test('knows commands in groups', async () => {
    const seen: string[] = []
    const nested = (name: string): CliCommandEntry =>
      entry(name, { run: async () => void seen.push(name) as undefined })
    const entries = [nested('set up'), nested('set down'), nested('alone')]
    expect(await run(['set', 'down'], entries)).toMatchObject({ code: 0 })
    expect(await run(['set', 'sideways'], entries)).toMatchObject({ code: 2 })
    expect(seen).toEqual(['set down'])
    expect((await run(['set', '--help'], entries)).output).toMatch(/up.*do set up\n.*down.*do set down/)
  })

  test('hands over arguments and options by name', async () => {
    const read: unknown[] = []
    const command: Partial<CliCommand> = {
      arguments: [
        { name: '<first>', description: '' },
        { name: '[second]', description: '' },
      ],
      options: [
        { flags: '-t, --some-text <text>', description: '' },
        { flags: '--item <item>', description: '', repeatable: true },
        { flags: '--no-wait', description: '' },
      ],
      run: async (input) => {
        read.push(input.argument('first'), input.argument('second'), input.text('someText'), input.list('item'))
        read.push(input.flag('wait'), input.flag('json'), input.text('absent'), input.list('absent'))
        return undefined
      },
    }
    await run(['do', 'a', '-t', 'x', '--item', '1', '--item', '2', '--no-wait'], [entry('do', command)])
    expect(read).toEqual(['a', '', 'x', ['1', '2'], false, false, undefined, []])
  })

  test.each([
    [new ServiceError('TIMEOUT', 'late'), exitCodes.service, 'TIMEOUT: late'],
    [new VerificationError('REPLAYED', 'again'), exitCodes.verification, 'REPLAYED: again'],
    [
      new TypeError('fetch failed', { cause: new Error('no route') }),
      exitCodes.service,
      'SERVICE_UNREACHABLE: No answer: no route.',
    ],
  ])('turns %s into an exit code', async (error, code, message) => {
    const failing = entry('fail', { run: () => Promise.reject(error) })
    expect(await run(['fail'], [failing])).toEqual({ code, output: '', errors: `${message}\n` })
  })

  test('does not show what a defect says, since it may hold anything', async () => {
    const failing = entry('fail', { run: () => Promise.reject(new RangeError('secret')) })
    const { code, errors } = await run(['fail'], [failing])
    expect(code).toBe(exitCodes.defect)
    expect(errors).toContain('RangeError')
    expect(errors).not.toContain('secret')
  })

  test('answers with 130 when it was interrupted', async () => {
    const failing = entry('fail', { run: () => Promise.reject(new DOMException('stopped', 'AbortError')) })
    const { context, result } = testContext({ signal: AbortSignal.abort() })
    const code = await runProgram(['fail'], context, { commands: [failing], version: '1' })
    expect(result(code)).toMatchObject({ code: 130, errors: '' })
  })
})

describe('colours', () => {
  const words = ['request', 'GET', 'https://x.example/', '--auth', 'nosuch']
  const ESCAPE = '\u001b['

  test('are for terminals', async () => {
    expect((await runCli(words, { terminal: true })).errors).toContain(ESCAPE)
    expect((await runCli(words)).errors).not.toContain(ESCAPE)
  })

  test.each([[{ NO_COLOR: '1' }], [{ TERM: 'dumb' }]])('are left out with %j', async (env) => {
    expect((await runCli(words, { terminal: true, env })).errors).not.toContain(ESCAPE)
  })

  test('stay with an empty NO_COLOR', async () => {
    expect((await runCli(words, { terminal: true, env: { NO_COLOR: '' } })).errors).toContain(ESCAPE)
  })
})
