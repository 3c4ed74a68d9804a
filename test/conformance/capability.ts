import type { Runtime } from '../../src/runtime/types.js'

/** The five adapters; a capability is there or absent on all runtimes that share one. */
export type Kind = Runtime['name']

/** One row of the matrix: something the library can do. */
export interface Row {
  readonly name: string
  /** Where it cannot be had, with the reason. */
  readonly absent?: Partial<Readonly<Record<Kind, string>>>
}

/** A row, and the cases that show it. Where it is absent, they do not run, and those of `whereAbsent` do. */
export interface Capability extends Row {
  /** Case by what it shows. A case throws when it does not hold. */
  readonly cases: Readonly<Record<string, Case>>
  readonly whereAbsent?: Readonly<Record<string, Case>>
}

export type Case = (world: World) => Promise<void>

/** A private key as `openssl` wrote it. */
export interface KeyVariant {
  readonly name: string
  readonly pem: string
  readonly passphrase?: string
  readonly fingerprint: string
}

/** What the driver tells every runtime: plain data, so that it can be fetched. */
export interface World {
  readonly target: string
  /** What the runtime must be: its adapter, and its user agent where it has one. */
  readonly expected: { readonly kind: Kind; readonly userAgent?: string }
  /** A served emulator. */
  readonly http: string
  readonly https: string
  /** The certificate that its HTTPS is to be trusted by. */
  readonly authority: string
  readonly apiKey: {
    readonly tenancy: string
    readonly user: string
    readonly fingerprint: string
    readonly privateKey: string
  }
  readonly region: string
  readonly opensslKeys: readonly KeyVariant[]
  /** Variables of a program that has one of the emulated identities. */
  readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The files those variables name: their text by path. */
  readonly files: Readonly<Record<string, string>>
  /** The published vectors, by file name without `.json`. */
  readonly vectors: Readonly<Record<string, unknown>>
}

export interface CaseResult {
  readonly capability: string
  readonly case: string
  readonly error?: string
}

export interface Report {
  readonly userAgent: string
  /** What the matrix has rows for. */
  readonly rows?: readonly Row[]
  readonly results: readonly CaseResult[]
}
