import { html, render, type TemplateResult } from 'lit-html'

/** Fills its element, and gives back what to do when the tab is left, if anything. */
type Tab = (panel: HTMLElement) => void | (() => void) | Promise<undefined | (() => void)>

/** Each tab is loaded when it is opened, so the first paint waits for none of their libraries. */
const tabs: readonly { readonly id: string; readonly title: string; readonly load: () => Promise<Tab> }[] = [
  { id: 'sign', title: 'Sign', load: async () => (await import('../sign/tab.js')).signTab },
  { id: 'explain', title: 'Explain', load: async () => (await import('../explain/tab.js')).explainTab },
  { id: 'keys', title: 'Keys', load: async () => (await import('../keys/tab.js')).keysTab },
  { id: 'inspect', title: 'Certificates & tokens', load: async () => (await import('../inspect/tab.js')).inspectTab },
  { id: 'flows', title: 'Flows', load: async () => (await import('../flows/tab.js')).flowsTab },
  { id: 'speed', title: 'Speed', load: async () => (await import('../speed/tab.js')).speedTab },
]

/** Shows the tab that the address names, and the next one whenever it changes. */
export function startTabs(): void {
  addEventListener('hashchange', () => void open(false))
  // The address stays: it names the tab.
  document.querySelector('.skip')?.addEventListener('click', (event) => {
    event.preventDefault()
    document.querySelector<HTMLElement>('#panel')?.focus()
  })
  void open(false)
}

let leave: (() => void) | undefined
/** Counts the tabs that were opened: one that loads slowly must not take the place of a later one. */
let turns = 0

async function open(focus: boolean): Promise<void> {
  const named = tabs.find(({ id }) => `#${id}` === location.hash)
  const current = named ?? tabs[0]
  const panel = document.querySelector<HTMLElement>('#panel')
  if (current === undefined || panel === null || (named === undefined && turns > 0)) return
  const turn = ++turns
  drawStrip(current.id, focus)
  document.title = `${current.title} · Countersign playground`
  leave?.()
  leave = undefined
  const fresh = freshPanel(current.id)
  panel.replaceChildren(fresh)
  try {
    const done = (await (await current.load())(fresh)) ?? undefined
    if (turn === turns) leave = done
    else done?.()
  } catch (error) {
    render(broken(current.title, error), fresh)
  }
}

function freshPanel(id: string): HTMLElement {
  const fresh = document.createElement('div')
  fresh.setAttribute('role', 'tabpanel')
  fresh.setAttribute('aria-labelledby', `tab-${id}`)
  return fresh
}

function broken(title: string, error: unknown): TemplateResult {
  const reason = error instanceof Error ? error.message : String(error)
  return html`<h1>${title}</h1><p class="problem" role="alert">This tab cannot be opened: ${reason}. Load the page again.</p>`
}

function drawStrip(selected: string, focus: boolean): void {
  const strip = document.querySelector<HTMLElement>('#tabs')
  if (strip === null) return
  const item = ({ id, title }: (typeof tabs)[number]): unknown => html`
    <button type="button" role="tab" id="tab-${id}" aria-controls="panel" aria-selected=${id === selected}
      tabindex=${id === selected ? 0 : -1} @click=${() => go(id)} @keydown=${(event: KeyboardEvent) => move(event, id)}>${title}</button>`
  render(tabs.map(item), strip)
  const button = document.querySelector<HTMLElement>(`#tab-${selected}`)
  button?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  if (focus) button?.focus()
}

function go(id: string): void {
  location.hash = id
}

/** Arrow keys, Home and End move along the strip, as the ARIA tab pattern has it. */
function move(event: KeyboardEvent, id: string): void {
  const at = tabs.findIndex((tab) => tab.id === id)
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key]
  const target = next === undefined ? undefined : tabs[next % tabs.length]
  if (target === undefined) return
  event.preventDefault()
  history.replaceState(null, '', `#${target.id}`)
  void open(true)
}
