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
  const blocks: PemBlock[] = []
  for (const [, label = '', rest = ''] of unescapeLines(text).matchAll(
    /-----BEGIN ([A-Z0-9 ]{1,40})-----((?:(?!-----BEGIN )[\s\S])*)/g,
  )) {
    const end = rest.indexOf(`-----END ${label}-----`)
    if (end < 0) throw invalid(label, 'to be closed by its END line, found none; copy the whole file')
    blocks.push(readBlock(label, rest.slice(0, end)))
  }
  return blocks
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

function readBlock(label: string, content: string): PemBlock {
  const headers: Record<string, string> = {}
  const base64 = content.replace(/([\w-]+):\s*(\S+)\s/g, (_, name: string, value: string) => {
    headers[name] = value
    return ''
  })
  const der = decodeBase64(base64.replace(/\s+/g, ''))
  if (der === undefined)
    throw invalid(label, 'to hold base64, found other characters or a missing piece; copy the file again')
  return { label, headers, der }
}

function invalid(label: string, expected: string): ConfigurationError {
  return new ConfigurationError('PEM_INVALID', `Expected the PEM block "${label}" ${expected}.`)
}
