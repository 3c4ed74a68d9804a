import type { OciBody } from '../signers/oci-body.js'
import type { Clock, CredentialsProvider, Signer } from '../types.js'
import type { RetryPolicy, Sleep } from './retry.js'

/** What a signed `fetch` needs. Only `credentials` has no default; credentials of another cloud need their `sign` too. */
export interface SignedFetchOptions<C, O = object> {
  readonly credentials: CredentialsProvider<C>
  /** Default: OCI request signatures. */
  readonly sign?: Signer<C, O> | undefined
  /** Handed to the signer with each request. */
  readonly signOptions?: O | undefined
  /** What sends. Default: the runtime's own `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** Default: `RETRY.DEFAULT` of `countersign/http/retry`. `false`: no retries; a 401 is still answered as described. */
  readonly retry?: RetryPolicy | false | undefined
  /** Sees each attempt, without credentials, once it is clear what comes next. What it throws ends the request. */
  readonly onAttempt?: ((attempt: SignedAttempt) => void) | undefined
  readonly clock?: Clock | undefined
  readonly random?: (() => number) | undefined
  readonly sleep?: Sleep | undefined
}

/** One attempt, for a log. Credentials in headers are replaced, and the query is left out. */
export interface SignedAttempt {
  /** Counted from 1. */
  readonly attempt: number
  readonly method: string
  /** Origin and path. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  /** Undefined when there was no answer. */
  readonly status?: number
  readonly requestId?: string
  /** What `fetch` threw, when there was no answer. */
  readonly error?: unknown
  readonly durationMs: number
  /** What comes next: nothing, or another attempt and why. */
  readonly next: 'none' | 'retry' | 'refresh' | 'correct-clock'
}

/** A request in parts that can be signed any number of times. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  readonly headers: HeadersInit
  readonly body: OciBody | null
  /** Everything else that the caller passed. */
  readonly init: RequestInit
}

/** How one attempt went. */
export interface AttemptOutcome<C> {
  readonly credentials: C
  /** What was sent. */
  readonly headers: HeadersInit
  /** What was added to the clock, in milliseconds. */
  readonly offset: number
  readonly sentAt: number
  readonly endedAt: number
  readonly response?: Response
  readonly error?: unknown
}

/** One call of a signed `fetch`, from its first attempt to its last. */
export interface SignedFetchCall {
  readonly request: OutgoingRequest
  readonly startedAt: number
  /** Milliseconds that the clock of each origin is ahead of ours; shared by all calls. */
  readonly clockOffsets: Map<string, number>
  attempts: number
  retries: number
  refreshed: boolean
  clockCorrected: boolean
}
