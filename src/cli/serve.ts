import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { answerJson } from '../testing/answers.js'
import { CONTROL_PATH } from '../testing/control.js'
import { createEmulator, type Emulator, type EmulatorOptions } from '../testing/emulator.js'
import type { ServedAt } from '../testing/environment.js'
import { type FixturePaths, fixtureFiles } from '../testing/fixture-files.js'
import { rotateResourceFiles } from '../testing/resource-file-rotation.js'
import { issueServerCertificate, type ServerCertificateOptions } from '../testing/server-certificate.js'
import type { Surface } from '../testing/surface.js'
import { emulatorListener } from './listener.js'

/** How to serve an emulator. Everything has a default. */
export interface ServeOptions extends EmulatorOptions {
  /** The address to listen on: loopback, unless you know who else can reach it. */
  readonly host?: string
  /** 0, the default, lets the system choose. */
  readonly port?: number
  readonly httpsPort?: number
  /** Where the fixture files go; a new temporary directory by default, which `close` removes. */
  readonly directory?: string
  /** Also serves HTTPS with certificates that a careful client refuses. */
  readonly untrustworthy?: boolean
}

/** A running emulator. */
export interface ServedEmulator extends ServedAt {
  readonly emulator: Emulator
  /** The address of the control endpoint. */
  readonly control: string
  /** HTTPS by an authority nobody trusts, and HTTPS for another name. Only with `untrustworthy`. */
  readonly unknownAuthority?: string
  readonly wrongName?: string
  close(): Promise<void>
}

/**
 * Serves an emulator over HTTP and HTTPS, and writes the files that its clients would find on their disks. Either port
 * also takes requests as a proxy does, `CONNECT` included, so that clients with hard-coded host names reach it.
 */
export async function serveEmulator(options: ServeOptions = {}): Promise<ServedEmulator> {
  const { host = '127.0.0.1' } = options
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'countersign-')))
  const files: { paths?: FixturePaths } = {}
  const emulator = createEmulator({
    ...options,
    surfaces: [rotation(() => emulator, files), ...(options.surfaces ?? [])],
  })
  const paths = await writeFixtures(emulator, directory)
  files.paths = paths
  const secure = await secureServer(emulator)
  const plain = createServer(emulatorListener(emulator, 'http'))
  const extra = options.untrustworthy === true ? await untrustworthyServers(emulator) : []
  acceptTunnels(plain, secure)
  const servers = [plain, secure, ...extra]
  const ports = [options.port, options.httpsPort]
  const [http = '', https = '', unknownAuthority, wrongName] = await Promise.all(
    servers.map((server, index) => listen(server, host, ports[index] ?? 0, index === 0 ? 'http' : 'https')),
  )
  return {
    emulator,
    http,
    https,
    control: `${http}${CONTROL_PATH}`,
    paths,
    identities: emulator.identities,
    fingerprint: (await emulator.keys.get('user')).fingerprint,
    ...(unknownAuthority === undefined ? {} : { unknownAuthority }),
    ...(wrongName === undefined ? {} : { wrongName }),
    async close() {
      emulator.close()
      await Promise.all(servers.map(stop))
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true })
    },
  }
}

async function writeFixtures(emulator: Emulator, directory: string): Promise<FixturePaths> {
  const { paths, directories, files } = await fixtureFiles(emulator, directory)
  for (const path of directories) await mkdir(path, { recursive: true, mode: 0o700 })
  await Promise.all(files.map(({ path, content, mode }) => writeFile(path, content, { mode })))
  return paths
}

async function secureServer(emulator: Emulator, options: ServerCertificateOptions = {}): Promise<Server> {
  const { certificatePem: cert, privateKeyPem: key } = await issueServerCertificate(emulator, options)
  const contexts = new Map<string, Promise<SecureContext>>()
  const contextFor = async (name: string): Promise<SecureContext> => {
    const own = await issueServerCertificate(emulator, { ...options, names: [name] })
    return createSecureContext({ cert: own.certificatePem, key: own.privateKeyPem })
  }
  return createSecureServer(
    {
      cert,
      key,
      // Tunnelled clients name the host they believe they talk to: each name gets its own certificate.
      SNICallback(name, done) {
        if (options.names !== undefined || name === 'localhost') return done(null)
        const context = contexts.get(name) ?? contextFor(name)
        contexts.set(name, context)
        context.then((ready) => done(null, ready), done)
      },
    },
    emulatorListener(emulator, 'https'),
  )
}

function untrustworthyServers(emulator: Emulator): Promise<Server[]> {
  return Promise.all([
    secureServer(emulator, { authority: 'unknown-authority', names: ['127.0.0.1', '::1', 'localhost'] }),
    secureServer(emulator, { names: ['another.example'] }),
  ])
}

/** `CONNECT`: whatever host it names, the other end of the tunnel is the emulator's own HTTPS server. */
function acceptTunnels(plain: Server, secure: Server): void {
  plain.on('connect', (_, socket: Socket, head: Buffer) => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    secure.emit('connection', socket)
  })
}

/** `POST …/resource-principal/rotate`: replaces the two files of the resource principal 2.2. */
function rotation(emulator: () => Emulator, files: { readonly paths?: FixturePaths }): Surface {
  const path = `${CONTROL_PATH}/resource-principal/rotate`
  return {
    name: 'control',
    matches: ({ url, method, headers }) => method === 'POST' && url.pathname === path && !headers.has('origin'),
    async handle() {
      const { resourceToken: tokenPath = '', resourceSessionKey: keyPath = '' } = files.paths ?? {}
      for await (const step of rotateResourceFiles(emulator(), { tokenPath, keyPath })) {
        await writeFile(`${step.path}.new`, step.content, { mode: 0o600 })
        await rename(`${step.path}.new`, step.path)
      }
      return answerJson({ rotated: [keyPath, tokenPath] })
    },
  }
}

function listen(server: Server, host: string, port: number, scheme: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const { address, port: actual, family } = server.address() as AddressInfo
      resolve(`${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${actual}`)
    })
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
