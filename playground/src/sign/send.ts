import type { SignedOciRequest } from 'countersign/signers/oci'
import { html, type TemplateResult } from 'lit-html'
import { isOnline } from '../page/online.js'
import { problem } from '../page/problem.js'
import { pageWorld } from '../page/world.js'

export type Answer =
  | { readonly status: number; readonly body: string; readonly reason?: string }
  | { readonly failure: unknown }

/** Sends a signed request: to the emulator in the page, or to its URL where the page's policy allows that. */
export async function send({ method, url, headers, body }: SignedOciRequest): Promise<Answer> {
  const { emulator } = await pageWorld()
  const to = isOnline() ? fetch : emulator.fetch
  try {
    const response = await to(url, {
      method,
      headers: { ...headers },
      ...(body instanceof Uint8Array && { body }),
      redirect: 'manual',
      credentials: 'omit',
    })
    const reason = response.headers.get('x-emulator-reason')
    return { status: response.status, body: await response.text(), ...(reason !== null && { reason }) }
  } catch (failure) {
    return { failure }
  }
}

export function answerView(answer: Answer): TemplateResult {
  if ('failure' in answer)
    return html`${problem(answer.failure)}${isOnline() ? html`<p class="hint">A browser hides why: most services do not allow calls from pages (CORS).</p>` : ''}`
  const { good, says } = verdictOf(answer.status)
  return html`<p class="verdict ${good ? 'good' : 'bad'}">${says} <span>${answer.status === 0 ? 'to another address' : `status ${answer.status}`}${answer.reason === undefined ? '' : `: ${answer.reason}`}</span></p>
    <pre class="wrap" tabindex="0" role="region" aria-label="Answer">${pretty(answer.body)}</pre>`
}

// Of a redirect that is not followed, a browser tells no more than that there was one: its status is 0.
function verdictOf(status: number): { readonly good: boolean; readonly says: string } {
  if (status === 0 || (status >= 300 && status < 400)) return { good: false, says: '✗ Redirected' }
  if (status < 400) return { good: true, says: '✓ Verified' }
  return { good: false, says: status === 401 ? '✗ Refused' : '✗ Failed' }
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body === '' ? '(no body)' : body
  }
}
