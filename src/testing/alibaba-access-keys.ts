import type { AlibabaCredentials, Clock } from '../types.js'

/** An access key that the emulated account knows, and who it belongs to. */
export interface IssuedAccessKey {
  readonly credentials: AlibabaCredentials
  /** The ARN of the user or of the assumed role. */
  readonly arn: string
  /** When it stops being accepted, in epoch milliseconds. */
  expiresAt?: number
}

/** An access key with its security token. */
export type TemporaryAccessKey = AlibabaCredentials & { readonly securityToken: string; readonly expiresAt: number }

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Every access key of the emulated account: those of users, and temporary ones of roles. */
export class AlibabaAccessKeys {
  readonly #keys = new Map<string, IssuedAccessKey>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A new access key of a user: good until it is removed. */
  issue(arn: string): AlibabaCredentials {
    return this.#add({ accessKeyId: `LTAI5t${randomText(18)}`, accessKeySecret: randomText(30) }, arn)
  }

  /** A new access key with a security token, good for so many milliseconds. */
  issueTemporary(arn: string, lifeMs: number): TemporaryAccessKey {
    // Services tell the end in whole seconds.
    const expiresAt = Math.floor((this.#clock() + lifeMs) / 1000) * 1000
    const pair = { accessKeyId: `STS.NT${randomText(19)}`, accessKeySecret: randomText(44) }
    return this.#add({ ...pair, securityToken: `CAIS${randomText(200)}`, expiresAt }, arn, expiresAt)
  }

  /** The access key of this id, temporary ones that have expired included. */
  find(accessKeyId: string): IssuedAccessKey | undefined {
    const key = this.#keys.get(accessKeyId)
    const isGone = key?.credentials.securityToken === undefined && (key?.expiresAt ?? Infinity) <= this.#clock()
    return isGone ? undefined : key
  }

  /** Has a user's access key be unknown after so many milliseconds: at once when they are 0. */
  remove(accessKeyId: string, afterMs = 0): void {
    const key = this.#keys.get(accessKeyId)
    if (key) key.expiresAt = this.#clock() + afterMs
  }

  #add<C extends AlibabaCredentials>(credentials: C, arn: string, expiresAt?: number): C {
    this.#keys.set(credentials.accessKeyId, { credentials, arn, ...(expiresAt !== undefined && { expiresAt }) })
    return credentials
  }
}

/** Letters and digits nobody can guess. */
export function randomText(length: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => ALPHABET[byte % 62]).join('')
}
