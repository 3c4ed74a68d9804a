import { encodeBase64 } from '../encoding/base64.js'
import type { CliCommand } from './command.js'
import { curlCommand } from './curl.js'
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
    const signed = { method, url, headers, signingString }
    if (input.flag('curl')) context.output.write(`${curlCommand(signed, input.text('data'))}\n`)
    else if (input.flag('signingString')) context.output.write(`${signingString}\n`)
    else for (const [name, value] of Object.entries(headers)) context.output.write(`${name}: ${value}\n`)
    return undefined
  },
}
