#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { commands, groups } from './commands.js'
import { processContext } from './context.js'
import { runProgram } from './program.js'

const { version }: { version: string } = JSON.parse(
  await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
)
process.exitCode = await runProgram(process.argv.slice(2), processContext(), { commands, groups, version })
