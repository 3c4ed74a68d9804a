import { duration, found, isoTime } from '../evidence.js'
import { answeredAt, headerValue, type Scene } from '../scene.js'
import type { Finding } from '../types.js'

const windowMs = 300_000
const form =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/u

/** The signed date against the sender's clock and, when there was an answer, the server's. */
export function checkTime(scene: Scene): readonly Finding[] {
  const { request, response } = scene
  const date = request && (headerValue(request, 'x-date') ?? headerValue(request, 'date'))
  if (date === undefined) return []
  if (!form.test(date) || Number.isNaN(Date.parse(date)))
    return [found('DATE_MALFORMED', 'certain', `found: ${date.slice(0, 40)}`)]
  const signedAt = Date.parse(date)
  const serverAt = answeredAt(response) ?? scene.probed?.serverAt
  return serverAt === undefined ? againstOwnClock(signedAt, scene) : againstServer(signedAt, serverAt, scene)
}

function againstServer(signedAt: number, serverAt: number, { sentAt, sentAtIsKnown }: Scene): readonly Finding[] {
  if (Math.abs(serverAt - signedAt) <= windowMs) return []
  const evidence = [
    `signed: ${isoTime(signedAt)}`,
    `server: ${isoTime(serverAt)}`,
    `apart: ${duration(serverAt - signedAt)}`,
  ]
  if (!sentAtIsKnown) {
    return [
      found('CLOCK_SKEW', 'likely', ...evidence),
      ...(signedAt < serverAt ? [found('REQUEST_TOO_OLD', 'possible', ...evidence)] : []),
    ]
  }
  const held = signedAt < serverAt && Math.abs(serverAt - sentAt) <= windowMs
  return [found(held ? 'REQUEST_TOO_OLD' : 'CLOCK_SKEW', 'certain', ...evidence)]
}

function againstOwnClock(signedAt: number, { sentAt, sentAtIsKnown }: Scene): readonly Finding[] {
  if (Math.abs(sentAt - signedAt) <= windowMs) return []
  const code = signedAt < sentAt ? 'REQUEST_TOO_OLD' : 'CLOCK_SKEW'
  const apart = `apart: ${duration(sentAt - signedAt)}`
  if (sentAtIsKnown) return [found(code, 'certain', `signed: ${isoTime(signedAt)}`, `sent: ${isoTime(sentAt)}`, apart)]
  const evidence = [`signed: ${isoTime(signedAt)}`, `now: ${isoTime(sentAt)}`, apart, 'nobody told when it was sent']
  return [found(code, 'possible', ...evidence)]
}
