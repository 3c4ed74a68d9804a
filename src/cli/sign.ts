import { encodeBase64 } from '../encoding/base64.js'
import { curlCommand } from '../explain/curl-command.js'
import { expandHome } from '../runtime/text-file.js'
import type { CliCommand } from './command.js'
import type { CliContext } from './context.js'
import { identityOptions, openIdentity } from './identity-options.js'
import { printJson } from './print.js'
import { readRequest, requestArguments, requestOptions } from './request-options.js'

/** `countersign sign`: signs, and sends nothing. */
export const sign: CliCommand = {
  arguments: requestArguments,
  options: [
    ...requestOptions,
    ...identityOptions,
    { flags: '--curl', description: 'print a curl command that sends the request' },
    { flags: '--signing-string', description: 'print the text that is signed' },
  ],
  examples: [
    'countersign sign GET https://identity.eu-frankfurt-1.oci.oraclecloud.com/20160918/regions --curl | sh',
    'countersign sign POST https://example.com/ -d @body.json --signing-string',
  ],
  async run(input, context) {
    const identity = await openIdentity(input, context)
    const unsigned = await readRequest(input, identity, context)
    const { method, url, headers, signingString } = await identity.sign(unsigned, context)
    const body = unsigned.body && { bodyBase64: encodeBase64(unsigned.body) }
    if (input.flag('json')) return void printJson({ method, url, headers, ...body, signingString }, context)
    if (input.flag('curl'))
      context.output.write(`${curlCommand({ method, url, headers }, dataOf(input.text('data'), context))}\n`)
    else if (input.flag('signingString')) context.output.write(`${signingString}\n`)
    else for (const [name, value] of Object.entries(headers)) context.output.write(`${name}: ${value}\n`)
    return undefined
  },
}

/** What was given as `--data`, as curl is to be given it: no shell expands `@~/file`. */
function dataOf(data: string | undefined, { runtime }: CliContext): Parameters<typeof curlCommand>[1] {
  if (data === undefined) return undefined
  return data.startsWith('@') ? { file: expandHome(data.slice(1), runtime) } : { text: data }
}
