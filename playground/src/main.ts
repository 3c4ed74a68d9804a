import { markOnline } from './page/online.js'
import { startTabs } from './page/tabs.js'
import { startTheme } from './page/theme.js'

startTheme()
markOnline()
if (isSecureContext) startTabs()
else document.querySelector('#insecure')?.removeAttribute('hidden')
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // Without it the page works all the same, as long as there is a network.
  navigator.serviceWorker.register('./service-worker.js').catch(() => undefined)
}
