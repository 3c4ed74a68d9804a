// `workerd test` calls this.
import { conform } from './run.js'

const worker = {
  test: (_: unknown, { BASE, TARGET }: { BASE: string; TARGET: string }): Promise<void> => conform(BASE, TARGET),
}

export default worker
