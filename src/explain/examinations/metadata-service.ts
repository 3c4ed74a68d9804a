import { instanceMetadata } from '../../http/instance-metadata.js'
import type { Examination, Patient } from '../examination.js'

const name = 'metadata service'
const patience = 1000

/** Whether this is a compute instance that can tell of itself. */
export async function examineMetadataService({ runtime, fetch, signal }: Patient): Promise<Examination> {
  try {
    const deadline = AbortSignal.timeout(patience)
    const metadata = instanceMetadata({ runtime, fetch, retry: false, timeoutMs: patience })
    const region = await metadata.region({
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    })
    return { name, state: 'good', says: [`this instance is in ${region.id}, realm ${region.realm}`] }
  } catch {
    return { name, state: 'absent', says: [`none showed itself within ${patience} ms`] }
  }
}
