/** Bytes that own their memory, as WebCrypto and `fetch` want them. */
export type Bytes = Uint8Array<ArrayBuffer>

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text)
}

/** The text that UTF-8 bytes spell. A byte order mark is dropped; bytes that are not UTF-8 become U+FFFD. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** All parts, one after another. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  return joined(parts)
}

/** The same for a list of any length; a call has a limit on its arguments. */
export function joined(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Whether two byte strings are the same, in a time that depends on their length alone. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index++) difference |= (a[index] as number) ^ (b[index] as number)
  return difference === 0
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The bytes that hexadecimal digits of either case spell, or `undefined` when the text is anything else. */
export function fromHex(hex: string): Bytes | undefined {
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) return undefined
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** The class name that a value gives itself; unlike `instanceof`, it also knows objects of another realm. */
export function tagOf(value: unknown): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  // Workers with a compatibility date before 2024-09-26 leave their objects without a tag.
  return tag === 'Object' ? ((value as object).constructor?.name ?? tag) : tag
}

/** Whether a value is an `ArrayBuffer` or a view on one, of this realm or another. */
export function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(value) || tagOf(value) === 'ArrayBuffer'
}

/** A copy of the bytes of a buffer or view: later changes to the original do not reach it. */
export function copyBytes(source: ArrayBuffer | ArrayBufferView): Bytes {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice()
}
