/** Light or dark: as the system has it until the button says otherwise; the choice is kept. */
export function startTheme(): void {
  const root = document.documentElement
  const kept = localStorage.getItem('theme')
  if (kept !== null) root.dataset['theme'] = kept
  document.querySelector('#theme')?.addEventListener('click', () => {
    const dark = root.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
    root.dataset['theme'] = dark === 'dark' ? 'light' : 'dark'
    localStorage.setItem('theme', root.dataset['theme'])
  })
}
