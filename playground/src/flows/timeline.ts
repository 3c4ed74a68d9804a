import { html, svg, type TemplateResult } from 'lit-html'
import type { Mark, Stage } from './stage.js'

const width = 720
const rowHeight = 22
const left = 8

const looks: Readonly<Record<Mark['kind'], { readonly color: string; readonly says: string; readonly row: number }>> = {
  accepted: { color: 'var(--good)', says: 'call accepted', row: 0 },
  refused: { color: 'var(--bad)', says: 'call refused', row: 0 },
  'refresh-failed': { color: 'var(--warn)', says: 'refresh failed', row: 1 },
  'stale-served': { color: 'var(--soft)', says: 'old token served', row: 1 },
}

/** The lives of the tokens, one bar each, and what happened meanwhile. */
export function timeline({ generations, marks, startedAt, clock }: Stage): TemplateResult {
  const now = clock()
  const end = Math.max(now, ...generations.map(({ until }) => until), startedAt + 60_000)
  const x = (time: number): number => left + ((time - startedAt) / (end - startedAt)) * (width - 2 * left)
  const height = 60 + Math.max(1, generations.length) * rowHeight
  const spoken = `${generations.length} token generations; ${marks.filter(({ kind }) => kind === 'accepted').length} calls accepted, ${marks.filter(({ kind }) => kind === 'refused').length} refused.`
  const bars = generations.map(
    ({ from, until, forced }, row) => svg`
    <rect x=${x(from)} y=${12 + row * rowHeight} width=${Math.max(3, x(until) - x(from))} height=${rowHeight - 7} rx="4" fill="var(--accent-soft)" stroke="var(--accent)"></rect>
    <text x=${x(from) + 6} y=${24 + row * rowHeight} font-size="11" fill="currentColor">token ${row + 1}${forced ? ', after a refusal' : ''}</text>`,
  )
  const dots = marks.map(
    ({ at, kind }) =>
      svg`<circle cx=${x(at)} cy=${height - 24 - looks[kind].row * 14} r="5" fill=${looks[kind].color}><title>${looks[kind].says}</title></circle>`,
  )
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Timeline">
      <svg viewBox="0 0 ${width} ${height}" width="100%" class="timeline" role="img" aria-label=${spoken}>
        ${bars}<line x1=${x(now)} x2=${x(now)} y1="4" y2=${height - 12} stroke="var(--bad)" stroke-dasharray="4 3"></line>
        <text x=${Math.min(x(now) + 4, width - 34)} y=${height - 2} font-size="11" fill="currentColor">now</text>${dots}
      </svg></div>
    <p class="hint">${Object.values(looks).map(({ color, says }) => html`${dot(color)} ${says}  `)}</p>`
}

function dot(color: string): TemplateResult {
  return html`<svg width="10" height="10" aria-hidden="true"><circle cx="5" cy="5" r="4" fill=${color}></circle></svg>`
}
