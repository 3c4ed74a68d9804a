import { configuredEndpoint } from '../../http/configured-endpoint.js'
import { configuredRegion } from '../../regions/configured-region.js'
import type { Region } from '../../regions/regions.js'
import { serviceEndpoint } from '../../regions/services.js'
import { signOci } from '../../signers/oci.js'
import type { OciCredentials } from '../../types.js'
import { duration } from '../evidence.js'
import { type Examination, type Patient, reasonOf } from '../examination.js'
import { explain } from '../explain.js'
import { credentialsOf } from './credentials.js'

const name = 'service'
const skewWorthAWord = 60_000

/** One signed call that changes nothing: reachable, on time, and known to the server? */
export async function examineService(patient: Patient): Promise<Examination> {
  try {
    const credentials = await credentialsOf(patient)
    const region = await regionOf(credentials, patient)
    const url = `${configuredEndpoint(serviceEndpoint('identity', region), patient.runtime)}/regions`
    return await call(url, credentials, patient)
  } catch (failure) {
    return { name, state: 'faulty', says: [reasonOf(failure)] }
  }
}

async function call(url: string, credentials: OciCredentials, patient: Patient): Promise<Examination> {
  const { runtime, fetch = runtime.fetch, clock, signal } = patient
  const request = await signOci(new Request(url), credentials, { clock })
  const sentAt = clock()
  const response = await fetch(request.clone(), signal && { signal }).catch(() => undefined)
  if (response === undefined) return { name, state: 'faulty', says: [`nobody answers at ${new URL(url).host}`] }
  const says = [`${new URL(url).host} answered with status ${response.status}`, ...skewOf(response, sentAt)]
  if (response.ok) return { name, state: 'good', says }
  const { causes } = await explain({ request, response, credentials, sentAt }, { clock })
  return { name, state: 'faulty', says, causes }
}

function skewOf(response: Response, sentAt: number): readonly string[] {
  const ahead = sentAt - Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(ahead) || Math.abs(ahead) < skewWorthAWord) return []
  return [`this clock is ${duration(ahead)} ${ahead > 0 ? 'ahead' : 'behind'}`]
}

async function regionOf({ region }: OciCredentials, { runtime }: Patient): Promise<Region> {
  return configuredRegion(region ?? runtime.env('OCI_REGION') ?? 'us-ashburn-1', runtime)
}
