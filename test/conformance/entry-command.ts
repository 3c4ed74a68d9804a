// Node, Deno and Bun: `<runtime> command.mjs <driver> <target>`.
import { conform } from './run.js'

const [base = '', target = ''] = process.argv.slice(2)
await conform(base, target)
