import { echo } from './echo.js'
import { identity } from './identity.js'
import { objectStorage } from './object-storage.js'
import type { Surface } from './surface.js'

/** Every built-in endpoint, in the order in which they are asked. A new one is one file and one line here. */
export const allSurfaces: readonly Surface[] = [identity, objectStorage, echo]
