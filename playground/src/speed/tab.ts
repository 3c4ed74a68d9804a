/** Being written. */
export function speedTab(panel: HTMLElement): void {
  panel.textContent = 'speed'
}
