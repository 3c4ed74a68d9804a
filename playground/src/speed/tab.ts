import { html, render, type TemplateResult } from 'lit-html'
import { measure, type Round } from './measure.js'
import { plot } from './plot.js'

const planned = 12

/** How fast is it here, beside the browser's RSA alone? */
export function speedTab(panel: HTMLElement): void {
  let rounds: readonly Round[] = []
  let busy = false
  const draw = (): void => {
    render(page(rounds, busy, run), panel)
  }
  const run = async (): Promise<void> => {
    rounds = []
    busy = true
    draw()
    try {
      await measure(planned, (round) => {
        rounds = [...rounds, round]
        draw()
      })
    } finally {
      busy = false
      draw()
    }
  }
  draw()
}

function page(rounds: readonly Round[], busy: boolean, run: () => Promise<void>): TemplateResult {
  const ours = median(rounds.map((round) => round.ours))
  const raw = median(rounds.map((round) => round.raw))
  return html`
    <h1>Speed</h1>
    <p class="lead">Signing a GET, one after another, beside the same RSA operation without us. The difference is what the library costs.</p>
    <section class="card"><header><h2>Signatures per second, here</h2><button type="button" class="primary" ?disabled=${busy} @click=${run}>${busy ? 'Measuring…' : 'Measure'}</button></header>
      ${plot(rounds, planned)}
      <div aria-live="polite">${
        rounds.length < planned
          ? html`<p class="empty">${busy ? 'Six seconds.' : 'Nothing measured yet.'}</p>`
          : html`<dl>
        <dt>Countersign</dt><dd>${Math.round(ours)} per second</dd><dt>WebCrypto alone</dt><dd>${Math.round(raw)} per second</dd>
        <dt>Cost of the rest</dt><dd>${(raw / ours).toFixed(2)} × the time of the bare signature</dd></dl>`
      }</div>
      <p class="hint">Medians of ${planned} rounds. <span class="badge" data-line="ours">● Countersign</span> <span class="badge" data-line="raw">● WebCrypto alone</span></p></section>`
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
