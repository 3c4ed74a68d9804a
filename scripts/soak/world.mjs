import { Buffer } from 'node:buffer'
import { instancePrincipal } from 'countersign/credentials/instance-principal'
import { resourcePrincipal } from 'countersign/credentials/resource-principal'
import { sessionToken } from 'countersign/credentials/session-token'
import { runtime as node } from 'countersign/runtime/node'
import { createEmulator, emulatorEnvironment, fixtureFiles } from 'countersign/testing'

const ORIGIN = 'http://127.0.0.1:8080'
const START = Date.UTC(2026, 0, 1)
/** Making RSA keys would take most of the time; neighbours in this circle differ, which is all that a mix-up needs. */
const KEY_PAIRS = 24

/**
 * Four principals, each in a cloud of its own, with one clock.
 * @param {() => number} random
 */
export async function makeWorld(random) {
  let now = START
  const clock = () => now
  const pairs = await Promise.all(Array.from({ length: KEY_PAIRS }, makePair))
  let keysUsed = 0
  const sessionKey = () => pairs[keysUsed++ % KEY_PAIRS]
  const common = { clock, random, sleep: async () => {}, timeoutMs: 150, metadataTimeoutMs: 150, loadTimeoutMs: 3_000 }

  const make = async (name, build) => {
    const machine = await makeMachine(name, clock)
    const events = { refreshed: 0, 'refresh-failed': 0, 'stale-served': 0, 'store-failed': 0 }
    const settings = { ...common, runtime: machine.runtime, onEvent: counting(events) }
    return { name, events, ...machine, provider: build(settings, machine) }
  }
  const principals = await Promise.all([
    make('instance-principal', (settings) => instancePrincipal({ ...settings, sessionKey })),
    make('resource-principal-1.1', (settings) => resourcePrincipal({ ...settings, sessionKey })),
    make('resource-principal-2.2', (settings) => resourcePrincipal(settings)),
    make('session-token', (settings, { paths }) =>
      sessionToken({
        ...settings,
        token: { file: paths.sessionToken },
        privateKey: { file: paths.sessionKey },
        region: 'us-phoenix-1',
        autoRefresh: 'write-back',
      }),
    ),
  ])
  const advance = (ms) => {
    now += Math.round(ms)
  }
  return { clock, advance, principals, keysUsed: () => keysUsed }
}

/** @param {Record<string, number>} events */
function counting(events) {
  return ({ type }) => {
    events[type] = (events[type] ?? 0) + 1
  }
}

/** An emulator, and a machine in it whose files are in memory. */
async function makeMachine(name, clock) {
  const settings = { tokenLifeMs: 20 * 60_000, sessionMaxAgeMs: 1e12 }
  const emulator = createEmulator({ clock, settings })
  const { paths, files } = await fixtureFiles(emulator, '/fixtures')
  const { fingerprint } = await emulator.keys.get('user')
  const served = { http: ORIGIN, https: ORIGIN, paths, identities: emulator.identities, fingerprint }
  const contents = new Map(files.map(({ path, content }) => [path, { content, change: 0 }]))
  let changes = 0
  const put = (path, content) => contents.set(path, { content, change: ++changes })
  const env = emulatorEnvironment(served, name)
  const runtime = {
    ...node,
    env: (variable) => env[variable],
    fetch: emulator.fetch,
    connect: async () => emulator.fetch,
    files: {
      read: async (path) => (contents.has(path) ? new Uint8Array(Buffer.from(contents.get(path).content)) : undefined),
      readText: async (path) => contents.get(path)?.content,
      modifiedAt: async (path) => contents.get(path)?.change,
      writeAtomic: async (path, content) => void put(path, String(content)),
      makeDirectory: async () => {},
      remove: async (path) => void contents.delete(path),
    },
  }
  return { emulator, paths, put, runtime }
}

function makePair() {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  }
  return crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
}
