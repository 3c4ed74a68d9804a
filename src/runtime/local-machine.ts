import { homedir } from 'node:os'
import { localFiles } from './local-files.js'
import { runProgram } from './local-programs.js'
import { localSha256 } from './local-sha256.js'
import type { Runtime } from './types.js'

/** What Node, Deno and Bun offer alike, through the modules of Node that all of them have. */
export const localMachine: Omit<Runtime, 'name' | 'connect'> = {
  env,
  files: localFiles,
  homeDirectory: () => homedir() || undefined,
  fetch: (input, init) => globalThis.fetch(input, init),
  sha256: localSha256,
  run: runProgram,
  sharesPromises: true,
  hasMetadataService: true,
}

// What every object inherits, such as `constructor`, is no variable.
function env(name: string): string | undefined {
  const value: unknown = process.env[name]
  return typeof value === 'string' ? value : undefined
}
