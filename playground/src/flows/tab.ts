/** Being written. */
export function flowsTab(panel: HTMLElement): void {
  panel.textContent = 'flows'
}
