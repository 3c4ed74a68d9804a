import { html, type TemplateResult } from 'lit-html'

/** A text in a box, with a button that copies it. */
export function copyable(text: string, what: string): TemplateResult {
  return html`<pre class="wrap" tabindex="0" role="region" aria-label=${what}>${text}</pre>
    <p class="copy"><button type="button" @click=${(event: Event) => copy(event, text)}>Copy ${what}</button><span class="hint" role="status"></span></p>`
}

async function copy(event: Event, text: string): Promise<void> {
  const says = (event.currentTarget as HTMLButtonElement).nextElementSibling
  if (says === null) return
  try {
    await navigator.clipboard.writeText(text)
    says.textContent = 'Copied'
  } catch {
    says.textContent = 'The browser refused; select and copy by hand'
  }
  setTimeout(() => {
    says.textContent = ''
  }, 1800)
}
