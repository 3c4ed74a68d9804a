/** Being written. */
export function inspectTab(panel: HTMLElement): void {
  panel.textContent = 'inspect'
}
