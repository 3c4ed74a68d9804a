/** Light or dark: as the system has it until the button says otherwise; the choice is kept. */
export function startTheme(): void {
  const root = document.documentElement
  const kept = keptTheme()
  if (kept === 'light' || kept === 'dark') root.dataset['theme'] = kept
  document.querySelector('#theme')?.addEventListener('click', () => {
    const dark = root.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
    root.dataset['theme'] = dark === 'dark' ? 'light' : 'dark'
    keepTheme(root.dataset['theme'])
  })
}

// A browser that is told to keep nothing refuses even to be asked.
function keptTheme(): string | null {
  try {
    return localStorage.getItem('theme')
  } catch {
    return null
  }
}

function keepTheme(theme: string): void {
  try {
    localStorage.setItem('theme', theme)
  } catch {
    // It lasts until the page is closed.
  }
}
