import { CountersignError } from 'countersign'
import { html, type TemplateResult } from 'lit-html'

/** An error for people: what it says, and the code to look up. */
export function problem(error: unknown): TemplateResult {
  const code = error instanceof CountersignError ? html` <span class="badge">${error.code}</span>` : ''
  return html`<p class="problem" role="alert">${error instanceof Error ? error.message : String(error)}${code}</p>`
}
