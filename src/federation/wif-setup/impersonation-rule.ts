/** One condition of a trust: `<claim> <operator> <value>`. */
export interface ImpersonationRule {
  readonly claim: string
  /** `eq` compares, and takes `*` alone or at the end; `co` looks for a part, and takes no wildcard. */
  readonly operator: 'eq' | 'co'
  readonly value: string
}

/** What a trust's rules are judged together with. */
export interface RuleContext {
  /** The trust's issuer. */
  readonly issuer?: string
  /** The accepted values of the trust's client claim, if it pins one. */
  readonly clientClaimValues?: readonly string[]
}

/** What a finding is about. Codes are stable; messages are not. */
export type RuleFindingCode =
  | 'claim-composite'
  | 'grammar'
  | 'never-reached'
  | 'open-prefix'
  | 'open-to-everyone'
  | 'operator'
  | 'quoted'
  | 'untrusted-code'
  | 'wildcard'

/** Something about a rule that will not work, or that lets in more than was meant. */
export interface RuleFinding {
  readonly severity: 'error' | 'warning'
  readonly code: RuleFindingCode
  readonly rule: string
  /** What is wrong, and what to write instead. */
  readonly message: string
}

// One issuer and one set of keys for all customers: the subject alone tells them apart.
const MULTI_TENANT_ISSUERS = [
  /^https:\/\/token\.actions\.githubusercontent\.com\/?$/,
  /^https:\/\/gitlab\.com\/?$/,
  /^https:\/\/api\.bitbucket\.org\//,
  /^https:\/\/accounts\.google\.com\/?$/,
]

/** Whether an issuer vouches for the workloads of strangers too. */
export function isMultiTenantIssuer(issuer: string): boolean {
  return MULTI_TENANT_ISSUERS.some((pattern) => pattern.test(issuer))
}

/**
 * Reads a rule; `undefined` when it does not follow the grammar. Quotes around the value are left in it.
 * @example
 * ```ts
 * import { readImpersonationRule } from 'countersign/federation/wif-setup/impersonation-rule'
 *
 * readImpersonationRule('sub eq repo:octo-org/app:*')?.operator // 'eq'
 * ```
 */
export function readImpersonationRule(rule: string): ImpersonationRule | undefined {
  const [, claim, operator, value] = /^\s*([\w.:/-]+)\s+(eq|co)\s+(\S.*?)\s*$/.exec(rule) ?? []
  if (claim === undefined || value === undefined || (operator !== 'eq' && operator !== 'co')) return undefined
  return { claim, operator, value }
}

/**
 * Finds the mistakes that an identity domain stores without a word: rules that never match, and rules that match
 * strangers. An empty list means that none is known.
 *
 * @example
 * ```ts
 * import { lintImpersonationRules } from 'countersign/federation/wif-setup/impersonation-rule'
 *
 * const issuer = 'https://token.actions.githubusercontent.com'
 * const findings = lintImpersonationRules(['sub eq repo:octo*'], { issuer }) // one: open-prefix
 * ```
 */
export function lintImpersonationRules(rules: readonly string[], context: RuleContext = {}): readonly RuleFinding[] {
  return rules.flatMap((rule, index) => [...lintRule(rule, context), ...lintOrder(rule, rules.slice(0, index))])
}

function lintRule(rule: string, context: RuleContext): readonly RuleFinding[] {
  const parsed = readImpersonationRule(rule)
  if (parsed === undefined) return [grammarFinding(rule)]
  return CHECKS.flatMap((check) => {
    const found = check(parsed, context)
    return found === undefined ? [] : [{ ...found, rule }]
  })
}

function grammarFinding(rule: string): RuleFinding {
  const [, operator] = /^\s*\S+\s+(\S+)\s+\S/.exec(rule) ?? []
  const shape = /^[a-z]{2}$/.test(operator ?? '')
    ? { code: 'operator' as const, was: `the operator "${operator}" is not known` }
    : { code: 'grammar' as const, was: 'it is not of that form' }
  return {
    severity: 'error',
    code: shape.code,
    rule,
    message: `Expected "<claim> eq <value>" or "<claim> co <value>"; ${shape.was}.`,
  }
}

