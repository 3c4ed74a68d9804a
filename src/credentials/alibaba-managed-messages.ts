/** What whoever watches over managed credentials is told. It never holds a secret. */
export interface ManagedMessage {
  /**
   * `monitorAkStatus`: the access key could not be refreshed. `updateCredential`: a listener failed on a new access key.
   * `recoveryGetSecret`: KMS could not be reached, and the recovery hook was asked.
   */
  readonly action: 'monitorAkStatus' | 'updateCredential' | 'recoveryGetSecret'
  readonly secretName: string
  readonly accessKeyId: string | null
  readonly errorMessage: string
  /** Whether somebody should look at it now: the access key is older than its rotation interval, or there is none. */
  readonly alarm: boolean
  /** Epoch milliseconds. */
  readonly timestamp: number
}

/** Messages that wait to be read. */
export interface MessageQueue {
  /** For `onMessage`. */
  readonly add: (message: ManagedMessage) => void
  /** The messages so far, oldest first; empties the queue. */
  drain(): readonly ManagedMessage[]
}

/**
 * Keeps messages for whoever sends them on in batches. When it is full, the oldest goes.
 *
 * @example
 * ```ts
 * import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
 * import { messageQueue } from 'countersign/credentials/alibaba-managed-messages'
 *
 * const messages = messageQueue()
 * const credentials = alibabaManaged({ secretName: 'my-ram-secret', onMessage: messages.add })
 * for (const { secretName, errorMessage } of messages.drain()) console.warn(secretName, errorMessage)
 * ```
 */
export function messageQueue({ capacity = 1000 }: { readonly capacity?: number } = {}): MessageQueue {
  let waiting: ManagedMessage[] = []
  return {
    add(message) {
      waiting = [...waiting, message].slice(-capacity)
    },
    drain() {
      const drained = waiting
      waiting = []
      return drained
    },
  }
}
