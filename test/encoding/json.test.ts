import { describe, expect, test } from 'vitest'
import { encodeBase64Url } from '../../src/encoding/base64.js'
import { utf8 } from '../../src/encoding/bytes.js'
import { asJsonObject, readJsonText, readJwtPart } from '../../src/encoding/json.js'

const part = (json: string): string => encodeBase64Url(utf8(json))

describe('readJsonText', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ['null', null],
    ['"text"', 'text'],
  ])('reads %s', (json, value) => {
    expect(readJsonText(json)).toEqual(value)
  })

  test.each(['', '{', 'undefined', "{'a':1}", '{"a":1} x'])('knows that %j is none', (json) => {
    expect(readJsonText(json)).toBeUndefined()
  })
})

test.each([[null], [[]], ['text'], [1], [undefined]])('asJsonObject refuses %j', (value) => {
  expect(asJsonObject(value)).toBeUndefined()
})

describe('readJwtPart', () => {
  test('reads the object in a part', () => {
    expect(readJwtPart(part('{"sub":"ö"}'))).toEqual({ sub: 'ö' })
  })

  test.each([
    ['an array', part('[]')],
    ['a text', part('"x"')],
    ['no JSON', part('{')],
    ['padding', `${btoa('{"a":12}')}=`],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(readJwtPart(text)).toBeUndefined()
  })
})
