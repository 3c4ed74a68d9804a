/// <reference lib="esnext.disposable" preserve="true" />

/** `Symbol.dispose`; runtimes that have none yet get a symbol that nobody looks up. */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol('Symbol.dispose')

/** `Symbol.asyncDispose`, in the same way. */
export const ASYNC_DISPOSE: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol('Symbol.asyncDispose')
