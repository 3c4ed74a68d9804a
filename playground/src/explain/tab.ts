import {
  type Cause,
  type Evidence,
  type Explanation,
  explain,
  explanationText,
  readCapturedRequest,
  readCapturedResponse,
} from 'countersign/explain'
import { html, render, type TemplateResult } from 'lit-html'
import { copyable } from '../page/copy.js'
import { problem } from '../page/problem.js'
import { nothing, type Pasted, samples } from './samples.js'

interface State {
  pasted: Pasted
  byBrowser: boolean
  explanation: Explanation | undefined
  failure: unknown
}

/** Paste what failed; read why. */
export function explainTab(panel: HTMLElement): void {
  const state: State = { pasted: nothing, byBrowser: false, explanation: undefined, failure: undefined }
  const draw = (): void => {
    render(page(state, change, run), panel)
  }
  const change = (part: Partial<State>): void => {
    Object.assign(state, part)
    draw()
  }
  const run = async (): Promise<void> => {
    const { pasted } = state
    const result = await explained(state)
    // The answer to what has been edited meanwhile would be wrong.
    if (state.pasted === pasted) change(result)
    panel.querySelector<HTMLElement>('#causes')?.focus()
  }
  draw()
}

async function explained(state: State): Promise<Pick<State, 'explanation' | 'failure'>> {
  try {
    const evidence = evidenceOf(state)
    if (Object.keys(evidence).length === 1)
      throw new Error('Paste a request, a response, a configuration or a key first.')
    return { explanation: await explain(evidence), failure: undefined }
  } catch (failure) {
    return { explanation: undefined, failure }
  }
}

function evidenceOf({ pasted, byBrowser }: State): Evidence {
  const { request, response, config, privateKey } = pasted
  return {
    sentByBrowser: byBrowser,
    ...(request.trim() !== '' && { request: readCapturedRequest(request) }),
    ...(response.trim() !== '' && { response: readCapturedResponse(response) }),
    ...(config.trim() !== '' && {
      config: { text: config, path: 'the pasted text', profile: /^\s*\[([^\]]+)\]/mu.exec(config)?.[1] ?? 'DEFAULT' },
    }),
    ...(privateKey.trim() !== '' && { setUp: { privateKey } }),
  }
}

type Change = (part: Partial<State>) => void

function page(state: State, change: Change, run: () => Promise<void>): TemplateResult {
  return html`
    <h1>Why is it refused?</h1>
    <p class="lead">OCI says “NotAuthenticated” and no more. Paste what you have: most causes can be told right here, and nothing leaves the page.</p>
    <div class="split">
      <section class="card" aria-label="What failed">
        <fieldset class="choices"><legend class="label">Try one that fails</legend>
          ${samples.map(
            ({ name, make }) =>
              html`<button type="button" @click=${async () => {
                change({ pasted: await make() })
                await run()
              }}>${name}</button>`,
          )}
        </fieldset>
        ${field(state, change, 'request', 'Request', 'A curl command, or the HTTP request as your tool prints it.', 9)}
        ${field(state, change, 'response', 'Response', 'Status line, headers, an empty line, body. Its Date header shows the server’s clock.', 6)}
        ${field(state, change, 'config', 'Configuration', 'The profile from ~/.oci/config.', 5)}
        ${field(state, change, 'privateKey', 'Private key', 'Only to compare its fingerprint and its signatures. Better a test key.', 3)}
        <p class="field"><label class="check"><input type="checkbox" .checked=${state.byBrowser} @change=${(event: Event) => change({ byBrowser: (event.target as HTMLInputElement).checked })} /> A browser sent it</label></p>
        <button type="button" class="primary" @click=${run}>Explain</button>
        <button type="button" class="quiet" @click=${() => change({ pasted: nothing, explanation: undefined, failure: undefined })}>Clear</button>
      </section>
      <section aria-live="polite" id="causes" tabindex="-1" aria-label="Causes">${answer(state)}</section>
    </div>`
}

function field(
  state: State,
  change: Change,
  name: keyof Pasted,
  label: string,
  hint: string,
  rows: number,
): TemplateResult {
  const edit = (event: Event): void =>
    change({ pasted: { ...state.pasted, [name]: (event.target as HTMLTextAreaElement).value } })
  return html`<div class="field"><label for="paste-${name}">${label}</label>
    <textarea id="paste-${name}" rows=${rows} spellcheck="false" aria-describedby="hint-${name}" .value=${state.pasted[name]} @input=${edit}></textarea>
    <p class="hint" id="hint-${name}">${hint}</p></div>`
}

function answer({ explanation, failure }: State): TemplateResult {
  if (failure !== undefined) return problem(failure)
  if (explanation === undefined)
    return html`<p class="empty">The causes appear here, the surest first, each with its evidence and one thing to do.</p>`
  if (explanation.causes.length === 0)
    return html`<p class="verdict good">✓ Nothing speaks against this request</p><p class="hint">Checked: ${explanation.checked.join(', ')}.</p>`
  return html`<ol class="causes">${explanation.causes.map(causeView)}</ol>
    <details class="as-text"><summary>As text</summary>${copyable(explanationText(explanation), 'the explanation')}</details>`
}

function causeView({ code, title, certainty, evidence, fix, link }: Cause): TemplateResult {
  return html`<li class="fresh ${certainty}">
    <h2>${title} <span class="badge ${certainty}">${certainty}</span></h2>
    <ul>${evidence.map((line) => html`<li>${line}</li>`)}</ul>
    <p><strong>Do this:</strong> ${fix}</p>
    <p class="hint"><code>${code}</code> · <a href=${link} target="_blank" rel="noreferrer">the provider’s page</a></p>
  </li>`
}
