import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { jsonRequest } from '../../src/http/json-request.js'

const url = 'https://service.example/path'

describe('jsonRequest', () => {
  test('asks for JSON and sends what it is given as JSON', async () => {
    const request = jsonRequest({ method: 'POST', url, body: { name: 'wörld' } })
    expect(request.headers.get('accept')).toBe('application/json')
    expect(request.headers.get('content-type')).toBe('application/json')
    expect(await request.json()).toEqual({ name: 'wörld' })
  })

  test('sends neither a body nor its type when there is none', () => {
    const request = jsonRequest({ method: 'GET', url })
    expect(request.body).toBeNull()
    expect(request.headers.has('content-type')).toBe(false)
  })

  test('lets the caller ask for another form', () => {
    const headers = { accept: 'application/scim+json' }
    expect(jsonRequest({ method: 'GET', url, headers }).headers.get('accept')).toBe('application/scim+json')
  })

  test.each(['hunter2\nx', 'hunter2\0', 'hunter2 ☃'])(
    'keeps %j, which no header can carry, out of its error',
    (value) => {
      try {
        jsonRequest({ method: 'GET', url, headers: { authorization: value } })
        expect.unreachable()
      } catch (error) {
        expect(error).toMatchObject({ code: 'HEADER_INVALID', message: expect.stringContaining('"authorization"') })
        expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
      }
    },
  )
})
