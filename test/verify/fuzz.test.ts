import { describe, expect, it } from 'vitest'
import { VerificationError } from '../../src/errors.js'
import { type VerifyOciOptions, verifyOci, type WireRequest } from '../../src/verify/oci.js'
import { asRequest, HOST, KEY_ID, rules as lax, publicKey, wire } from './fixtures.js'

// Knows one key by the whole of its key id: another id before the same fingerprint is nobody's.
const rules: VerifyOciOptions = {
  ...lax,
  resolveKey: (id) =>
    id.kind === 'api-key' && `${id.tenancy}/${id.user}/${id.fingerprint}` === KEY_ID ? publicKey : undefined,
}

/** Numbers that look random and are the same in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Fields = readonly (readonly [string, string])[]
const next = numbers(20_261_121)
const pick = <T>(values: readonly T[]): T => values[next(values.length)] as T

const SCRAPS = [
  ...['"', ',', '=', '\\', ' ', '\t', '\r\n', '\n', '\0', 'ü', '\u2028', '\ufeff', '\u00a0', 'K', '(', ')', ':', ';'],
  ...['keyId="x"', ',signature="AAAA"', ',algorithm="none"', 'headers=""', 'Signature ', ',version="1"', '(created)'],
  ...[
    '__proto__',
    'constructor',
    'host',
    'x-date',
    '(request-target)',
    'A'.repeat(20_000),
    'A'.repeat(2000),
    ','.repeat(5000),
    '==',
  ],
]
const DATES = [
  ...['', '0', 'now', 'Thu, 01 Jan 2026 12:00:00 UTC', 'Thu, 1 Jan 2026 12:00:00 GMT', 'Thu, 01 Jan 26 12:00:00 GMT'],
  ...['Thursday, 01-Jan-26 12:00:00 GMT', 'Thu Jan  1 12:00:00 2026', '2026-01-01T12:00:00Z', '1767268800'],
  ...['Thu, 01 Jan 2026 12:00:60 GMT', 'Thu, 01 Jan 2026 12:00:00 GMT\n', 'Thu, 01 Jan 0026 12:00:00 GMT'],
  ...[
    'Thu, 01 Jan 2026 12:00:00 GMT GMT',
    'Thu, ٠١ Jan 2026 12:00:00 GMT',
    `Thu, 01 Jan 2026 12:00:00 ${'G'.repeat(9000)}`,
  ],
]
const TARGETS = [
  ...[
    '',
    '*',
    '/',
    '//evil.example/',
    `https://${HOST}/20160918/things?limit=1`,
    `http://evil.example/20160918/things?limit=1`,
  ],
  ...['evil.example:443', '20160918/things?limit=1', '/20160918/things?limit=1#x', '/20160918/things?limit=1 HTTP/1.1'],
  ...[
    '/20160918/things?limit=1\r\nhost: evil',
    '/20160918/things\0?limit=1',
    `/${'a'.repeat(100_000)}`,
    '/20160918/./things?limit=1',
  ],
]

/** Puts a scrap into a text, in place of some of it. */
function spoiled(text: string): string {
  const at = next(text.length + 1)
  return text.slice(0, at) + pick(SCRAPS) + text.slice(at + next(4))
}

function withValue(fields: Fields, name: string, change: (value: string) => string): Fields {
  return fields.map(([field, value]) => [field, field === name ? change(value) : value])
}

type Change = (request: WireRequest, fields: Fields) => WireRequest
const CHANGES: Readonly<Record<string, Change>> = {
  Authorization: (request, fields) => ({ ...request, headers: withValue(fields, 'authorization', spoiled) }),
  'the value of a header': (request, fields) => ({ ...request, headers: withValue(fields, pick(fields)[0], spoiled) }),
  'the name of a header': (request, fields) => {
    const [chosen] = pick(fields)
    return { ...request, headers: fields.map(([name, value]) => [name === chosen ? spoiled(name) : name, value]) }
  },
  'a header that comes twice': (request, fields) => {
    const [name, value] = pick(fields)
    return { ...request, headers: [...fields, [pick([name, name.toUpperCase()]), pick([value, spoiled(value)])]] }
  },
  'a header that is gone': (request, fields) => {
    const [chosen] = pick(fields)
    return { ...request, headers: fields.filter(([name]) => name !== chosen) }
  },
  'a header that nobody signed': (request, fields) => ({
    ...request,
    headers: [...fields, [spoiled('x-a'), spoiled('b')]],
  }),
  'the time': (request, fields) => ({ ...request, headers: withValue(fields, 'x-date', () => pick(DATES)) }),
  'the target': (request) => ({ ...request, target: pick([pick(TARGETS), spoiled(request.target)]) }),
  'the method': (request) => ({ ...request, method: pick(['', 'HEAD', 'GET /x', 'POST\n', spoiled(request.method)]) }),
  'the body': (request) => ({
    ...request,
    body: new TextEncoder().encode(pick(['', 'x', '{"amount":1} ', 'x'.repeat(9999)])),
  }),
}
const ORIGINALS: readonly WireRequest[] = [wire(), wire({ body: '{"amount":1}' }), wire({ method: 'DELETE' })]

describe('a signed request in which somebody changed', () => {
  it.each(Object.entries(CHANGES))('%s is refused in words, or is the same request still', async (_, change) => {
    for (let round = 0; round < 250; round++) {
      const original = pick(ORIGINALS)
      const changed = change(original, [...original.headers] as Fields)
      const outcome = await verifyOci(changed, rules).catch((error: unknown) => error)
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(VerificationError)
        expect(outcome.message.length).toBeLessThan(300)
        expect(outcome.message).toMatch(/^[^\p{Cc}]*$/u)
      } else {
        const { headers: _, ...same } = await verifyOci(original, rules)
        expect(outcome).toMatchObject(same)
      }
    }
  })

  it('anything is refused in the same way when it comes as a Request', async () => {
    for (let round = 0; round < 250; round++) {
      const original = pick(ORIGINALS)
      const fields = [...original.headers] as Fields
      const request = requestOf(pick(Object.values(CHANGES))(original, fields))
      if (request === undefined) continue
      const outcome = await verifyOci(request, rules).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(VerificationError)
      else expect(outcome).toMatchObject({ signingString: (await verifyOci(original, rules)).signingString })
    }
  })
})

/** What a platform would make of it, when it lets it through at all. */
function requestOf(changed: WireRequest): Request | undefined {
  try {
    return asRequest(changed)
  } catch {
    return undefined
  }
}
