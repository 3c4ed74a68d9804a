import { signOciHeaders } from 'countersign'
import { pageWorld } from '../page/world.js'

/** Signatures per second in one short round, ours and the browser's alone. */
export interface Round {
  readonly ours: number
  readonly raw: number
}

const url = 'https://identity.us-phoenix-1.oraclecloud.com/20160918/regions'
const roundMs = 250

/** Measures round after round, the two in turn so that both meet the same machine, and reports each. */
export async function measure(rounds: number, report: (round: Round) => void): Promise<void> {
  const { credentials } = await pageWorld()
  const { key } = credentials
  if (typeof key === 'function') return
  const text = new Uint8Array(120)
  for (let round = 0; round < rounds; round += 1) {
    const raw = await rate(() => crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, text))
    const ours = await rate(() => signOciHeaders({ method: 'GET', url }, credentials))
    report({ ours, raw })
  }
}

async function rate(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  let count = 0
  while (performance.now() - start < roundMs) {
    await work()
    count += 1
  }
  return (count * 1000) / (performance.now() - start)
}
