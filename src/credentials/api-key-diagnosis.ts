import { ConfigurationError } from '../errors.js'
import type { ApiKeyOptions } from './api-key.js'

/** Says what is wrong with an API key's settings that were found to be wrong. */
export function diagnoseApiKey(options: ApiKeyOptions, computed?: string): ConfigurationError {
  const { tenancy, user, fingerprint } = options
  const finding = ocidFinding('tenancy', tenancy) ?? ocidFinding('user', user) ?? fingerprintFinding(fingerprint)
  if (finding !== undefined) return new ConfigurationError('CONFIG_INVALID', finding)
  if (computed === undefined || fingerprint === undefined) return fingerprintMissing()
  return new ConfigurationError(
    'FINGERPRINT_MISMATCH',
    `Expected a private key with the configured fingerprint ${fingerprint}, this key has ${computed}; ` +
      `use the key that belongs to it, or leave the fingerprint out if ${computed} is registered for the user.`,
  )
}

function fingerprintMissing(): ConfigurationError {
  return new ConfigurationError(
    'CONFIG_INVALID',
    'Expected a fingerprint, got none, and this kind of key does not let it be computed; ' +
      'copy it from the API keys of the user in the Console.',
  )
}

function ocidFinding(kind: 'tenancy' | 'user', value: unknown): string | undefined {
  const expected = `Expected ${kind} to be an OCID such as ocid1.${kind}.oc1..aaaa`
  if (typeof value !== 'string' || value === '') return `${expected}, got nothing.`
  if (/\s/.test(value)) return `${expected}, got one with white space or a line break in it; remove it.`
  const found = /^ocid\w*[.:]([\w-]+)[.:]/.exec(value)?.[1]
  if (found !== undefined && found !== kind) return `${expected}, got the OCID of a ${found}; was another one meant?`
  if (found === undefined) return `${expected}, got ${value.length} characters that do not begin like one.`
  return /^ocid\w*[.:][\w-]+[.:]([\w-]*[.:]){2,}[\w-]+$/.test(value)
    ? undefined
    : `${expected}, got one that is cut or has other characters in it.`
}

function fingerprintFinding(value: string | undefined): string | undefined {
  if (value === undefined || /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(value)) return undefined
  const hint = /^SHA256:|^([0-9a-f]{2}:){19,}/i.test(value)
    ? ' That is a hash of another kind; OCI wants the MD5 one.'
    : ''
  return `Expected fingerprint to be 16 pairs of hexadecimal digits with colons between, got ${value.length} other characters.${hint}`
}
