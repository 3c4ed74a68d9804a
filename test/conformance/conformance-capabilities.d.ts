/** Made by the driver from the files in `cases/`. */
declare module 'conformance:capabilities' {
  export const capabilities: readonly import('./capability.js').Capability[]
}
