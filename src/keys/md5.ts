/** How far each step of a round rotates; every round repeats its four distances. */
const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const

/** Which word of the block each step of a round takes: `(factor · step + start) mod 16`. */
const WORD_ORDER = [
  [1, 0],
  [5, 1],
  [3, 5],
  [7, 0],
] as const

type State = readonly [a: number, b: number, c: number, d: number]

/** The auxiliary functions F, G, H and I. */
const MIXERS: readonly ((x: number, y: number, z: number) => number)[] = [
  (x, y, z) => (x & y) | (~x & z),
  (x, y, z) => (x & z) | (y & ~z),
  (x, y, z) => x ^ y ^ z,
  (x, y, z) => y ^ (x | ~z),
]

/**
 * MD5, which WebCrypto rightly does not have. It names API keys (OCI's fingerprints) and derives the keys of traditional
 * PEM files; nothing here relies on its strength, and a dependency would be five times this file.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1321#section-3
 */
export function md5(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const words = new DataView(padded(message).buffer)
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let offset = 0; offset < words.byteLength; offset += 64) state = mixed(state, words, offset)
  const digest = new DataView(new ArrayBuffer(16))
  state.forEach((word, index) => {
    digest.setUint32(index * 4, word, true)
  })
  return new Uint8Array(digest.buffer)
}

/** The message, a one bit, zeros up to whole blocks of 64 bytes, and its length in bits. */
function padded(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((Math.floor((message.length + 8) / 64) + 1) * 64)
  bytes.set(message)
  bytes[message.length] = 0x80
  new DataView(bytes.buffer).setBigUint64(bytes.length - 8, BigInt(message.length) * 8n, true)
  return bytes
}

function mixed(before: State, words: DataView, offset: number): State {
  let [a, b, c, d] = before
  for (let step = 0; step < 64; step++) {
    const round = step >> 4
    const [factor, start] = WORD_ORDER[round] ?? [0, 0]
    const word = words.getUint32(offset + ((factor * step + start) % 16) * 4, true)
    const sine = Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32)
    const sum = (a + (MIXERS[round]?.(b, c, d) ?? 0) + word + sine) | 0
    const distance = ROTATIONS[round]?.[step % 4] ?? 0
    ;[a, b, c, d] = [d, (b + ((sum << distance) | (sum >>> (32 - distance)))) | 0, b, c]
  }
  return [before[0] + a, before[1] + b, before[2] + c, before[3] + d]
}
