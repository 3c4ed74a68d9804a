import type { Runtime } from '../runtime/types.js'
import type { CredentialsProvider } from '../types.js'
import { abortable } from './shared-load.js'

/**
 * A provider that is built when it is first called, and once however many call at a time, so that all of them share
 * what it keeps. Building that failed is tried again by the next call.
 */
export function builtOnce<C>(
  build: () => Promise<CredentialsProvider<C>>,
  { sharesPromises }: { readonly sharesPromises: boolean },
): CredentialsProvider<C> {
  let built: CredentialsProvider<C> | undefined
  let underway: Promise<CredentialsProvider<C>> | undefined
  const sharedBuild = (): Promise<CredentialsProvider<C>> => {
    underway ??= build().finally(() => {
      underway = undefined
    })
    return underway
  }
  return async (request) => {
    request?.signal?.throwIfAborted()
    if (built === undefined) {
      const candidate = await abortable(sharesPromises ? sharedBuild() : build(), request?.signal)
      // Where every request builds for itself, the first that is done builds for all that follow.
      built ??= candidate
    }
    return built(request)
  }
}

/** A provider whose credentials never change, asked once however many call at a time. */
export function askedOnce<C>(
  provider: CredentialsProvider<C>,
  sharing: { readonly sharesPromises: boolean },
): CredentialsProvider<C> {
  return builtOnce(async () => {
    const credentials = await provider()
    return async () => credentials
  }, sharing)
}

/** Whether calls may wait for each other's promises: what was asked for, or else what the runtime says. */
export function sharingOf({
  sharesPromises,
  runtime,
}: {
  readonly sharesPromises?: boolean | undefined
  readonly runtime: Runtime
}): { readonly sharesPromises: boolean } {
  return { sharesPromises: sharesPromises ?? runtime.sharesPromises }
}
