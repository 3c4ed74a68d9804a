import type { RuntimeFiles } from '../runtime/types.js'
import type { Clock, CredentialsProvider } from '../types.js'
import type { CachedProvider } from './cache-options.js'

/** Files are looked at no more often than this. */
const LOOK_EVERY_MS = 1_000

export interface WatchOptions {
  readonly files: Pick<RuntimeFiles, 'modifiedAt'>
  readonly paths: readonly string[]
  readonly clock: Clock
}

/**
 * Lets a cached provider notice that the files it reads have changed: the next call reads them again, whatever life the
 * credentials held have left.
 */
export function reloadedWhenChanged<C>(provider: CachedProvider<C>, options: WatchOptions): CachedProvider<C> {
  const haveChanged = changeWatcher(options)
  const reloading: CredentialsProvider<C> = async (request) => {
    if (await haveChanged()) provider.invalidate()
    return provider(request)
  }
  return Object.assign(reloading, provider)
}

/** Gives a function that tells whether the files have changed since it was last asked; the first answer is no. */
export function changeWatcher({ files, paths, clock }: WatchOptions): () => Promise<boolean> {
  let lookedAt: number | undefined
  let seen: string | undefined
  return async () => {
    const now = clock()
    if (lookedAt !== undefined && now >= lookedAt && now < lookedAt + LOOK_EVERY_MS) return false
    lookedAt = now
    // A file that cannot be looked at is the load's business, which says so.
    const times = await Promise.all(paths.map((path) => files.modifiedAt(path).catch(() => undefined)))
    const before = seen
    seen = times.join()
    return before !== undefined && before !== seen
  }
}
