// A Bun server that keeps what it is sent in Object Storage. In a container instance or a Function it signs as that
// resource, on a laptop as the configuration file says.
//   BUCKET=inbox bun examples/bun-server.ts

import { createSignedFetch } from 'countersign'
import { defaultProvider } from 'countersign/auto'

const { BUCKET = 'inbox', OCI_OBJECT_STORAGE_ENDPOINT, PORT = '3000' } = process.env
const credentials = defaultProvider()
const { region } = await credentials()
const storage = OCI_OBJECT_STORAGE_ENDPOINT ?? `https://objectstorage.${region}.oraclecloud.com`
const fetchSigned = createSignedFetch({ credentials })
const namespace = await (await fetchSigned(`${storage}/n/`)).json()

const server = Bun.serve({
  port: Number(PORT),
  async fetch(request: Request): Promise<Response> {
    if (request.method !== 'PUT') return new Response('PUT me something.\n', { status: 405, headers: { allow: 'PUT' } })
    // The path is encoded already, but for the slashes that belong to the name.
    const name = new URL(request.url).pathname.slice(1).replaceAll('/', '%2F')
    const headers = { 'content-type': request.headers.get('content-type') ?? 'application/octet-stream' }
    const body = await request.arrayBuffer()
    const stored = await fetchSigned(`${storage}/n/${namespace}/b/${BUCKET}/o/${name}`, {
      method: 'PUT',
      headers,
      body,
    })
    return new Response(stored.ok ? 'kept\n' : 'not kept\n', { status: stored.ok ? 201 : 502 })
  },
})
console.log(`listening on ${server.url}`)
