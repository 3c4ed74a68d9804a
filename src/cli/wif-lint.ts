import { lintImpersonationRules, type RuleContext } from '../federation/wif-setup/impersonation-rule.js'
import type { CliCommand, CliInput } from './command.js'
import type { CliContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { painter } from './paint.js'
import { printJson } from './print.js'

/** `countersign wif lint`: finds rules that never match, and rules that match strangers. */
export const wifLint: CliCommand = {
  options: [
    { flags: '--rule <rule>', description: 'a rule, in the order of the trust', repeatable: true },
    { flags: '--issuer <url>', description: "the trust's issuer" },
    { flags: '--audience <text>', description: 'a value to which the trust pins the audience', repeatable: true },
  ],
  examples: [
    "countersign wif lint --issuer https://token.actions.githubusercontent.com --rule 'sub eq repo:octo-org/app:*'",
  ],
  async run(input, context) {
    const findings = lintImpersonationRules(input.list('rule'), contextOf(input))
    if (input.flag('json')) printJson({ findings }, context)
    else for (const finding of findings) context.output.write(lineOf(finding, context))
    return findings.some(({ severity }) => severity === 'error') ? exitCodes.refused : exitCodes.ok
  },
}

function contextOf(input: CliInput): RuleContext {
  const issuer = input.text('issuer')
  return { clientClaimValues: input.list('audience'), ...(issuer !== undefined && { issuer }) }
}

type Finding = ReturnType<typeof lintImpersonationRules>[number]

function lineOf({ severity, code, rule, message }: Finding, context: CliContext): string {
  const paint = painter(context.output, context)
  return `${paint(severity === 'error' ? 'red' : 'yellow', `${severity}:`)} ${rule}\n    ${message} (${code})\n`
}
