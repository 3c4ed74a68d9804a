import { describe, expect, it } from 'vitest'
import { multipart } from '../../src/signers/multipart.js'

describe('a form as multipart/form-data', () => {
  it('is read back by the platform as it was', async () => {
    const form = new FormData()
    form.append('plain', 'naïve – 日本 🚀')
    form.append('plain', 'the same name again')
    form.append('with "quotes"', 'a\r\nb')
    form.append('file', new Blob([Uint8Array.of(0, 13, 10, 255)], { type: 'image/x-own' }), 'a "b".bin')
    form.append('untyped', new Blob(['x']))
    const { content, type } = await multipart(form)
    const read = await new Response(content, { headers: { 'content-type': type } }).formData()
    expect([...read.keys()]).toEqual([...form.keys()])
    expect(read.getAll('plain')).toEqual(form.getAll('plain'))
    expect(read.get('with "quotes"')).toBe('a\r\nb')
    const file = read.get('file') as File
    expect([file.name, file.type]).toEqual(['a "b".bin', 'image/x-own'])
    expect([...new Uint8Array(await file.arrayBuffer())]).toEqual([0, 13, 10, 255])
    expect((read.get('untyped') as File).type).toBe('application/octet-stream')
  })

  it('spells every line end as CRLF', async () => {
    const form = new FormData()
    form.append('field', 'a\nb\rc\r\nd')
    const { content } = await multipart(form)
    expect(new TextDecoder().decode(content)).toContain('\r\n\r\na\r\nb\r\nc\r\nd\r\n--')
  })

  it('lets no name break out of its header', async () => {
    const form = new FormData()
    form.append('a"\r\nx-evil: 1', '')
    const { content } = await multipart(form)
    expect(new TextDecoder().decode(content)).toContain('name="a%22%0D%0Ax-evil: 1"\r\n')
  })

  it('is empty but for the closing boundary when the form is', async () => {
    const { content, type } = await multipart(new FormData())
    expect(new TextDecoder().decode(content)).toBe(`--${type.split('boundary=')[1]}--\r\n`)
  })
})
