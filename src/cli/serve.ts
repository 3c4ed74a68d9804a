import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONTROL_PATH } from '../testing/control.js'
import { createEmulator, type Emulator, type EmulatorOptions } from '../testing/emulator.js'
import type { ServedAt } from '../testing/environment.js'
import { fixtureRotation, renewFixtures, writeFixtures } from './fixture-directory.js'
import { emulatorListener } from './listener.js'
import { secureServer, untrustworthyServers } from './secure-server.js'
import { refusedBySystem } from './system-refusal.js'

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

// Most official SDKs have this port of the OKE token endpoint built in.
const OKE_PORT = 12_250

/**
 * Serves an emulator over HTTP and HTTPS, and writes the files that its clients would find on their disks. The HTTP port
 * also takes requests as a proxy does, `CONNECT` included, so that clients with built-in host names reach it. The OKE
 * port is served as well, unless another process has it.
 *
 * @throws UsageError `OPTION_INVALID` when a port or the directory cannot be used; then nothing is left behind.
 */
export async function serveEmulator(options: ServeOptions = {}): Promise<ServedEmulator> {
  const undo: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    return { ...(await start(options, undo)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Starts everything; puts the way back of each step into `undo` as soon as it is taken. */
async function start(options: ServeOptions, undo: (() => Promise<unknown>)[]): Promise<Omit<ServedEmulator, 'close'>> {
  const { host = '127.0.0.1', port = 0, httpsPort = 0 } = options
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'countersign-')))
  if (options.directory === undefined) undo.push(() => rm(directory, { recursive: true, force: true }))
  const emulator = createEmulator({ ...options, surfaces: [fixtureRotation(directory), ...(options.surfaces ?? [])] })
  const paths = await writeFixtures(emulator, directory).catch((error: unknown) => {
    throw refusedBySystem(error, `to write to ${directory}`)
  })
  const plain = createServer(emulatorListener(emulator, 'http'))
  const [secure, oke] = await Promise.all([secureServer(emulator), secureServer(emulator)])
  const untrusted = options.untrustworthy === true ? await untrustworthyServers(emulator) : []
  undo.push(() => Promise.all([plain, secure, oke, ...untrusted].map(stop)))
  undo.push(async () => emulator.close())
  acceptTunnels(plain, secure)
  const http = `http://${await listen(plain, host, port)}`
  const https = `https://${await listen(secure, host, httpsPort)}`
  const okeAddress = await listen(oke, host, OKE_PORT).catch(() => undefined)
  undo.push(renewFixtures(emulator, paths))
  const [unknownAuthority, wrongName] = await Promise.all(untrusted.map((server) => listen(server, host, 0)))
  return {
    emulator,
    http,
    https,
    oke: okeAddress === undefined ? https : `https://${okeAddress}`,
    control: `${http}${CONTROL_PATH}`,
    paths,
    identities: emulator.identities,
    fingerprint: (await emulator.keys.get('user')).fingerprint,
    ...(unknownAuthority !== undefined && { unknownAuthority: `https://${unknownAuthority}` }),
    ...(wrongName !== undefined && { wrongName: `https://${wrongName}` }),
  }
}

/** `CONNECT`: whatever host it names, the other end of the tunnel is the emulator's own HTTPS server. */
function acceptTunnels(plain: Server, secure: Server): void {
  plain.on('connect', (_, socket: Socket, head: Buffer) => {
    // Node's server has taken its own listener off: without one, a client that breaks off would end the process.
    socket.on('error', () => socket.destroy())
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    secure.emit('connection', socket)
  })
}

/** Listens, and answers host and port as they stand in a URL. */
function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(refusedBySystem(error, `to listen on ${host}, port ${port}`)))
    server.listen(port, host, () => {
      const { address, port: actual, family } = server.address() as AddressInfo
      resolve(`${family === 'IPv6' ? `[${address}]` : address}:${actual}`)
    })
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
