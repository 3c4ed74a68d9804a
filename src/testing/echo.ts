import { encodeBase64 } from '../encoding/base64.js'
import { answerJson } from './answers.js'
import { authenticate } from './authenticate.js'
import type { Surface } from './surface.js'

/** `/echo`: tells what was received and what of it was verified. */
export const echo: Surface = {
  name: 'echo',
  matches: ({ url }) => url.pathname === '/echo' || url.pathname.startsWith('/echo/'),
  async handle(request, state) {
    const { principal, signedHeaders, signingString } = await authenticate(request, state)
    const digest = await crypto.subtle.digest('SHA-256', request.body)
    return answerJson({
      verified: true,
      principal,
      signedHeaders,
      signingString,
      method: request.method,
      target: request.target,
      host: request.host,
      body: { length: request.body.length, sha256: encodeBase64(new Uint8Array(digest)) },
    })
  },
}
