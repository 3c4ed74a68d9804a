import { markOnline } from './page/online.js'
import { startTabs } from './page/tabs.js'
import { startTheme } from './page/theme.js'

startTheme()
markOnline()
startTabs()
if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('./service-worker.js')
