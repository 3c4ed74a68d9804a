import { capabilities } from 'virtual:capabilities'
import { runtime } from '#runtime'
import type { Capability, CaseResult, Report, World } from './capability.js'

const CASE_TIMEOUT = 60_000

/** Fetches the world from the driver, runs every case in it, and posts what came of them. */
export async function conform(base: string, target: string): Promise<void> {
  const world = (await (await fetch(`${base}/world/${target}`)).json()) as World
  const results: CaseResult[] = []
  for (const capability of capabilities) {
    for (const [name, run] of casesHere(capability)) {
      results.push({ capability: capability.name, case: name, ...(await outcome(run(world))) })
    }
  }
  const rows = capabilities.map(({ name, absent }) => ({ name, ...(absent && { absent }) }))
  const report: Report = { userAgent: globalThis.navigator?.userAgent ?? '', rows, results }
  await fetch(`${base}/report/${target}`, { method: 'POST', body: JSON.stringify(report) })
}

function casesHere({ cases, absent, whereAbsent = {} }: Capability): [string, (world: World) => Promise<void>][] {
  return Object.entries(absent?.[runtime.name] === undefined ? cases : whereAbsent)
}

async function outcome(running: Promise<void>): Promise<{ error?: string }> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${CASE_TIMEOUT} ms`)), CASE_TIMEOUT)
  })
  try {
    await Promise.race([running, late])
    return {}
  } catch (error) {
    return { error: describe(error) }
  } finally {
    clearTimeout(timer)
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `; cause: ${describe(error.cause)}`
  return `${error.name}: ${error.message}${cause}${error.stack ? `\n${error.stack}` : ''}`
}
