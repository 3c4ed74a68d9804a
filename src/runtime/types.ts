/** SHA-256 fed piece by piece, for bodies too large to hold. */
export interface IncrementalSha256 {
  update(bytes: Uint8Array<ArrayBuffer>): void | Promise<void>
  /** The 32 bytes of the digest. Call it once, last. */
  digest(): Promise<Uint8Array<ArrayBuffer>>
}

/** What a runtime with a file system offers. Paths are the platform's own; `~` is not expanded here. */
export interface RuntimeFiles {
  /** The file's bytes, or `undefined` when there is no such file. Any other failure throws. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** The file's UTF-8 text, or `undefined` when there is no such file. Any other failure throws. */
  readText(path: string): Promise<string | undefined>
  /** Changes whenever the file does: time of the last change in milliseconds, or `undefined` when there is no such file. */
  modifiedAt(path: string): Promise<number | undefined>
  /** Replaces the file in one step (temporary file with the mode set first, then rename). `mode` defaults to 0o600. */
  writeAtomic(path: string, content: Uint8Array<ArrayBuffer> | string, options?: { mode?: number }): Promise<void>
  makeDirectory(path: string, options?: { mode?: number }): Promise<void>
  remove(path: string): Promise<void>
}

/** How a connection differs from the runtime's plain `fetch`. */
export interface ConnectionOptions {
  /** PEM certificates that are trusted in place of the system's. */
  readonly ca?: string
  /** The URL of an HTTP proxy. */
  readonly proxy?: string
}

/** Everything outside the process that the library may touch, for one platform. One file each implements it. */
export interface Runtime {
  readonly name: 'node' | 'deno' | 'bun' | 'workers' | 'browser'
  /** An environment variable; `undefined` when it is unset or the runtime has none. */
  env(name: string): string | undefined
  /** Absent where there is no file system. */
  readonly files?: RuntimeFiles
  /** The directory that `~` means, or `undefined`. */
  homeDirectory(): string | undefined
  /** The runtime's `fetch`. */
  readonly fetch: typeof fetch
  /**
   * A `fetch` with a private certificate authority or a proxy.
   * @throws UsageError `UNSUPPORTED_RUNTIME` where the platform cannot honour what is asked.
   */
  connect(options: ConnectionOptions): Promise<typeof fetch>
  sha256(): IncrementalSha256
  /**
   * Runs a program without a shell and gives its standard output. Absent where there are no processes.
   */
  readonly run?: (command: readonly string[], options?: { signal?: AbortSignal }) => Promise<string>
  /** False where memory and promises may belong to one request alone (Workers). */
  readonly sharesPromises: boolean
  /** True where link-local metadata services may be probed. */
  readonly hasMetadataService: boolean
}
