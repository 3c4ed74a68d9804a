import { type OciCredentials, signOciHeaders } from 'countersign'
import type { SignedOciRequest } from 'countersign/signers/oci'
import { html, render, type TemplateResult } from 'lit-html'
import { copyable } from '../page/copy.js'
import { isOnline } from '../page/online.js'
import { problem } from '../page/problem.js'
import { type Signatory, signers } from '../page/signers.js'
import { curlOf, type Draft, headersOf, methods, samples, sourceOf } from './draft.js'
import { type Answer, answerView, send } from './send.js'
import { snippets } from './snippets.js'

interface State {
  draft: Draft
  signer: string
  credentials: OciCredentials | undefined
  signed: SignedOciRequest | undefined
  failure: unknown
  answer: Answer | undefined
  busy: boolean
  form: string
}

/** Write a request and watch what is signed. */
export async function signTab(panel: HTMLElement): Promise<undefined> {
  const [first] = samples
  if (first === undefined) return undefined
  const state: State = {
    draft: first.draft,
    signer: '',
    credentials: undefined,
    signed: undefined,
    failure: undefined,
    answer: undefined,
    busy: false,
    form: 'curl',
  }
  let choices: readonly Signatory[] = []
  const draw = (): void => {
    render(page(state, choices, change, act), panel)
  }
  // Letters come faster than signatures: one that is not the last any more is dropped.
  let latest = 0
  const change: Change = async (part) => {
    const turn = ++latest
    Object.assign(state, { answer: undefined }, part)
    const result = await sign(state)
    if (turn !== latest) return
    Object.assign(state, result)
    draw()
  }
  const act = async (): Promise<void> => {
    if (state.busy) return
    state.busy = true
    // Anew: the page may have been open for more than five minutes.
    await change({})
    const { signed } = state
    const answer = signed && (await send(signed))
    state.busy = false
    if (state.signed === signed) state.answer = answer
    draw()
  }
  draw()
  choices = await signers()
  await change({ signer: choices[0]?.name ?? '', credentials: choices[0]?.credentials })
  return undefined
}

async function sign({ draft, credentials }: State): Promise<Pick<State, 'signed' | 'failure'>> {
  if (credentials === undefined) return { signed: undefined, failure: undefined }
  const { method, url, body, dateHeader } = draft
  const request = { method, url, headers: Object.fromEntries(headersOf(draft)), body: body === '' ? null : body }
  try {
    return { signed: await signOciHeaders(request, credentials, { dateHeader }), failure: undefined }
  } catch (failure) {
    return { signed: undefined, failure }
  }
}

type Change = (part: Partial<State>) => Promise<void>

function page(state: State, choices: readonly Signatory[], change: Change, act: () => Promise<void>): TemplateResult {
  return html`
    <h1>Sign a request</h1>
    <p class="lead">Change anything in the request: the signing string is built anew with every letter. Each of its lines shows where it comes from.</p>
    <div class="split">
      <section class="card" aria-label="Request">${editor(state, choices, change)}</section>
      <div class="stack">
        ${state.failure === undefined ? '' : problem(state.failure)}
        ${state.credentials === undefined ? html`<p class="empty">Making a demo key…</p>` : ''}
        ${state.signed === undefined ? '' : results(state, state.signed, change, act)}
      </div>
    </div>`
}

