import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../src/encoding/bytes.js'
import { md5 } from '../../src/keys/md5.js'

describe('md5', () => {
  // RFC 1321 appendix A.5.
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ])('of %j is %s', (message, digest) => {
    expect(toHex(md5(utf8(message)))).toBe(digest)
  })

  it('agrees with Node on every length of up to three blocks', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = new Uint8Array(length).fill(length)
      expect(toHex(md5(bytes))).toBe(createHash('md5').update(bytes).digest('hex'))
    }
  })
})
