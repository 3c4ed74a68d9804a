import { quotedWord } from './shell-words.js'

/** What `curlCommand` writes: a signed request, as the signers give it. */
export interface CurlRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A `curl` command for a POSIX shell that sends a signed request as it was signed. The body is text, or in a file (`-`
 * for the standard input). The command holds the signature, and with a session its token.
 *
 * @example
 * ```ts
 * import { curlCommand } from 'countersign/explain/curl-command'
 * import { signOciHeaders } from 'countersign'
 * import type { OciCredentials } from 'countersign'
 *
 * declare const credentials: OciCredentials
 * const request = { method: 'POST', url: 'https://example.com/', body: '{}' }
 * console.log(curlCommand(await signOciHeaders(request, credentials), { text: '{}' }))
 * ```
 */
export function curlCommand(
  { method, url, headers }: CurlRequest,
  body?: { readonly text: string } | { readonly file: string },
): string {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const words = [
    // Without these curl takes dots and brackets out of the URL, and the signature no longer fits.
    ['curl', '--path-as-is', '--globoff'],
    method === 'HEAD' ? ['--head'] : ['--request', method],
    ...Object.entries(headers).map(([name, value]) => ['--header', quotedWord(headerLine(name, value))]),
    // Else curl says of every body that it is a form.
    ...(body && !names.includes('content-type') ? [['--header', 'content-type:']] : []),
    ...(body ? [dataWords(body)] : []),
    [quotedWord(url)],
  ]
  return words.map((group) => group.join(' ')).join(' \\\n  ')
}

function dataWords(body: { readonly text: string } | { readonly file: string }): readonly string[] {
  return 'file' in body ? ['--data-binary', quotedWord(`@${body.file}`)] : ['--data-raw', quotedWord(body.text)]
}

// What ends with a colon would take the header out.
function headerLine(name: string, value: string): string {
  return value === '' ? `${name};` : `${name}: ${value}`
}
