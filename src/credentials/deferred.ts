import type { CachedProvider } from './cache-options.js'
import { DISPOSE } from './disposal.js'

/**
 * A provider that is built on first use, so that what is wrong with its settings is an answer to the first call and not
 * an exception where it is written down.
 */
export function deferred<C>(build: () => CachedProvider<C>): CachedProvider<C> {
  let built: CachedProvider<C> | undefined
  let disposed = false
  const dispose = (): void => {
    disposed = true
    built?.dispose()
  }
  const provide: CachedProvider<C> = Object.assign(
    async (...request: Parameters<CachedProvider<C>>): Promise<C> => {
      built ??= build()
      if (disposed) built.dispose()
      return built(...request)
    },
    {
      current: () => built?.current(),
      invalidate: () => built?.invalidate(),
      dispose,
      [DISPOSE]: dispose,
    },
  )
  return provide
}
