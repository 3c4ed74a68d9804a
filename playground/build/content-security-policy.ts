import type { Plugin } from 'vite'

const own = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
]
const oracleCloud =
  'https://*.oraclecloud.com https://*.oraclecloud.eu https://*.oraclegovcloud.com https://*.oraclegovcloud.uk'

/**
 * Writes the policy into the built pages: `index.html` may connect to its own origin only, `online.html` (the same page)
 * to Oracle Cloud as well. The development server needs inline styles and a socket, so it has no policy.
 */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = bundle['index.html']
      if (page?.type !== 'asset') throw new Error('Expected index.html in the build.')
      const html = String(page.source)
      page.source = withPolicy(html, [...own, "connect-src 'self'"])
      const source = withPolicy(html, [...own, `connect-src 'self' ${oracleCloud}`]).replace(
        '<html',
        '<html data-online',
      )
      this.emitFile({ type: 'asset', fileName: 'online.html', source })
    },
  }
}

function withPolicy(html: string, directives: readonly string[]): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${directives.join('; ')}" />`
  return html.replace(/<meta charset="utf-8" \/>/, (charset) => `${charset}\n    ${meta}`)
}
