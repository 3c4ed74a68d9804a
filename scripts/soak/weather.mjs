import { certificateAuthority, issueSessionToken, rotateResourceFiles } from 'countersign/testing'

const FAULTS = [
  { effect: 'status', status: 500 },
  { effect: 'status', status: 503 },
  { effect: 'status', status: 429, retryAfterSeconds: 1 },
  { effect: 'status', status: 401 },
  { effect: 'html' },
  { effect: 'html', status: 200 },
  { effect: 'delay', ms: 20 },
  { effect: 'hang' },
  { effect: 'disconnect' },
  { effect: 'lose-answer' },
  { effect: 'truncate' },
  { effect: 'break-off' },
  { effect: 'reorder' },
]
const PLATFORM_REPLACES_MS = 8 * 60_000
const FLAWS = ['no-exp', 'expired', 'other-key', 'not-a-jwt']

/**
 * What goes wrong between one wave of requests and the next.
 * @param {Awaited<ReturnType<typeof import('./world.mjs').makeWorld>>} world
 * @param {() => number} random
 */
export function makeWeather({ principals, clock }, random) {
  const counts = { faults: 0, flaws: 0, revocations: 0, rotations: 0, storms: 0 }
  const one = (list) => list[Math.floor(random() * list.length)]
  let calm = 0
  let replacedAt = clock()

  return {
    counts,
    async change(clients) {
      // The platform replaces the files of a function long before the token in them expires.
      if (clock() > replacedAt + PLATFORM_REPLACES_MS) {
        replacedAt = clock()
        for (const client of clients) if (client.name === 'resource-principal-2.2') await replaceFiles(client)
      }
      // Whoever owns the session logs in again when it is over.
      for (const client of clients) {
        if (client.name === 'session-token' && client.provider.current() === undefined) await replaceFiles(client)
      }
      // After a storm come a few waves in which everything can recover.
      if (calm > 0) {
        calm -= 1
        return
      }
      for (const client of clients) await strike(client)
      if (random() < 0.2) {
        calm = 3
        for (const { emulator } of principals) emulator.faults.clear()
      }
    },
    clear() {
      for (const { emulator } of principals) emulator.faults.clear()
    },
  }

  async function strike(client) {
    const { emulator, judge } = client
    if (random() < 0.25) {
      counts.faults += 1
      emulator.faults.add({ ...one(FAULTS), times: 1 + Math.floor(random() * 3) })
    }
    if (random() < 0.02) {
      counts.storms += 1
      emulator.faults.add({ ...one(FAULTS), times: 40 })
    }
    if (random() < 0.03) {
      counts.flaws += 1
      emulator.tokens.spoilNext(one(FLAWS))
    }
    if (random() < 0.04) {
      counts.rotations += 1
      await rotate(client)
    }
    if (random() < 0.04) {
      counts.revocations += 1
      judge.revoke()
      // What lies in files is revoked too: somebody logs in again, or the platform writes new ones.
      await replaceFiles(client)
    }
  }

  async function rotate({ name, emulator, paths, put }) {
    if (name === 'instance-principal' || name === 'resource-principal-1.1') {
      if (random() < 0.5) emulator.settings.rotateAfterRead = one(['certificate', 'key'])
      else await emulator.of(certificateAuthority).rotate()
      return
    }
    await replaceFiles({ name, emulator, paths, put })
  }

  async function replaceFiles({ name, emulator, paths, put }) {
    if (name === 'session-token') put(paths.sessionToken, await issueSessionToken(emulator))
    if (name !== 'resource-principal-2.2') return
    const rotation = { tokenPath: paths.resourceToken, keyPath: paths.resourceSessionKey, halfWritten: true }
    const steps = rotateResourceFiles(emulator, rotation)
    for await (const { path, content } of steps) put(path, content)
  }
}
