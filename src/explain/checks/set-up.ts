import { CountersignError } from '../../errors.js'
import { found } from '../evidence.js'
import type { Scene } from '../scene.js'
import type { Finding } from '../types.js'

/** The configuration file: its lines and the profile. */
export function checkSetUp({ setUpFailure }: Scene): readonly Finding[] {
  if (setUpFailure === undefined) return []
  const reason = setUpFailure instanceof CountersignError ? setUpFailure.message : 'the file could not be parsed'
  return [found('CONFIG_BROKEN', 'certain', reason)]
}
