/** What the emulator has counted since it was made or last reset. */
export interface CounterSnapshot {
  /** Requests by the name of their surface. */
  readonly requests: Readonly<Record<string, number>>
  /** Requests refused for their signature, token or secret. */
  readonly refused: number
  /** Calls that asked for a token. */
  readonly tokenCalls: number
  /** Reads of the metadata service. */
  readonly metadataReads: number
  /** How many different public keys clients have asked tokens for: the generations of session keys. */
  readonly sessionKeys: number
  /** How often a public key was submitted again. */
  readonly publicKeyRepeats: number
  /** Most requests that were being answered at the same moment. */
  readonly peakConcurrency: number
}

/** Counts what a client does, so that a test can say "one token call, whatever the burst". */
export class Counters {
  #requests = new Map<string, number>()
  #refused = 0
  #tokenCalls = 0
  #metadataReads = 0
  #publicKeys = new Set<string>()
  #publicKeyRepeats = 0
  #active = 0
  #peak = 0

  /** Counts a request as begun; the function that comes back counts it as answered. */
  begin(surface: string): () => void {
    this.#requests.set(surface, (this.#requests.get(surface) ?? 0) + 1)
    this.#active += 1
    this.#peak = Math.max(this.#peak, this.#active)
    return () => {
      this.#active -= 1
    }
  }

  refused(): void {
    this.#refused += 1
  }

  tokenCall(): void {
    this.#tokenCalls += 1
  }

  metadataRead(): void {
    this.#metadataReads += 1
  }

  /** Remembers a submitted public key. Answers whether it was seen before. */
  publicKey(base64: string): boolean {
    const repeated = this.#publicKeys.has(base64)
    this.#publicKeys.add(base64)
    if (repeated) this.#publicKeyRepeats += 1
    return repeated
  }

  snapshot(): CounterSnapshot {
    return {
      requests: Object.fromEntries(this.#requests),
      refused: this.#refused,
      tokenCalls: this.#tokenCalls,
      metadataReads: this.#metadataReads,
      sessionKeys: this.#publicKeys.size,
      publicKeyRepeats: this.#publicKeyRepeats,
      peakConcurrency: this.#peak,
    }
  }

  reset(): void {
    this.#requests = new Map()
    this.#publicKeys = new Set()
    this.#refused = this.#tokenCalls = this.#metadataReads = this.#publicKeyRepeats = 0
    this.#peak = this.#active
  }
}
