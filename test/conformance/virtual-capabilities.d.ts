/** Made by the driver from the files in `cases/`. */
declare module 'virtual:capabilities' {
  export const capabilities: readonly import('./capability.js').Capability[]
}
