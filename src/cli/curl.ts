import type { SignedRequest } from './identity.js'

/** A `curl` command for a POSIX shell that sends a signed request. `data` is what `--data-binary` is to be given. */
export function curlCommand({ method, url, headers }: SignedRequest, data: string | undefined): string {
  const words = [
    // Without these curl takes dots and brackets out of the URL, and the signature no longer fits.
    ['curl', '--path-as-is', '--globoff'],
    method === 'HEAD' ? ['--head'] : ['--request', method],
    ...Object.entries(headers).map(([name, value]) => ['--header', quoted(`${name}: ${value}`)]),
    ...(data === undefined ? [] : [[data.startsWith('@') ? '--data-binary' : '--data-raw', quoted(data)]]),
    [quoted(url)],
  ]
  return words.map((group) => group.join(' ')).join(' \\\n  ')
}

/** One word for a POSIX shell, whatever is in it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
