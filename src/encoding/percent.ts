import { UsageError } from '../errors.js'
import { hexOf } from './short.js'

const LEFT_BY_ENCODE_URI_COMPONENT = /[!'()*]/g

/**
 * Percent-encodes UTF-8 so that only the unreserved characters `A-Z a-z 0-9 - _ . ~` stay as they are, in upper-case hex.
 *
 * @throws UsageError `OPTION_INVALID` when the text holds half of a surrogate pair.
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3
 */
export function percentEncode(text: string): string {
  try {
    return encodeURIComponent(text).replace(LEFT_BY_ENCODE_URI_COMPONENT, hexOf)
  } catch {
    throw new UsageError(
      'OPTION_INVALID',
      'Expected well-formed text to percent-encode, found half of a surrogate pair.',
    )
  }
}

/**
 * Undoes percent-encoding; `plus: 'space'` reads `+` as a space, as a query built from a form does.
 *
 * @throws UsageError `URL_INVALID` when an escape is malformed or does not spell UTF-8.
 */
export function percentDecode(text: string, options: { readonly plus?: 'plus' | 'space' } = {}): string {
  const spaced = options.plus === 'space' ? text.replaceAll('+', '%20') : text
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw new UsageError(
      'URL_INVALID',
      'Expected a URL with well-formed percent-encoded UTF-8; encode a literal "%" as "%25".',
    )
  }
}
