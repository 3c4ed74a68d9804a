import type { LogEntry } from 'countersign/testing'
import { html, render, type TemplateResult } from 'lit-html'
import { problem } from '../page/problem.js'
import { type Flow, flows, type Running } from './flows.js'
import { Stage } from './stage.js'
import { timeline } from './timeline.js'

/** One run of one flow. Beginning another makes another state, which what is still under way here does not reach. */
interface State {
  readonly flow: Flow
  readonly stage: Stage
  running: Running | undefined
  busy: boolean
  failure: unknown
  burst: string
}

const minute = 60_000

/** Run an identity's whole life in the page: its exchanges, its faults, its tokens. */
export function flowsTab(panel: HTMLElement): (() => void) | undefined {
  const [first] = flows
  if (first === undefined) return undefined
  let state = fresh(first)
  const draw = (): void => {
    render(page(state, act, begin), panel)
  }
  const act: Act = async (work) => {
    const run = state
    Object.assign(run, { busy: true, failure: undefined })
    draw()
    try {
      await work()
    } catch (failure) {
      run.failure = failure
    }
    run.busy = false
    draw()
  }
  const begin = (flow: Flow): void => {
    state.stage.emulator.close()
    state = fresh(flow)
    draw()
  }
  draw()
  const timer = setInterval(draw, 5000)
  return () => {
    clearInterval(timer)
    state.stage.emulator.close()
  }
}

function fresh(flow: Flow): State {
  return { flow, stage: new Stage(), running: undefined, busy: false, failure: undefined, burst: '' }
}

type Act = (work: () => unknown) => Promise<void>

function page(state: State, act: Act, begin: (flow: Flow) => void): TemplateResult {
  const { flow, stage, failure, burst } = state
  return html`
    <h1>Flows</h1>
    <p class="lead">A whole cloud runs in this page, with a clock of its own. Make calls, break things, let time pass, and watch what the library does about it.</p>
    <div class="choices" role="group" aria-label="Flow">
      ${flows.map((other) => html`<button type="button" aria-pressed=${other === flow} @click=${() => begin(other)}>${other.title}</button>`)}
    </div>
    <div class="split">
      <div class="stack">
        <section class="card"><h2>${flow.title}</h2><p>${flow.lead}</p>${actions(state, act)}<p class="hint" aria-live="polite">${burst}</p></section>
        <section class="card"><h2>Break something</h2>${faults(state, act)}</section>
        <p class="field"><button type="button" @click=${() => begin(flow)}>Begin again</button></p>
      </div>
      <div class="stack">
        ${failure === undefined ? '' : problem(failure)}
        <section class="card"><header><h2>Token generations</h2><span class="badge">${new Date(stage.clock()).toISOString().slice(11, 19)} on the stage</span></header>${timeline(stage)}</section>
        <section class="card"><header><h2>Exchanges</h2><span class="badge">${stage.exchanges.length}</span></header>${exchanges(stage.exchanges)}</section>
      </div>
    </div>`
}

function actions(state: State, act: Act): TemplateResult {
  const { stage, busy } = state
  return html`<div class="row">
    <button type="button" class="primary" ?disabled=${busy} @click=${() => act(() => calls(state, 1))}>Make a call</button>
    <button type="button" ?disabled=${busy} @click=${() => act(() => calls(state, 50))}>50 at once</button>
    <button type="button" @click=${() => act(() => stage.pass(10 * minute))}>10 minutes pass</button>
    <button type="button" @click=${() => act(() => stage.pass(60 * minute))}>An hour passes</button></div>`
}

async function calls(state: State, count: number): Promise<void> {
  const { flow, stage } = state
  state.running ??= await flow.start(stage)
  const { running } = state
  const results = await Promise.allSettled(Array.from({ length: count }, () => running.call()))
  const accepted = results.filter((result) => result.status === 'fulfilled' && result.value.ok).length
  stage.called(accepted === count)
  const { tokenCalls, metadataReads } = stage.emulator.counters.snapshot()
  const soFar = [counted(tokenCalls, 'token call'), counted(metadataReads, 'metadata read')].join(', ')
  state.burst = `${accepted} of ${count} accepted. So far: ${soFar}.`
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function faults({ flow, stage }: State, act: Act): TemplateResult {
  const { emulator } = stage
  const { tokenSurface: surface, isRevocable, rotate } = flow
  const slow = (): unknown => emulator.faults.add({ surface, effect: 'delay', ms: 3000 })
  const down = (): unknown => emulator.faults.add({ surface, effect: 'status', status: 503, times: 20 })
  const heal = (): void => {
    emulator.faults.clear()
    emulator.settings.clockSkewMs = 0
  }
  const revoke = (): void => {
    // Tokens tell their time in whole seconds.
    emulator.tokens.revoke(stage.clock() + 1000)
    stage.pass(2000)
  }
  const skew = (): void => {
    emulator.settings.clockSkewMs = 10 * minute
  }
  return html`<div class="row">
      <button type="button" @click=${() => act(skew)}>Server clock 10 minutes ahead</button>
      <button type="button" @click=${() => act(slow)}>Token service slow, once</button>
      <button type="button" @click=${() => act(down)}>Token service down</button>
      ${isRevocable ? html`<button type="button" @click=${() => act(revoke)}>Revoke every token (401)</button>` : ''}
      ${rotate === undefined ? '' : html`<button type="button" @click=${() => act(() => rotate.act(stage))}>${rotate.title}</button>`}
      <button type="button" @click=${() => act(heal)}>Heal everything</button></div>
    <p class="hint">${emulator.faults.list().length === 0 && emulator.settings.clockSkewMs === 0 ? 'Nothing is broken.' : 'Something is broken: make a call and see.'}</p>`
}

function exchanges(entries: readonly LogEntry[]): TemplateResult {
  if (entries.length === 0) return html`<p class="empty">Make a call.</p>`
  const row = ({ entry, times }: Repeated): TemplateResult => html`<tr>
    <td class="mono time">${new Date(entry.at).toISOString().slice(11, 19)}</td><td><code>${entry.method} ${entry.host}${entry.path}</code>${signedBy(entry)}</td>
    <td><span class="badge ${entry.status < 400 ? 'good' : 'bad'}">${entry.status}${times > 1 ? ` × ${times}` : ''}</span> ${entry.refusal?.reason ?? ''}</td></tr>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Exchanges"><table><thead><tr><th scope="col">Time</th><th scope="col">Request</th><th scope="col">Answer</th></tr></thead>
    <tbody>${repeated(entries).toReversed().slice(0, 40).map(row)}</tbody></table></div>`
}

/** Who signed, and what the signature covers. */
function signedBy({ subject, signedHeaders }: LogEntry): TemplateResult | '' {
  if (signedHeaders === undefined) return ''
  return html`<small class="hint">signed ${subject === undefined ? '' : html`by <code>${subject.slice(0, 40)}…</code>`}: ${signedHeaders.join(', ')}</small>`
}

interface Repeated {
  readonly entry: LogEntry
  readonly times: number
}

/** Equal requests in a row become one line, as a burst of calls makes many. */
function repeated(entries: readonly LogEntry[]): readonly Repeated[] {
  const lines: Repeated[] = []
  for (const entry of entries) {
    const last = lines.at(-1)
    const same = last !== undefined && lineOf(last.entry) === lineOf(entry)
    if (same) lines[lines.length - 1] = { entry, times: last.times + 1 }
    else lines.push({ entry, times: 1 })
  }
  return lines
}

function lineOf({ method, host, path, status }: LogEntry): string {
  return `${method} ${host}${path} ${status}`
}
