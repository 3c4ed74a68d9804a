import type { PbfReader } from 'pbf'
import type { Bytes } from '../encoding/bytes.js'

/** `GetSecretValueRequest` of a dedicated KMS instance. */
export interface DkmsSecretRequest {
  readonly SecretName: string
  readonly VersionStage: string
  readonly FetchExtendedConfig: boolean
}

/** `GetSecretValueResponse`, under the names that the Open API uses too. */
export type DkmsSecretResponse = Readonly<Record<string, string | readonly string[]>>

/** `Error`, as a dedicated KMS instance answers with. */
export interface DkmsError {
  readonly StatusCode: number
  readonly ErrorCode: string
  readonly ErrorMessage: string
  readonly RequestId: string
}

/** Field numbers of `GetSecretValueResponse`; all are strings. */
const RESPONSE_FIELDS: Readonly<Record<number, string>> = {
  1: 'SecretName',
  2: 'SecretType',
  3: 'SecretData',
  4: 'SecretDataType',
  5: 'VersionStages',
  6: 'VersionId',
  7: 'CreateTime',
  8: 'RequestId',
  9: 'LastRotationDate',
  10: 'NextRotationDate',
  11: 'ExtendedConfig',
  12: 'AutomaticRotation',
  13: 'RotationInterval',
}
const REPEATED = 'VersionStages'

/** Writes the request. @see https://github.com/aliyun/alibabacloud-dkms-gcs-python-sdk/blob/main/openapi_util/protobuf/api.proto */
export async function encodeSecretRequest(request: DkmsSecretRequest): Promise<Bytes> {
  const { PbfWriter } = await import('pbf')
  const writer = new PbfWriter()
  writer.writeStringField(1, request.SecretName)
  writer.writeStringField(2, request.VersionStage)
  // The default of proto3 is left out.
  if (request.FetchExtendedConfig) writer.writeBooleanField(4, true)
  return new Uint8Array(writer.finish())
}

/** Reads the request, as the emulator does. `undefined` when the bytes are no such message. */
export function decodeSecretRequest(bytes: Uint8Array): Promise<DkmsSecretRequest | undefined> {
  const empty: DkmsSecretRequest = { SecretName: '', VersionStage: '', FetchExtendedConfig: false }
  return decode<DkmsSecretRequest>(bytes, empty, (field, reader) => {
    if (field === 1) return { SecretName: reader.readString() }
    if (field === 2) return { VersionStage: reader.readString() }
    return field === 4 ? { FetchExtendedConfig: reader.readBoolean() } : {}
  })
}

/** Reads the response. `undefined` when the bytes are no such message. */
export function decodeSecretResponse(bytes: Uint8Array): Promise<DkmsSecretResponse | undefined> {
  return decode<DkmsSecretResponse>(bytes, {}, (field, reader, message) => {
    const name = RESPONSE_FIELDS[field]
    if (name === undefined) return {}
    const value = reader.readString()
    return { [name]: name === REPEATED ? [...(message[name] ?? []), value] : value }
  })
}

/** Writes a response, as the emulator does. */
export async function encodeSecretResponse(response: DkmsSecretResponse): Promise<Bytes> {
  const { PbfWriter } = await import('pbf')
  const writer = new PbfWriter()
  for (const [field, name] of Object.entries(RESPONSE_FIELDS)) {
    for (const value of [response[name] ?? []].flat()) writer.writeStringField(Number(field), value)
  }
  return new Uint8Array(writer.finish())
}

/** Reads an error. `undefined` when the bytes are no such message. */
export async function decodeDkmsError(bytes: Uint8Array): Promise<DkmsError | undefined> {
  const empty: DkmsError = { StatusCode: 0, ErrorCode: '', ErrorMessage: '', RequestId: '' }
  const error = await decode<DkmsError>(bytes, empty, (field, reader) => {
    if (field === 1) return { StatusCode: reader.readVarint() }
    if (field === 2) return { ErrorCode: reader.readString() }
    if (field === 3) return { ErrorMessage: reader.readString() }
    return field === 4 ? { RequestId: reader.readString() } : {}
  })
  return error?.ErrorCode === '' ? undefined : error
}

/** Writes an error, as the emulator does. */
export async function encodeDkmsError(error: DkmsError): Promise<Bytes> {
  const { PbfWriter } = await import('pbf')
  const writer = new PbfWriter()
  writer.writeVarintField(1, error.StatusCode)
  writer.writeStringField(2, error.ErrorCode)
  writer.writeStringField(3, error.ErrorMessage)
  writer.writeStringField(4, error.RequestId)
  return new Uint8Array(writer.finish())
}

/** Unknown fields are skipped; bytes that are no protobuf message at all give `undefined`. */
async function decode<T extends object>(
  bytes: Uint8Array,
  empty: T,
  read: (field: number, reader: PbfReader, message: T) => object,
): Promise<T | undefined> {
  const { PbfReader } = await import('pbf')
  let message = empty
  try {
    const fields = new PbfReader(bytes)
    fields.readFields((field, _, reader) => {
      message = { ...message, ...read(field, reader, message) }
    }, undefined)
    // The last field of a message that was cut off seems to go on behind its end.
    return fields.pos === bytes.length ? message : undefined
  } catch {
    return undefined
  }
}
