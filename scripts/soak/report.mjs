import process from 'node:process'

/**
 * Prints the figures, and tells whether all went well.
 * @param {{ tally: any, clients: readonly any[], weather: any, world: any, wanted: number, ms: number, json: boolean }} run
 */
export function report({ tally, clients, weather, world, wanted, ms, json }) {
  const verdicts = sum(clients.map(({ judge }) => judge.verdicts))
  const figures = {
    signed: Object.entries(verdicts).reduce(
      (total, [name, count]) => (name === 'confirmed' ? total : total + count),
      0,
    ),
    accepted: tally.accepted,
    'mismatched pairs': verdicts.mismatched,
    'signed with an expired token': verdicts.expired,
    'signed with a token of no key': verdicts.unbound,
    'refused as revoked, before the refresh': verdicts.revoked,
    'answered 503': verdicts.failed,
    'also seen by the emulator': verdicts.confirmed,
    'ended as refused': tally.refused,
    'given up by the caller': tally.aborted,
    'waves that did not end': tally.hung,
    'errors of no known kind': tally.untyped.length,
  }
  const failures = tally.errors
  const perPrincipal = clients.map(({ name, events, emulator, judge }) => ({
    principal: name,
    verified: judge.verdicts.verified,
    ...events,
    'token calls': emulator.counters.snapshot().tokenCalls,
  }))
  const passed =
    tally.accepted >= wanted &&
    ['mismatched', 'expired', 'unbound'].every((name) => verdicts[name] === 0) &&
    tally.hung === 0 &&
    tally.untyped.length === 0
  const seconds = ms / 1000
  if (json) {
    const all = { passed, seconds, waves: tally.waves, figures, failures, weather: weather.counts, perPrincipal }
    process.stdout.write(`${JSON.stringify(all)}\n`)
    return passed
  }
  section(
    `${tally.waves} waves in ${seconds.toFixed(1)} s, ${new Date(world.clock()).toISOString()} by the clock of the world`,
    figures,
  )
  section('What went wrong in the world', weather.counts)
  section('Errors that callers saw, by code', failures)
  console.table(perPrincipal)
  for (const error of tally.untyped.slice(0, 5)) process.stdout.write(`  ${error}\n`)
  process.stdout.write(passed ? 'Passed: every signature fits its token.\n' : 'FAILED\n')
  return passed
}

/** @param {readonly Record<string, number>[]} all */
function sum(all) {
  const total = {}
  for (const each of all) for (const [name, count] of Object.entries(each)) total[name] = (total[name] ?? 0) + count
  return total
}

/** @param {string} title @param {Record<string, number>} figures */
function section(title, figures) {
  process.stdout.write(`\n${title}\n`)
  for (const [name, count] of Object.entries(figures)) process.stdout.write(`  ${String(count).padStart(8)}  ${name}\n`)
}
