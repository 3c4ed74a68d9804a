import { text } from '../encoding/bytes.js'
import { UsageError } from '../errors.js'
import type { Clock } from '../types.js'
import { type ParsedKeyId, type VerifiedOciRequest, verifyOci } from '../verify/oci.js'
import type { WireRequest } from '../verify/received.js'
import type { PublicKeySource } from '../verify/verification-key.js'
import type { CliCommand, CliInput } from './command.js'
import type { CliContext } from './context.js'
import { painter } from './paint.js'
import { printFacts, printJson } from './print.js'
import { type NamedPublicKey, readPublicKeys } from './public-key.js'
import { readBytes } from './request-options.js'
import { readSignedRequest } from './signed-request.js'

/** `countersign verify`: checks the signature of a request that somebody saved or pasted. */
export const verify: CliCommand = {
  arguments: [
    { name: '[file]', description: 'curl command, HTTP message or JSON of "sign --json" (default: standard input)' },
  ],
  options: [
    {
      flags: '-k, --key <file>',
      description: 'public key or certificate of the signer: PEM, or a JWK set of the token issuer',
      repeatable: true,
    },
    { flags: '--host <host>', description: 'the host that was meant (default: any)', repeatable: true },
    { flags: '--at <time>', description: 'when it arrived: an ISO time, or "signed" for any time (default: now)' },
  ],
  examples: [
    'countersign sign GET https://example.com/ --json | countersign verify --key public.pem',
    'countersign verify captured.http --key public.pem --at signed',
  ],
  async run(input, context) {
    const request = await readSignedRequest(text(await readSource(input, context)), context)
    const keys = await readKeys(input, context)
    const hosts = input.list('host')
    const verified = await verifyOci(request, {
      hosts: hosts.length > 0 ? hosts : () => true,
      resolveKey: (keyId) => keyFor(keyId, keys),
      issuerKeys: (kid) => (keys.find((key) => key.kid === kid) ?? only(keys))?.spki,
      clock: clockFor(request, input, context),
    })
    if (input.flag('json')) printJson(facts(verified), context)
    else print(verified, context)
    return undefined
  },
}

async function readSource(input: CliInput, context: CliContext): Promise<Uint8Array> {
  const path = input.argument('file')
  if (path !== '' && path !== '-') return readBytes(path, context)
  if (context.askSecret === undefined) return context.readInput()
  context.errors.write('Paste the request, then press Ctrl-D.\n')
  return context.readInput()
}

async function readKeys(input: CliInput, context: CliContext): Promise<readonly NamedPublicKey[]> {
  const paths = input.list('key')
  if (paths.length === 0)
    throw new UsageError('OPTION_INVALID', 'Expected --key with the public key of the signer, got none.')
  const keys = await Promise.all(paths.map(async (path) => readPublicKeys(await readBytes(path, context), path)))
  return keys.flat()
}

// One key must be the one; of several, the fingerprint picks.
function keyFor(keyId: ParsedKeyId, keys: readonly NamedPublicKey[]): PublicKeySource | undefined {
  const named = 'fingerprint' in keyId ? keys.find(({ fingerprint }) => fingerprint === keyId.fingerprint) : undefined
  return (named ?? only(keys))?.spki
}

function only(keys: readonly NamedPublicKey[]): NamedPublicKey | undefined {
  return keys.length === 1 ? keys[0] : undefined
}

/** The clock to verify by. With "signed" it stands at the time that the request states. */
function clockFor({ headers }: WireRequest, input: CliInput, { clock }: CliContext): Clock {
  const at = input.text('at')
  if (at === undefined) return clock
  const fields = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]))
  const time = Date.parse(at === 'signed' ? (fields.get('x-date') ?? fields.get('date') ?? '') : at)
  if (!Number.isNaN(time)) return () => time
  if (at === 'signed') return clock
  throw new UsageError('OPTION_INVALID', `Expected --at as an ISO time or "signed", got ${JSON.stringify(at)}.`)
}

function facts({ method, target, time, subject, tenancy, keyId, signedHeaders, body }: VerifiedOciRequest): object {
  const coversBody = body !== undefined
  return { verified: true, subject, tenancy, keyKind: keyId.kind, method, target, time, signedHeaders, coversBody }
}

function print(verified: VerifiedOciRequest, context: CliContext): void {
  const { method, target, time, subject, tenancy, keyId, signedHeaders, body } = verified
  context.output.write(`${painter(context.output, context)('green', 'The signature is good.')}\n`)
  printFacts(
    [
      ['signed by', subject],
      ['tenancy', tenancy],
      ['with a key of kind', keyId.kind],
      ['request', `${method} ${target}`],
      ['at', new Date(time).toISOString()],
      ['covers', signedHeaders.join(', ')],
      ['body', body === undefined ? 'not covered' : `covered, ${body.length} bytes`],
    ],
    context,
  )
}
