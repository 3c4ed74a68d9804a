import { type Draft, headersOf } from './draft.js'

/** The same request as code, for each runtime: the code signs by itself, with a key that stays where it belongs. */
export const snippets: Readonly<Record<string, (draft: Draft) => string>> = {
  fetch: (draft) => `import { apiKey, createSignedFetch } from 'countersign'

const fetch = createSignedFetch({ credentials: apiKey({ tenancy, user, privateKey }) })
const response = await ${call('fetch', draft)}
console.log(response.status, await response.text())`,

  Node: (draft) => `import { createSignedFetch } from 'countersign'
import { configFile } from 'countersign/credentials/config-file'

// Reads ~/.oci/config, as the OCI CLI does.
const fetch = createSignedFetch({ credentials: configFile() })
const response = await ${call('fetch', draft)}
console.log(response.status, await response.text())`,

  Deno: (draft) => `// deno run --allow-net --allow-read --allow-env --allow-sys=homedir call.ts
import { createSignedFetch } from 'npm:countersign'
import { configFile } from 'npm:countersign/credentials/config-file'

const fetch = createSignedFetch({ credentials: configFile() })
const response = await ${call('fetch', draft)}
console.log(response.status, await response.text())`,

  Worker: (draft) => `import { apiKey, createSignedFetch } from 'countersign'

let signedFetch
export default {
  async fetch(request, env) {
    signedFetch ??= createSignedFetch({
      credentials: apiKey({ tenancy: env.OCI_TENANCY, user: env.OCI_USER, privateKey: env.OCI_PRIVATE_KEY }),
    })
    return ${indented(call('signedFetch', draft), 4)}
  },
}`,
}

function call(name: string, draft: Draft): string {
  const headers = headersOf(draft).map(([header, value]) => `    ${JSON.stringify(header)}: ${JSON.stringify(value)},`)
  const parts = [
    ...(draft.method === 'GET' ? [] : [`  method: ${JSON.stringify(draft.method)},`]),
    ...(headers.length > 0 ? ['  headers: {', ...headers, '  },'] : []),
    ...(draft.body === '' || draft.method === 'GET' ? [] : [`  body: ${JSON.stringify(draft.body)},`]),
  ]
  return parts.length === 0
    ? `${name}(${JSON.stringify(draft.url)})`
    : `${name}(${JSON.stringify(draft.url)}, {\n${parts.join('\n')}\n})`
}

function indented(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`)
}
