import { runtime as defaultRuntime } from '#runtime'
import { systemClock } from '../types.js'
import type { DoctorOptions, Examination, Patient } from './examination.js'
import { examineConfigFile } from './examinations/config-file.js'
import { examineCredentials } from './examinations/credentials.js'
import { examineEnvironment } from './examinations/environment.js'
import { examineMetadataService } from './examinations/metadata-service.js'
import { examineService } from './examinations/service.js'

export interface Diagnosis {
  readonly examinations: readonly Examination[]
  /** Whether there are credentials to sign with and nothing is faulty. */
  readonly healthy: boolean
}

export type { DoctorOptions }

const offline = [examineConfigFile, examineEnvironment, examineCredentials]
const online = [examineMetadataService, examineService]

/**
 * Looks at the whole set-up of this machine as `explain` looks at one request: configuration file and key, environment,
 * who the default chain would sign as and what it tried; with `probe` also the metadata service, the clock and a signed
 * call, so that it is known who the server takes you for. Never throws for what it finds.
 *
 * @example
 * ```ts
 * import { doctor } from 'countersign/explain/doctor'
 *
 * const { healthy, examinations } = await doctor({ profile: 'DEFAULT' })
 * for (const { name, state, says } of examinations) console.log(state, name, says.join('; '))
 * console.log(healthy)
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdk_authentication_methods.htm
 */
export async function doctor(options: DoctorOptions = {}): Promise<Diagnosis> {
  const patient: Patient = {
    ...options,
    runtime: options.runtime ?? defaultRuntime,
    clock: options.clock ?? systemClock,
  }
  const examinations: Examination[] = []
  for (const examine of options.probe === true ? [...offline, ...online] : offline)
    examinations.push(await examine(patient))
  const signs = examinations.some(({ name, state }) => name === 'credentials' && state === 'good')
  return { examinations, healthy: signs && examinations.every(({ state }) => state !== 'faulty') }
}
