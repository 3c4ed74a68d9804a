import { type Bytes, concat } from './bytes.js'

/** One tag, length and value. */
export interface DerElement {
  readonly tag: number
  /** The value, without tag and length. */
  readonly content: Bytes
  /** The whole element. */
  readonly bytes: Bytes
}

/** The tags that keys are made of. */
export const DER = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
} as const

/**
 * Reads elements that lie one after another, or gives `undefined` when they do not fill the bytes exactly. Strict: one
 * byte tags, definite lengths, in the shortest form.
 */
export function readElements(bytes: Bytes): readonly DerElement[] | undefined {
  const elements: DerElement[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const element = readElement(bytes.subarray(offset))
    if (element === undefined) return undefined
    elements.push(element)
    offset += element.bytes.length
  }
  return elements
}

/** The members of the one SEQUENCE that the bytes are, or `undefined` when they are anything else. */
export function readSequence(bytes: Bytes): readonly DerElement[] | undefined {
  const [sequence, ...more] = readElements(bytes) ?? []
  return sequence?.tag === DER.sequence && more.length === 0 ? readElements(sequence.content) : undefined
}

/** Writes one element around its parts. */
export function writeElement(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = concat(...parts)
  return concat(Uint8Array.of(tag, ...lengthOctets(content.length)), content)
}

/** Writes an INTEGER from a big-endian number without sign. */
export function writeUnsigned(magnitude: Uint8Array): Bytes {
  const start = magnitude.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Uint8Array.of(0) : magnitude.subarray(start)
  return writeElement(DER.integer, Uint8Array.of(...((digits[0] ?? 0) & 0x80 ? [0] : [])), digits)
}

/** The big-endian number that an INTEGER's content is, without its sign octet; `undefined` for negative ones. */
export function readUnsigned(content: Bytes): Bytes | undefined {
  const [first = 0xff, second = 0] = content
  if (first & 0x80 || (first === 0 && content.length > 1 && !(second & 0x80))) return undefined
  return first === 0 ? content.subarray(1) : content
}

function readElement(bytes: Bytes): DerElement | undefined {
  const [tag = 0x1f, first = 0x80] = bytes
  const count = first & 0x80 ? first & 0x7f : 0
  if ((tag & 0x1f) === 0x1f || first === 0x80 || count > 4) return undefined
  const length = count ? bytes.subarray(2, 2 + count).reduce((value, octet) => value * 256 + octet, 0) : first
  const start = 2 + count
  if (count && lengthOctets(length).length !== 1 + count) return undefined
  if (start + length > bytes.length) return undefined
  return { tag, content: bytes.subarray(start, start + length), bytes: bytes.subarray(0, start + length) }
}

function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 | octets.length, ...octets]
}
