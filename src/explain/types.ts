import type { Clock, OciCredentials } from '../types.js'
import type { CauseCode } from './causes.js'

/** A request as it was, or would be, sent: names in any case, in the order of the wire, repeats included. */
export interface CapturedRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Uint8Array<ArrayBuffer>
  /** Set when there was a body that cannot be seen any more: what hangs on it is not checked. */
  readonly bodyIsUnknown?: boolean
  /** Where that body is, when a command line names a file. curl takes line breaks out of some. */
  readonly bodyFile?: { readonly path: string; readonly keepsLineBreaks: boolean }
}

/** What came back. */
export interface CapturedResponse {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
  /** When it arrived, in epoch milliseconds. Needed to tell the sender's clock from the server's. */
  readonly receivedAt?: number
}

/** What the sender was configured with, as text, right or wrong. */
export interface SetUp {
  readonly tenancy?: string
  readonly user?: string
  readonly fingerprint?: string
  /** PEM text as configured; it is read, and never shown. */
  readonly privateKey?: string
  readonly passphrase?: string
  readonly region?: string
  readonly token?: string
  readonly delegationToken?: string
}

/** Everything that may tell why a request fails. Each part is optional; more parts make a surer answer. */
export interface Evidence {
  readonly request?: Request | CapturedRequest
  readonly response?: Response | CapturedResponse
  /** The credentials that signed. Their key re-makes signatures to see what was signed; it is never shown. */
  readonly credentials?: OciCredentials
  readonly setUp?: SetUp
  /** The text of a configuration file, with the profile to read from it. */
  readonly config?: { readonly text: string; readonly profile?: string; readonly path?: string }
  /** Set when the request was sent by a browser, which drops and adds headers silently. */
  readonly sentByBrowser?: boolean
  /** When the request was sent, in epoch milliseconds. Default: the time of the answer, or else the clock's. */
  readonly sentAt?: number
  /** Asks the endpoint, without credentials, whether it is there and what time it has. Without it nothing is sent. */
  readonly probe?: typeof fetch
}

export interface ExplainOptions {
  readonly clock?: Clock
}

/** How sure a cause is: proved by the evidence, fitting it, or not excluded by it. */
export type Certainty = 'certain' | 'likely' | 'possible'

/** A cause with what speaks for it. No text in it holds a secret. */
export interface Finding {
  readonly code: CauseCode
  readonly certainty: Certainty
  readonly evidence: readonly string[]
}

/** A finding with its words: what it is, what to do, where to read on. */
export interface Cause extends Finding {
  readonly title: string
  readonly fix: string
  readonly link: string
}

export interface Explanation {
  /** The causes found, the surest first. Empty: nothing speaks against this request. */
  readonly causes: readonly Cause[]
  /** The names of the checks for which there was something to look at. */
  readonly checked: readonly string[]
}
