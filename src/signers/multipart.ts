import { type Bytes, concat, utf8 } from '../encoding/bytes.js'

/** A form's fields as they travel, and the `content-type` that names their boundary. */
export interface Multipart {
  readonly content: Bytes
  readonly type: string
}

/**
 * Serialises a form as `multipart/form-data`, once: a runtime chooses another boundary each time, and WebKit cannot read
 * the files of a form back at all.
 *
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
 */
export async function multipart(form: FormData): Promise<Multipart> {
  const boundary = `----countersign-${crypto.randomUUID()}`
  const parts: Uint8Array[] = []
  for (const [name, value] of form) {
    parts.push(utf8(`--${boundary}\r\ncontent-disposition: form-data; name="${escaped(lines(name))}"`))
    parts.push(...(typeof value === 'string' ? [utf8(`\r\n\r\n${lines(value)}`)] : await file(value)), utf8('\r\n'))
  }
  const content = concat(...parts, utf8(`--${boundary}--\r\n`))
  return { content, type: `multipart/form-data; boundary=${boundary}` }
}

async function file(value: File): Promise<Uint8Array[]> {
  const type = value.type || 'application/octet-stream'
  const head = utf8(`; filename="${escaped(value.name)}"\r\ncontent-type: ${type}\r\n\r\n`)
  return [head, new Uint8Array(await value.arrayBuffer())]
}

/** Every line end as CRLF. */
function lines(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n')
}

function escaped(name: string): string {
  return name.replace(/[\r\n"]/g, encodeURIComponent)
}