function editor({ draft, signer }: State, choices: readonly Signatory[], change: Change): TemplateResult {
  const edit = (part: Partial<Draft>): Promise<void> => change({ draft: { ...draft, ...part } })
  const value = (event: Event): string => (event.target as HTMLInputElement).value
  return html`
    <fieldset class="field choices"><legend class="label">Begin with</legend>
      ${samples.map((sample) => html`<button type="button" @click=${() => change({ draft: sample.draft })}>${sample.name}</button>`)}
    </fieldset>
    <div class="row field">
      <div class="narrow"><label for="method">Method</label>
        <select id="method" data-field="url" @change=${(event: Event) => edit({ method: value(event) })}>
          ${methods.map((method) => html`<option ?selected=${method === draft.method}>${method}</option>`)}
        </select></div>
      <div class="grow"><label for="url">URL</label>
        <input id="url" type="url" data-field="url" spellcheck="false" autocomplete="off" .value=${draft.url} @input=${(event: Event) => edit({ url: value(event) })} /></div>
    </div>
    <div class="field"><label for="headers">Headers</label>
      <textarea id="headers" data-field="headers" rows="3" spellcheck="false" .value=${draft.headers} @input=${(event: Event) => edit({ headers: value(event) })}></textarea>
      ${hasStrayLine(draft) ? html`<p class="hint" role="status">A line without “name: value” is left out.</p>` : ''}</div>
    <div class="field"><label for="body">Body</label>
      <textarea id="body" data-field="body" rows="6" spellcheck="false" .value=${draft.body} @input=${(event: Event) => edit({ body: value(event) })}></textarea></div>
    <div class="row">
      <div class="grow"><label for="date">Time header</label>
        <select id="date" data-field="dateHeader" @change=${(event: Event) => edit({ dateHeader: value(event) === 'date' ? 'date' : 'x-date' })}>
          ${['x-date', 'date'].map((name) => html`<option ?selected=${name === draft.dateHeader}>${name}</option>`)}
        </select></div>
      <div class="grow"><label for="signer">Signed by</label>
        <select id="signer" @change=${(event: Event) => {
          const chosen = choices.find(({ name }) => name === value(event))
          return chosen && change({ signer: chosen.name, credentials: chosen.credentials })
        }}>${choices.map(({ name }) => html`<option ?selected=${name === signer}>${name}</option>`)}</select></div>
    </div>
    ${isOnline() && choices.some(({ name, isReal }) => name === signer && !isReal) ? html`<p class="notice">Oracle Cloud does not know this key. Keep one in the Keys tab together with its tenancy and user.</p>` : ''}
    ${draft.dateHeader === 'date' ? html`<p class="hint">Browsers never send a date header, so this signature is for other runtimes.</p>` : ''}`
}

function hasStrayLine({ headers }: Draft): boolean {
  return headers.split('\n').some((line) => line.trim() !== '' && !/^\s*[^:\s]+\s*:/.test(line))
}

function results(state: State, signed: SignedOciRequest, change: Change, act: () => Promise<void>): TemplateResult {
  const forms: Readonly<Record<string, string>> = {
    curl: curlOf(signed),
    ...Object.fromEntries(Object.entries(snippets).map(([name, make]) => [name, make(state.draft)])),
  }
  return html`
    <section class="card"><header><h2>Signing string</h2></header>
      <ol class="signing-string">${Object.entries(signed.signedValues).map(([name, value]) => line(name, value, state.draft))}</ol></section>
    <section class="card"><header><h2>Authorization</h2></header>${copyable(signed.headers['authorization'] ?? '', 'the header')}</section>
    <section class="card"><header><h2>Send it</h2>
      <button type="button" class="primary" ?disabled=${state.busy} @click=${act}>${isOnline() ? 'Send to the URL' : 'Send to the emulator in this page'}</button></header>
      <div aria-live="polite">${state.answer === undefined ? html`<p class="empty">The emulator checks everything: signature, time, digest, length and key.</p>` : answerView(state.answer)}</div></section>
    <section class="card"><header><h2>Take it with you</h2></header>
      <div class="choices field" role="group" aria-label="Form">
        ${Object.keys(forms).map((name) => html`<button type="button" aria-pressed=${name === state.form} @click=${() => change({ form: name, answer: state.answer })}>${name}</button>`)}
      </div>${copyable(forms[state.form] ?? '', state.form === 'curl' ? 'the command' : 'the code')}</section>`
}

function line(name: string, value: string, draft: Draft): TemplateResult {
  const { field, hue, says } = sourceOf(name, draft)
  const light = (on: boolean) => (): void => {
    for (const element of document.querySelectorAll(`[data-field='${field}']`)) element.toggleAttribute('data-lit', on)
  }
  return html`<li class="hue-${hue}" tabindex="0" @pointerenter=${light(true)} @pointerleave=${light(false)} @focus=${light(true)} @blur=${light(false)}>
    <b>${name}</b>: ${value}<small>${says}</small></li>`
}
