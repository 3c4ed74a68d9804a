import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ServedEmulator } from '../../src/cli/serve.js'
import { type EmulatedPrincipal, emulatorEnvironment } from '../../src/testing/environment.js'
import { root } from '../package/source-modules.js'

const runtimes = join(root, 'test/runtimes/node_modules')

export const DENO: string = join(runtimes, '.bin/deno')
export const BUN: string = join(runtimes, '.bin/bun')
export const WORKERD: string = join(runtimes, '.bin/workerd')
export const CHROMIUM: string | undefined = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

/** What a program that runs as an emulated identity finds in its environment. */
export function environmentOf(served: ServedEmulator, principal: EmulatedPrincipal): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return {
    PATH,
    HOME,
    TMPDIR,
    ...emulatorEnvironment(served, principal),
    OCI_IDENTITY_ENDPOINT: served.http,
    OCI_OBJECT_STORAGE_ENDPOINT: served.http,
  }
}

/** Runs a program to its end and gives what it printed. */
export async function run(command: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = start(command, env)
  const printed = collect(child)
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${printed()}`)
  return printed()
}

/** Runs a server until `use` is done with it; `use` is called with the first line that matches what it prints when ready. */
export async function whileServing<T>(
  command: readonly string[],
  { env, ready }: { readonly env: NodeJS.ProcessEnv; readonly ready: RegExp },
  use: (match: RegExpMatchArray) => Promise<T>,
): Promise<T> {
  const child = start(command, env)
  const printed = collect(child)
  try {
    return await use(await firstMatch(child, printed, ready))
  } finally {
    child.kill('SIGKILL')
  }
}

function start([program = '', ...parameters]: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(program, parameters, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

function collect(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk))
  return () => text
}

function firstMatch(child: ChildProcess, printed: () => string, ready: RegExp): Promise<RegExpMatchArray> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const match = printed().match(ready)
      if (match) resolve(match)
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('close', (code) => reject(new Error(`It ended with ${code} before it was ready:\n${printed()}`)))
  })
}
