import type { CertificateDetails } from 'countersign/certificates/inspect'
import { html, render, type TemplateResult } from 'lit-html'
import { problem } from '../page/problem.js'
import { type ChainReport, makeTestChain, makeTestToken, reportChain } from './chain.js'
import { reportToken, type TokenReport } from './jwt.js'

interface State {
  text: string
  chain: ChainReport | undefined
  token: TokenReport | undefined
  failure: unknown
  busy: boolean
}

/** Paste a certificate, a chain or a token; read what it says. */
export function inspectTab(panel: HTMLElement): void {
  const state: State = { text: '', chain: undefined, token: undefined, failure: undefined, busy: false }
  const draw = (): void => {
    render(page(state, edit, make), panel)
  }
  // What is read last is shown, whatever takes longer.
  let latest = 0
  const show = async (text: string, work: () => Promise<Partial<State>>): Promise<void> => {
    const turn = ++latest
    Object.assign(state, { text, chain: undefined, token: undefined, failure: undefined, busy: true })
    draw()
    const result = await work().catch((failure: unknown) => ({ failure }))
    if (turn !== latest) return
    Object.assign(state, result, { busy: false })
    draw()
  }
  const edit = (text: string): Promise<void> => show(text, () => read(text))
  const make: Make = (maker) =>
    show('', async () => {
      const text = await maker()
      return { text, ...(await read(text)) }
    })
  draw()
}

async function read(text: string): Promise<Partial<State>> {
  if (text.trim() === '') return {}
  if (text.includes('-----BEGIN')) return { chain: await reportChain(text, Date.now()) }
  return { token: reportToken(text, Date.now()) }
}

type Make = (maker: () => Promise<string>) => Promise<void>

function page(state: State, edit: (text: string) => Promise<void>, make: Make): TemplateResult {
  return html`
    <h1>Certificates and tokens</h1>
    <p class="lead">Paste PEM certificates (leaf first) or a security token. They are read here and sent nowhere.</p>
    <div class="split">
      <section class="card" aria-label="What to read">
        <fieldset class="choices"><legend class="label">Or make one to look at</legend>
          <button type="button" ?disabled=${state.busy} @click=${() => make(makeTestChain)}>Instance certificate of a test authority</button>
          <button type="button" ?disabled=${state.busy} @click=${() => make(makeTestToken)}>Session token</button>
        </fieldset>
        <div class="field"><label for="inspect-text">Certificates or token</label>
          <textarea id="inspect-text" rows="16" spellcheck="false" .value=${state.text} @input=${(event: Event) => edit((event.target as HTMLTextAreaElement).value)}></textarea></div>
        <button type="button" class="quiet" @click=${() => edit('')}>Clear</button>
      </section>
      <div class="stack" aria-live="polite">${answer(state)}</div>
    </div>`
}

function answer({ chain, token, failure, busy }: State): TemplateResult {
  if (failure !== undefined) return problem(failure)
  if (busy) return html`<p class="empty">Reading…</p>`
  if (token !== undefined) return tokenView(token)
  if (chain !== undefined) return chainView(chain)
  return html`<p class="empty">Subject, life, fingerprints and chain; or claims, expiry and the bound key.</p>`
}

function tokenView({ header, claims, state, bound }: TokenReport): TemplateResult {
  const says = { good: '✓ Not expired', expired: '✗ Expired', endless: 'It does not say when it expires' }[state]
  return html`<section class="card"><header><h2>Token</h2><span class="badge ${state === 'expired' ? 'bad' : 'good'}">${says}</span></header>
    <p class="hint">${bound ? 'Bound to a key: only requests signed with that key count.' : 'Bound to no key.'} Nobody has verified its signature here: that takes the issuer’s key. Header: <code>${header}</code></p>
    <div class="scroll" tabindex="0" role="region" aria-label="Claims"><table class="claims"><thead><tr><th scope="col">Claim</th><th scope="col">Value</th><th scope="col">Meaning</th></tr></thead>
      <tbody>${claims.map(({ name, value, meaning }) => html`<tr><th scope="row"><code>${name}</code></th><td class="mono">${value}</td><td>${meaning}</td></tr>`)}</tbody></table></div></section>`
}

function chainView({ certificates, verdict }: ChainReport): TemplateResult {
  if (certificates.length === 0) return html`<p class="empty">There is PEM in this text, and no certificate.</p>`
  const sure =
    verdict === undefined
      ? ''
      : html`<p class="verdict ${verdict.trusted ? 'good' : 'bad'}">${verdict.trusted ? '✓ The first leads to the last, today' : `✗ ${verdict.reason}`}</p>`
  return html`${sure}${certificates.map(certificateView)}`
}

function lifeOf(notBefore: number, notAfter: number, now: number): { readonly good: boolean; readonly says: string } {
  if (now < notBefore) return { good: false, says: '✗ Not valid yet' }
  return now > notAfter ? { good: false, says: '✗ Expired' } : { good: true, says: '✓ In date' }
}

function certificateView(details: CertificateDetails): TemplateResult {
  const {
    subject,
    issuer,
    notBefore,
    notAfter,
    fingerprints,
    publicKey,
    authority,
    serialNumber,
    signatureAlgorithm,
    serverNames,
  } = details
  const life = lifeOf(notBefore, notAfter, Date.now())
  return html`<section class="card"><header><h2>${authority ? 'Authority' : 'Certificate'}</h2><span class="badge ${life.good ? 'good' : 'bad'}">${life.says}</span></header>
    <dl>
      <dt>Subject</dt><dd>${subject}</dd><dt>Issuer</dt><dd>${issuer}</dd>
      <dt>From</dt><dd>${new Date(notBefore).toISOString()}</dd><dt>Until</dt><dd>${new Date(notAfter).toISOString()}</dd>
      <dt>Key</dt><dd>${publicKey.algorithm}${publicKey.bits === undefined ? '' : `, ${publicKey.bits} bits`}</dd>
      <dt>Signed with</dt><dd>${signatureAlgorithm}</dd><dt>Serial number</dt><dd class="mono">${serialNumber}</dd>
      ${serverNames.length === 0 ? '' : html`<dt>Names</dt><dd>${serverNames.join(', ')}</dd>`}
      <dt>SHA-256</dt><dd class="mono">${fingerprints.sha256}</dd><dt>SHA-1</dt><dd class="mono">${fingerprints.sha1}</dd>
    </dl></section>`
}
