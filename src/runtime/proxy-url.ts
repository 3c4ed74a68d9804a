import { UsageError } from '../errors.js'

/** Makes sure that a proxy is one that every platform takes. The message does not repeat it: it may hold a password. */
export function assertProxyUrl(proxy: string): void {
  if (URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol)) return
  throw new UsageError(
    'OPTION_INVALID',
    'Expected the proxy as an http or https URL such as http://proxy.example:8080, got something else.',
  )
}
