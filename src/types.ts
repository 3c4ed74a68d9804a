/**
 * Makes the bytes of an RSASSA-PKCS1-v1_5 / SHA-256 signature over `data`. Stands in for a `CryptoKey` when the key
 * lives in a KMS, an HSM or a hardware binding.
 */
export type SignFunction = (data: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>

/** The claims of a token's payload, decoded and not verified. Times are epoch seconds, as the token states them. */
export type Claims = Readonly<Record<string, unknown>>

/**
 * Enough to sign one OCI request: plain, immutable data. The token and the key that it is bound to travel together and
 * are never replaced one without the other.
 */
export interface OciCredentials {
  /** `tenancy/user/fingerprint`, `ST$<token>`, `resource/v2.1/…` or another form that the verifier knows. */
  readonly keyId: string
  /** A private RSA key for RSASSA-PKCS1-v1_5 with SHA-256, or a function that signs with one. */
  readonly key: CryptoKey | SignFunction
  /** The security token behind `ST$…`, without the prefix. */
  readonly token?: string
  /** When the token stops being accepted, in epoch milliseconds. Absent: these credentials do not expire. */
  readonly expiresAt?: number
  /** When the token was issued, in epoch milliseconds. */
  readonly issuedAt?: number
  /** The token's claims, for reading only: nobody has verified them. */
  readonly claims?: Claims
  /** Headers that go with every request and are covered by its signature, such as `opc-obo-token`. */
  readonly signedHeaders?: Readonly<Record<string, string>>
  /** The region these credentials came with, as an identifier such as `eu-frankfurt-1`. */
  readonly region?: string
  /** The tenancy OCID these credentials act in, when it is known. */
  readonly tenancy?: string
  /** Which provider these credentials came from, such as `api-key` or `instance-principal`. */
  readonly source?: string
}

/** Enough to sign one Alibaba Cloud request: plain, immutable data. */
export interface AlibabaCredentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** The security token of temporary credentials. */
  readonly securityToken?: string
  /** When the access key stops being accepted, in epoch milliseconds. Absent: not known to expire. */
  readonly expiresAt?: number
  /** When the access key was handed out, in epoch milliseconds. */
  readonly issuedAt?: number
  readonly source?: string
}

/** What every kind of credentials tells about its own life, in epoch milliseconds. */
export interface Expiring {
  readonly expiresAt?: number
  readonly issuedAt?: number
}

export interface ProvideOptions<C> {
  /**
   * The credentials that were refused. The provider answers with newer ones: those it already holds, or else new ones.
   */
  readonly forceRefresh?: C
  readonly signal?: AbortSignal
}

/** Gives credentials that can sign now. Every principal is one of these. */
export type CredentialsProvider<C> = (options?: ProvideOptions<C>) => Promise<C>

/** Signs a request and returns a new one; knows bytes and headers, and nothing of where credentials come from. */
export type Signer<C, O = object> = (request: Request, credentials: C, options?: O) => Promise<Request>

/** The current time in epoch milliseconds. */
export type Clock = () => number

/** The clock of the machine. */
export const systemClock: Clock = () => Date.now()
