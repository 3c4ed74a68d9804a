/** The part of des.js that is used here; the package brings no types. */
declare module 'des.js' {
  interface Cipher {
    update(data: Uint8Array): number[]
    final(): number[]
  }

  interface Mode {
    create(options: { type: 'decrypt'; key: Uint8Array; iv: Uint8Array; padding: false }): Cipher
  }

  export const EDE: object
  export const CBC: { instantiate(cipher: typeof EDE): Mode }
}
