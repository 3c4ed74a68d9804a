import { systemClock } from '../types.js'
import { causes } from './causes.js'
import { checkAuthorization } from './checks/authorization.js'
import { checkBody, isChunked } from './checks/body.js'
import { checkHeaders } from './checks/headers.js'
import { checkIdentifiers } from './checks/identifiers.js'
import { checkKey } from './checks/key.js'
import { checkPlace } from './checks/place.js'
import { checkResponse } from './checks/response.js'
import { checkSetUp } from './checks/set-up.js'
import { canCompareSignatures, checkSignature } from './checks/signature.js'
import { checkTime } from './checks/time.js'
import { checkToken } from './checks/token.js'
import { found } from './evidence.js'
import { type Scene, setScene } from './scene.js'
import type { Cause, Certainty, Evidence, ExplainOptions, Explanation, Finding } from './types.js'

interface Check {
  readonly name: string
  /** Whether there is anything to look at. */
  readonly applies: (scene: Scene) => boolean
  readonly run: (scene: Scene) => readonly Finding[] | Promise<readonly Finding[]>
}

const checks: readonly Check[] = [
  { name: 'set-up', applies: ({ hasConfig }) => hasConfig, run: checkSetUp },
  { name: 'key', applies: ({ key, setUp }) => (key ?? setUp.fingerprint) !== undefined, run: checkKey },
  { name: 'identifiers', applies: namesSomebody, run: checkIdentifiers },
  { name: 'place', applies: ({ url }) => url !== undefined, run: checkPlace },
  { name: 'authorization', applies: ({ request }) => request !== undefined, run: checkAuthorization },
  { name: 'headers', applies: ({ authorization }) => authorization?.value !== undefined, run: checkHeaders },
  { name: 'time', applies: ({ request }) => request !== undefined, run: checkTime },
  { name: 'body', applies: canJudgeBody, run: checkBody },
  { name: 'token', applies: ({ token }) => token !== undefined, run: checkToken },
  { name: 'signature', applies: canCompareSignatures, run: checkSignature },
  { name: 'response', applies: ({ response }) => response !== undefined, run: checkResponse },
]

function namesSomebody({ setUp, keyId }: Scene): boolean {
  return (setUp.tenancy ?? setUp.user ?? keyId) !== undefined
}

function canJudgeBody({ request }: Scene): boolean {
  return request !== undefined && (!request.bodyIsUnknown || isChunked(request))
}

const rank: Readonly<Record<Certainty, number>> = { certain: 0, likely: 1, possible: 2 }
const order = Object.keys(causes)

/**
 * Tells why a signed OCI request is, or would be, refused: the causes that fit the evidence, the surest first, each with
 * what speaks for it and what to do. Works offline; nothing is sent, and nothing secret is in the answer.
 *
 * Give all you have: the request as it was sent, the answer, and the credentials or the configuration. With the key (or
 * with the key bound into the token) it finds out what was signed in place of what was sent.
 *
 * @example
 * ```ts
 * import { explain, explanationText } from 'countersign/explain'
 *
 * const request = new Request('https://identity.eu-frankfurt-1.oraclecloud.com/20160918/regions', {
 *   headers: { authorization: 'Bearer abc' },
 * })
 * const explanation = await explain({ request })
 * console.log(explanationText(explanation))
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
 */
export async function explain(evidence: Evidence, { clock = systemClock }: ExplainOptions = {}): Promise<Explanation> {
  const scene = await setScene(evidence, clock())
  const applicable = checks.filter(({ applies }) => applies(scene))
  const findings: Finding[] = []
  for (const { run } of applicable) findings.push(...(await run(scene)))
  const all = [...findings, ...remaining(scene, findings)]
  return { causes: ranked(all), checked: applicable.map(({ name }) => name) }
}

/** What is left to think of when a refused request shows no fault. */
function remaining({ response }: Scene, findings: readonly Finding[]): readonly Finding[] {
  const surer = findings.some(({ certainty }) => certainty !== 'possible')
  if (response?.status !== 401 || surer) return []
  return [found('KEY_NOT_REGISTERED', 'possible', 'status 401, and no fault in what could be checked')]
}

function ranked(findings: readonly Finding[]): readonly Cause[] {
  return findings
    .map((finding) => ({ ...finding, ...causes[finding.code] }))
    .sort((a, b) => rank[a.certainty] - rank[b.certainty] || order.indexOf(a.code) - order.indexOf(b.code))
}
