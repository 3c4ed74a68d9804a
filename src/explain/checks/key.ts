import { ConfigurationError, type ErrorCode } from '../../errors.js'
import type { CauseCode } from '../causes.js'
import type { Scene } from '../scene.js'
import type { Finding } from '../types.js'

const causeOfFailure: Partial<Record<ErrorCode, CauseCode>> = {
  KEY_IS_PATH: 'KEY_IS_PATH',
  KEY_IS_PUBLIC: 'KEY_IS_PUBLIC',
  KEY_IS_CERTIFICATE: 'KEY_IS_CERTIFICATE',
  KEY_NOT_RSA: 'KEY_NOT_RSA',
  KEY_PASSPHRASE_REQUIRED: 'PASSPHRASE_MISSING',
  KEY_PASSPHRASE_WRONG: 'PASSPHRASE_WRONG',
  KEY_TOO_SMALL: 'KEY_TOO_SMALL',
}

const fingerprintForm = /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/u

/** Kind, passphrase, size and fingerprint of the configured private key. */
export function checkKey({ key, setUp }: Scene): readonly Finding[] {
  if (key === undefined) return checkFingerprintForm(setUp.fingerprint)
  if (key.value === undefined) return [unusable(key.failure)]
  const { bits, fingerprint } = key.value
  const short = bits !== undefined && bits < 2048
  return [
    ...(short ? [finding('KEY_TOO_SMALL', `the key has ${bits} bits`)] : []),
    ...(fingerprint === undefined ? checkFingerprintForm(setUp.fingerprint) : compare(setUp.fingerprint, fingerprint)),
  ]
}

function unusable(failure: unknown): Finding {
  const known = failure instanceof ConfigurationError ? failure : undefined
  const code = (known && causeOfFailure[known.code]) ?? 'KEY_UNREADABLE'
  return finding(code, known === undefined ? 'no key could be read from the text' : known.message)
}

function compare(configured: string | undefined, computed: string): readonly Finding[] {
  if (configured === undefined || configured.trim().toLowerCase() === computed) return []
  const form = checkFingerprintForm(configured)
  if (form.length > 0) return form
  return [finding('FINGERPRINT_MISMATCH', `configured: ${configured.trim()}`, `computed from the key: ${computed}`)]
}

function checkFingerprintForm(configured: string | undefined): readonly Finding[] {
  if (configured === undefined || fingerprintForm.test(configured.trim().toLowerCase())) return []
  return [finding('FINGERPRINT_MALFORMED', `expected 47 characters, found ${configured.trim().length}`)]
}

function finding(code: CauseCode, ...evidence: readonly string[]): Finding {
  return { code, certainty: 'certain', evidence }
}
