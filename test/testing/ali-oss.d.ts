// What the tests use of ali-oss, which brings no types.
declare module 'ali-oss' {
  interface Answer {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
  }

  export default class OSS {
    constructor(options: Readonly<Record<string, unknown>>)
    options: object
    request(params: object): Promise<unknown>
    put(name: string, content: Uint8Array, options?: object): Promise<{ readonly res: Answer }>
    get(name: string): Promise<{ readonly res: Answer; readonly content: Uint8Array }>
    head(name: string): Promise<{ readonly res: Answer }>
    delete(name: string): Promise<{ readonly res: Answer }>
    list(query: object): Promise<{ readonly objects?: readonly { readonly name: string }[] }>
    listBuckets(): Promise<{ readonly buckets: readonly { readonly name: string }[] }>
    signatureUrl(name: string, options?: object): string
    signatureUrlV4(method: string, expires: number, request?: object, name?: string): Promise<string>
  }
}
