import type { Bytes } from '../encoding/bytes.js'

/** Takes PKCS#7 padding off; `undefined` when it is not in order, the sign of a wrong key. */
export function withoutPadding(data: Bytes, blockLength: number): Bytes | undefined {
  const count = data.at(-1) ?? 0
  const inOrder = count > 0 && count <= blockLength && data.subarray(-count).every((byte) => byte === count)
  return inOrder ? data.subarray(0, -count) : undefined
}
