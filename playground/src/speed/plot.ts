import { html, svg, type TemplateResult } from 'lit-html'
import type { Round } from './measure.js'

const width = 720
const height = 280
const edge = { left: 52, right: 12, top: 14, bottom: 30 }

/** Two lines over the rounds: our signatures, and the browser's bare RSA. */
export function plot(rounds: readonly Round[], planned: number): TemplateResult {
  const top = niceTop(Math.max(100, ...rounds.flatMap(({ ours, raw }) => [ours, raw])))
  const x = (index: number): number => edge.left + (index / Math.max(1, planned - 1)) * (width - edge.left - edge.right)
  const y = (value: number): number => height - edge.bottom - (value / top) * (height - edge.top - edge.bottom)
  const line = (pick: (round: Round) => number, color: string): unknown => svg`
    <polyline fill="none" stroke=${color} stroke-width="2.5" points=${rounds.map((round, index) => `${x(index)},${y(pick(round))}`).join(' ')}></polyline>
    ${rounds.map((round, index) => svg`<circle cx=${x(index)} cy=${y(pick(round))} r="3.5" fill=${color}></circle>`)}`
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (part) => svg`
    <line x1=${edge.left} x2=${width - edge.right} y1=${y(part * top)} y2=${y(part * top)} stroke="var(--line)"></line>
    <text x=${edge.left - 8} y=${y(part * top) + 4} text-anchor="end" font-size="11" fill="var(--soft)">${Math.round(part * top)}</text>`,
  )
  return html`<svg viewBox="0 0 ${width} ${height}" width="100%" class="plot" role="img" aria-label="Signatures per second, round by round">
    ${grid}${line(({ raw }) => raw, 'var(--hue-4)')}${line(({ ours }) => ours, 'var(--accent)')}
    <text x=${edge.left} y=${height - 8} font-size="11" fill="var(--soft)">signatures per second, ${rounds.length} of ${planned} rounds</text></svg>`
}

function niceTop(value: number): number {
  const size = 10 ** Math.floor(Math.log10(value))
  return Math.ceil(value / size) * size
}
