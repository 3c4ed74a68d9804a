import { html, type TemplateResult } from 'lit-html'

/** A text in a box, with a button that copies it. */
export function copyable(text: string, what: string): TemplateResult {
  return html`<pre class="wrap" tabindex="0" role="region" aria-label=${what}>${text}</pre>
    <p><button type="button" class="quiet" @click=${(event: Event) => copy(event, text)}>Copy ${what}</button></p>`
}

async function copy(event: Event, text: string): Promise<void> {
  const button = event.currentTarget as HTMLButtonElement
  const before = button.textContent
  try {
    await navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
  } catch {
    button.textContent = 'The browser refused; select and copy by hand'
  }
  setTimeout(() => {
    button.textContent = before
  }, 1800)
}
