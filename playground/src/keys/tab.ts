import { html, render, type TemplateResult } from 'lit-html'
import { copyable } from '../page/copy.js'
import { problem } from '../page/problem.js'
import { configSnippet, type HeldKey, keyIdFor, makeKey, publicKeyPem, readKey } from './held-key.js'
import { forgetKey, keepKey, type StoredKey, storedKeys } from './store.js'

interface State {
  held: HeldKey | undefined
  stored: readonly StoredKey[]
  pem: string
  passphrase: string
  name: string
  tenancy: string
  user: string
  busy: boolean
  failure: unknown
}

/** Make a key or bring one; see what to upload; keep it if you like. */
export async function keysTab(panel: HTMLElement): Promise<undefined> {
  const state: State = {
    held: undefined,
    stored: [],
    pem: '',
    passphrase: '',
    name: '',
    tenancy: '',
    user: '',
    busy: false,
    failure: undefined,
  }
  const draw = (): void => {
    render(page(state, change, run), panel)
  }
  const change = (part: Partial<State>): void => {
    Object.assign(state, part)
    draw()
  }
  const run: Run = async (work) => {
    if (state.busy) return
    change({ busy: true, failure: undefined })
    try {
      change({ ...(await work()), stored: await storedKeys(), busy: false })
    } catch (failure) {
      change({ failure, busy: false })
    }
  }
  await run(async () => ({}))
  return undefined
}

type Change = (part: Partial<State>) => void
type Run = (work: () => Promise<Partial<State>>) => Promise<void>

function page(state: State, change: Change, run: Run): TemplateResult {
  return html`
    <h1>Keys</h1>
    <p class="lead">A key is made, read and used in this page. A kept key is stored so that no script can read its private half, this page included.</p>
    <div class="split">
      <div class="stack">${makeCard(state, run)} ${readCard(state, change, run)} ${storedCard(state, run)}</div>
      <div class="stack" aria-live="polite">
        ${state.failure === undefined ? '' : problem(state.failure)}
        ${state.held === undefined ? html`<p class="empty">Fingerprint, public key and configuration appear here.</p>` : heldView(state, state.held, change, run)}
      </div>
    </div>`
}

function makeCard({ busy }: State, run: Run): TemplateResult {
  const make = (bits: 2048 | 3072 | 4096) => () => run(async () => ({ held: await makeKey(bits) }))
  return html`<section class="card"><h2>Make a key</h2>
    <div class="row">
      <button type="button" class="primary" ?disabled=${busy} @click=${make(2048)}>RSA 2048</button>
      <button type="button" ?disabled=${busy} @click=${make(3072)}>3072</button>
      <button type="button" ?disabled=${busy} @click=${make(4096)}>4096</button>
    </div><p class="hint">${busy ? 'Looking for primes…' : '2048 bits is what OCI expects; longer ones sign more slowly.'}</p></section>`
}

function readCard({ pem, passphrase, busy }: State, change: Change, run: Run): TemplateResult {
  const value = (event: Event): string => (event.target as HTMLInputElement).value
  return html`<section class="card"><h2>Bring a key</h2>
    <form @submit=${(event: Event) => {
      event.preventDefault()
      void run(async () => ({ held: await readKey(pem, passphrase), pem: '', passphrase: '' }))
    }}>
      <div class="field"><label for="pem">Private key (PEM, encrypted or not)</label>
        <textarea id="pem" rows="6" spellcheck="false" autocomplete="off" .value=${pem} @input=${(event: Event) => change({ pem: value(event) })}></textarea></div>
      <div class="field"><label for="passphrase">Passphrase, if it has one</label>
        <input id="passphrase" type="password" autocomplete="off" .value=${passphrase} @input=${(event: Event) => change({ passphrase: value(event) })} /></div>
      <button class="primary" ?disabled=${busy || pem === ''}>Read it</button>
    </form></section>`
}

function storedCard({ stored }: State, run: Run): TemplateResult {
  const forget = (name: string) => () =>
    run(async () => {
      await forgetKey(name)
      return {}
    })
  return html`<section class="card"><h2>Kept in this browser</h2>
    ${stored.length === 0 ? html`<p class="empty">None.</p>` : ''}
    ${stored.map(
      ({
        name,
        fingerprint,
        keyId,
      }) => html`<div class="row"><div class="grow"><strong>${name}</strong><p class="hint mono">${keyId ?? fingerprint}</p></div>
      <button type="button" @click=${forget(name)} aria-label="Forget ${name}">Forget</button></div>`,
    )}
    <p class="hint">Kept keys can sign in the Sign tab. Anyone who can run a script on this origin can sign with them too, but never read them.</p></section>`
}

function heldView(state: State, held: HeldKey, change: Change, run: Run): TemplateResult {
  const { fingerprint, bits, privateKeyPem } = held
  return html`
    <section class="card fresh"><h2>Fingerprint</h2><p class="mono">${fingerprint}</p>
      <p class="hint">RSA, ${bits} bits. MD5 of the public key, as OCI shows it.</p></section>
    <section class="card"><h2>Public key to upload</h2>${copyable(publicKeyPem(held), 'the public key')}</section>
    <section class="card"><h2>Configuration</h2>${copyable(configSnippet(held), 'the profile')}</section>
    ${
      privateKeyPem === undefined
        ? ''
        : html`<section class="card"><h2>Private key</h2>
      <details><summary>Show it, to save it in a file that only you can read</summary>${copyable(privateKeyPem, 'the private key')}</details></section>`
    }
    ${keepCard(state, held, change, run)}`
}

function keepCard(state: State, held: HeldKey, change: Change, run: Run): TemplateResult {
  const keep = (event: Event): void => {
    event.preventDefault()
    void run(async () => {
      await keepKey(await keptForm(state, held))
      return { name: '', tenancy: '', user: '' }
    })
  }
  const field = (name: 'name' | 'tenancy' | 'user', label: string): TemplateResult => html`
    <div class="field"><label for="key-${name}">${label}</label>
      <input id="key-${name}" type="text" autocomplete="off" spellcheck="false" .value=${state[name]} @input=${(event: Event) => change({ [name]: (event.target as HTMLInputElement).value })} /></div>`
  return html`<section class="card"><h2>Keep it here</h2>
    <form @submit=${keep}>${field('name', 'Name')} ${field('tenancy', 'Tenancy OCID, once it is uploaded')} ${field('user', 'User OCID')}
      <button ?disabled=${state.busy}>Keep, not extractable</button>
      <p class="hint">Without the two OCIDs the key is the emulator’s user’s, and Oracle Cloud does not know it.</p></form></section>`
}

async function keptForm({ name, tenancy, user }: State, held: HeldKey): Promise<StoredKey> {
  const { fingerprint, privateKey, publicKey } = held
  const label = name.trim() === '' ? `key ${fingerprint.slice(0, 8)}` : name.trim()
  const owner = { tenancy: tenancy.trim(), user: user.trim() }
  const hasOwner = owner.tenancy !== '' || owner.user !== ''
  return { name: label, fingerprint, privateKey, publicKey, ...(hasOwner && { keyId: await keyIdFor(held, owner) }) }
}