type Check = (rule: ImpersonationRule, context: RuleContext) => Omit<RuleFinding, 'rule'> | undefined

const CHECKS: readonly Check[] = [
  ({ value }) => {
    if (!/\s(and|or)\s+[\w.:/-]+\s+(eq|co)\s/i.test(value)) return undefined
    return error(
      'grammar',
      'A rule holds one condition. Split "or" into several rules; for "and", add claimValidations.',
    )
  },
  ({ value }) => {
    if (!/^["']|["']$/.test(value)) return undefined
    return warning('quoted', 'Quoted values are stored but were seen never to match. Write the value without quotes.')
  },
  ({ operator, value }) => {
    const star = bare(value).indexOf('*')
    if (star === -1 || (operator === 'eq' && star === bare(value).length - 1)) return undefined
    return error('wildcard', 'A wildcard works with "eq" alone, and only as the last character of the value.')
  },
  ({ operator, value }, { issuer = '', clientClaimValues = [] }) => {
    if (operator !== 'eq' || bare(value) !== '*') return undefined
    if (!isMultiTenantIssuer(issuer) || clientClaimValues.length > 0) {
      return warning('open-to-everyone', 'Every token of this issuer becomes the service user. Name the subject.')
    }
    return error(
      'open-to-everyone',
      'This issuer signs for everyone, so any of its users who learns the client secret becomes the service user. Name the subject, or pin the audience with clientClaimValues.',
    )
  },
  ({ operator, value }, { issuer = '' }) => {
    const prefix = bare(value).slice(0, -1)
    if (operator !== 'eq' || !/[^*]\*$/.test(bare(value)) || /[/:]$/.test(prefix)) return undefined
    const finding = isMultiTenantIssuer(issuer) ? error : warning
    return finding('open-prefix', `"${bare(value)}" also matches "${prefix}-evil…". End the prefix with "/" or ":".`)
  },
  ({ operator }, { issuer = '', clientClaimValues = [] }) => {
    if (operator !== 'co' || !isMultiTenantIssuer(issuer) || clientClaimValues.length > 0) return undefined
    return warning(
      'open-prefix',
      '"co" matches the text anywhere in the claim, also in the names that strangers choose.',
    )
  },
  ({ value }) => {
    if (!/(^|:)pull_request$/.test(bare(value))) return undefined
    return warning('untrusted-code', 'Jobs of pull requests run code that nobody has reviewed yet.')
  },
  ({ claim }) => {
    if (!/^(groups|roles|scp|amr)$/.test(claim)) return undefined
    return warning('claim-composite', `"${claim}" is usually a list; lists are documented as not supported in rules.`)
  },
]

function lintOrder(rule: string, before: readonly string[]): readonly RuleFinding[] {
  const parsed = readImpersonationRule(rule)
  if (parsed === undefined) return []
  const hiding = before.find((earlier) => covers(readImpersonationRule(earlier), parsed))
  if (hiding === undefined) return []
  return [{ ...warning('never-reached', `The first match wins, and "${hiding}" before it matches all of it.`), rule }]
}

function covers(general: ImpersonationRule | undefined, specific: ImpersonationRule): boolean {
  if (general === undefined || general.claim !== specific.claim || general.operator !== 'eq') return false
  const value = bare(general.value)
  if (value === bare(specific.value) && specific.operator === 'eq') return true
  return (
    value.endsWith('*') &&
    (value === '*' || (specific.operator === 'eq' && bare(specific.value).startsWith(value.slice(0, -1))))
  )
}

function bare(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2')
}

function error(code: RuleFindingCode, message: string): Omit<RuleFinding, 'rule'> {
  return { severity: 'error', code, message }
}

function warning(code: RuleFindingCode, message: string): Omit<RuleFinding, 'rule'> {
  return { severity: 'warning', code, message }
}
