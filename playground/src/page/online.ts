/** Whether this is the page whose policy lets it talk to Oracle Cloud. */
export function isOnline(): boolean {
  return document.documentElement.hasAttribute('data-online')
}

/** Makes the page say which of the two it is. */
export function markOnline(): void {
  if (!isOnline()) return
  const promise = document.querySelector('#promise')
  const link = document.querySelector<HTMLAnchorElement>('#online')
  if (promise !== null)
    promise.textContent =
      'Keys stay in this page; it may send the requests that you sign to Oracle Cloud, and nowhere else.'
  link?.replaceWith(
    Object.assign(document.createElement('a'), {
      href: './index.html',
      textContent: 'back to the page that talks to itself only',
    }),
  )
}
