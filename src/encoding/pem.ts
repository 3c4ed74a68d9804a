import { ConfigurationError } from '../errors.js'
import { decodeBase64, encodeBase64 } from './base64.js'
import type { Bytes } from './bytes.js'

/** One `-----BEGIN …-----` block. */
export interface PemBlock {
  /** What stands between BEGIN and the dashes, such as `PRIVATE KEY`. */
  readonly label: string
  /** The `Name: value` lines of a traditional block, such as `DEK-Info`. */
  readonly headers: Readonly<Record<string, string>>
  /** The decoded content: DER, but for OpenSSH's own blocks. */
  readonly der: Bytes
}

/**
 * Reads every PEM block of a text, in order; no block gives an empty list.
 *
 * Takes what people really have in files and variables: a byte order mark, one layer of quotes, CRLF, line breaks that
 * became spaces or a literal `\n`, and any text before, between and after the blocks.
 *
 * @throws ConfigurationError `PEM_INVALID` when a block has no END line or its content is not base64.
 * @see https://www.rfc-editor.org/rfc/rfc7468
 */
export function readPem(text: string): readonly PemBlock[] {
  const [, ...pieces] = unescapeLines(text).split('-----BEGIN ')
  return pieces.flatMap((piece) => {
    const [heading, label] = /^([A-Z0-9 ]{1,40})-----/.exec(piece) ?? []
    return heading && label ? readBlock(label, piece.slice(heading.length)) : []
  })
}

/** Writes one PEM block, 64 characters a line, ending with a line break. */
export function writePem(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

// A variable's text may hold the two characters `\n` for each line break.
function unescapeLines(text: string): string {
  return /[\r\n]/.test(text.trim()) ? text : text.replace(/\\r|\\n/g, '\n')
}

function readBlock(label: string, rest: string): PemBlock {
  const end = rest.indexOf(`-----END ${label}-----`)
  if (end < 0) throw invalid(label, 'to be closed by its END line, found none; copy the whole file')
  const { headers, start } = readHeaders(rest.slice(0, end))
  const der = decodeBase64(rest.slice(start, end).replace(/\s+/g, ''))
  if (der) return { label, headers, der }
  throw invalid(label, 'to hold base64, found other characters or a missing piece; copy the file again')
}

// Sticky, so that each search begins where the one before ended, and the base64 is looked at once.
function readHeaders(content: string): Pick<PemBlock, 'headers'> & { readonly start: number } {
  const headers: Record<string, string> = {}
  let start = 0
  for (const [whole, name = '', value = ''] of content.matchAll(/\s*([\w-]+):\s*(\S+)\s/gy)) {
    headers[name] = value
    start += whole.length
  }
  return { headers, start }
}

function invalid(label: string, expected: string): ConfigurationError {
  return new ConfigurationError('PEM_INVALID', `Expected the PEM block "${label}" ${expected}.`)
}
