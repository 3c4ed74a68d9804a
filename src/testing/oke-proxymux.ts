import { encodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { answerText, jsonObject, refusal, requireContentType, requiredString } from './answers.js'
import { TOKEN_LIFE_MS, workloadClaims } from './claims.js'
import { describePair, generateFixturePair } from './fixture-keys.js'
import { readArmouredKey } from './public-keys.js'
import { readServiceAccount } from './service-account.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

const PATH = '/resourcePrincipalSessionTokens'

/**
 * The OKE service that turns a service account's token into a session token bound to the pod's key. The variant with
 * caching also makes the key, and hands it out.
 * @see https://docs.oracle.com/en-us/iaas/Content/ContEng/Tasks/contenggrantingworkloadaccesstoresources.htm
 */
export const okeProxymux: Surface = {
  name: 'oke',
  matches: ({ url }) => url.pathname === PATH || url.pathname === `${PATH}WithCaching`,
  async handle(request, state) {
    if (request.method !== 'POST') throw refusal(405, 'MethodNotAllowed', 'Expected POST.')
    state.counters.tokenCall()
    requireContentType(request, 'application/json')
    const { sub } = await readServiceAccount(request.headers.get('authorization'), state)
    state.notes(request).subject = String(sub)
    const body = jsonObject(request)
    return request.url.pathname === PATH ? answerForPod(body, state) : answerForNode(state)
  },
}

async function answerForPod(body: Readonly<Record<string, unknown>>, state: EmulatorState): Promise<Response> {
  const podKey = await readArmouredKey(requiredString(body, 'podKey'), 'podKey')
  state.counters.publicKey(podKey.base64)
  return envelope({ token: await workloadToken(podKey.jwk, state) }, state)
}

async function answerForNode(state: EmulatorState): Promise<Response> {
  const key = await describePair(await generateFixturePair())
  return envelope(
    {
      token: await workloadToken(key.jwk, state),
      privateKey: encodeBase64(utf8(key.privateKeyPem)),
      publicKey: encodeBase64(utf8(key.publicKeyPem)),
    },
    state,
  )
}

async function workloadToken(jwk: { readonly n: string; readonly e: string }, state: EmulatorState): Promise<string> {
  const lifeMs = state.settings.tokenLifeMs ?? TOKEN_LIFE_MS.workload
  const token = await state.tokens.issue({ claims: workloadClaims(state.identities), jwk, lifeMs })
  return state.settings.proxymuxTokenPrefix ? `ST$${token}` : token
}

/** The answer is a JSON string that holds base64 of JSON. */
function envelope(value: Readonly<Record<string, string>>, { settings }: EmulatorState): Response {
  const encoded = encodeBase64(utf8(JSON.stringify(value)))
  return answerText(settings.proxymuxQuotes ? JSON.stringify(encoded) : encoded, {
    headers: { 'content-type': 'application/json' },
  })
}
