import { UsageError } from '../errors.js'
import { alibabaAccount, alibabaClientKeyFile } from './alibaba-account.js'
import { answerJson, invalidParameter, jsonObject, notFound, refusal } from './answers.js'
import type { CertificateShape } from './certificate-authority.js'
import { certificateAuthority } from './certificate-authority.js'
import { faultFromJson } from './fault-json.js'
import type { ReceivedRequest } from './received.js'
import { DEFAULT_SETTINGS, isSetting } from './settings.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'
import type { TokenFlaw } from './tokens.js'

/** The path under which a served emulator is controlled. */
export const CONTROL_PATH = '/_emulator'

type Command = (request: ReceivedRequest, state: EmulatorState) => unknown

const COMMANDS: Readonly<Record<string, Command>> = {
  'GET /identities': (_, { identities }) => identities,
  'GET /settings': (_, { settings }) => settings,
  'PATCH /settings': changeSettings,
  'GET /counters': (_, { counters }) => counters.snapshot(),
  'DELETE /counters': (_, { counters }) => counters.reset(),
  'GET /requests': (_, { log }) => log.entries(),
  'DELETE /requests': (_, { log }) => log.clear(),
  'GET /faults': (_, { faults }) => faults.list(),
  'POST /faults': addFault,
  'DELETE /faults': (_, { faults }) => faults.clear(),
  'POST /certificates/rotate': async (request, state) => {
    const shape: CertificateShape = request.body.length === 0 ? {} : jsonObject(request)
    const { generation } = await state.of(certificateAuthority).rotate(shape)
    return { generation }
  },
  'POST /tokens/revoke': (request, { tokens }) => tokens.revoke(momentFrom(request)),
  'GET /alibaba': alibabaFixtures,
  'POST /alibaba/rotate': rotateAccessKey,
  'POST /tokens/spoil': (request, { tokens }) => tokens.spoilNext(...flawsFrom(jsonObject(request))),
}

const FLAWS: ReadonlySet<unknown> = new Set<TokenFlaw>(['no-exp', 'expired', 'other-key', 'not-a-jwt'])

/**
 * The emulator's own endpoint: whoever runs it in another process injects faults, changes settings, rotates certificates,
 * revokes tokens and reads the log and the counters through it. It is not signed: serve the emulator on loopback only.
 */
export const control: Surface = {
  name: 'control',
  matches: ({ url }) => url.pathname === CONTROL_PATH || url.pathname.startsWith(`${CONTROL_PATH}/`),
  async handle(request, state) {
    // A page of another origin could send the same requests from a developer's browser; its browser says so.
    if (request.headers.has('origin')) throw refusal(403, 'NotAllowed', 'Pages cannot control the emulator.')
    const path = request.url.pathname.slice(CONTROL_PATH.length)
    if (path === '' || path === '/') return answerJson({ commands: Object.keys(COMMANDS) })
    const name = `${request.method} ${path}`
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (command === undefined)
      throw notFound(`${request.method} ${request.url.pathname}; GET ${CONTROL_PATH} lists the commands`)
    const result = await command(request, state)
    return result === undefined ? new Response(null, { status: 204 }) : answerJson(result)
  },
}

function addFault(request: ReceivedRequest, { faults }: EmulatorState): void {
  const fault = faultFromJson(jsonObject(request))
  try {
    faults.add(fault)
  } catch (error) {
    throw error instanceof UsageError ? invalidParameter(error.message) : error
  }
}

function changeSettings(request: ReceivedRequest, { settings }: EmulatorState): unknown {
  // JSON has no undefined: null puts a setting back to its default.
  const changes = Object.entries(jsonObject(request)).map(
    ([name, value]) => [name, value ?? Reflect.get(DEFAULT_SETTINGS, name)] as const,
  )
  const wrong = changes.find(([name, value]) => !isSetting(name, value))
  if (wrong !== undefined) {
    const names = Object.keys(DEFAULT_SETTINGS).join(', ')
    throw invalidParameter(`Expected values that settings can have (${names}), received another for "${wrong[0]}".`)
  }
  return Object.assign(settings, Object.fromEntries(changes))
}

/** What a program in another process needs to be known to the emulated Alibaba Cloud account. */
async function alibabaFixtures(_: ReceivedRequest, state: EmulatorState): Promise<object> {
  const { id, region, secretName, roleName, roleArn, oidcProviderArn, accessKey } = state.of(alibabaAccount)
  const clientKeyFile = await alibabaClientKeyFile(state)
  return { accountId: id, region, secretName, roleName, roleArn, oidcProviderArn, accessKey, clientKeyFile }
}

/** Rotates the access key in a secret: in an emergency, unless the body says how long the old one is kept. */
function rotateAccessKey(request: ReceivedRequest, state: EmulatorState): object {
  const { secretName, previousForMs = 0 } = request.body.length === 0 ? {} : jsonObject(request)
  if (typeof previousForMs !== 'number') {
    throw invalidParameter('Expected "previousForMs" to be a number of milliseconds.')
  }
  const named = secretName === undefined ? {} : { secretName: String(secretName) }
  const { accessKeyId } = state.of(alibabaAccount).rotate({ ...named, previousForMs })
  return { accessKeyId }
}

/** The moment before which tokens are revoked, in epoch milliseconds; now when the body names none. */
function momentFrom(request: ReceivedRequest): number | undefined {
  const issuedBefore = request.body.length === 0 ? undefined : jsonObject(request)['issuedBefore']
  if (issuedBefore === undefined || typeof issuedBefore === 'number') return issuedBefore
  throw invalidParameter('Expected "issuedBefore" to be a number of milliseconds.')
}

function flawsFrom({ flaws }: Readonly<Record<string, unknown>>): readonly TokenFlaw[] {
  if (Array.isArray(flaws) && flaws.every((flaw) => FLAWS.has(flaw))) return flaws as TokenFlaw[]
  throw invalidParameter(`Expected "flaws" to be an array of ${[...FLAWS].join(', ')}.`)
}
