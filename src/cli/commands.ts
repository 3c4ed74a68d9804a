import type { CliCommandEntry } from './command.js'

/** Every command, in the order of the help. A new one is a file of its own and a row here. */
export const commands: readonly CliCommandEntry[] = [
  {
    name: 'request',
    summary: 'sign a request, send it, and print the answer',
    load: async () => (await import('./request.js')).request,
  },
  {
    name: 'sign',
    summary: 'sign a request, and print its headers or a curl command',
    load: async () => (await import('./sign.js')).sign,
  },
  {
    name: 'verify',
    summary: 'check the signature of a request',
    load: async () => (await import('./verify.js')).verify,
  },
  {
    name: 'whoami',
    summary: 'tell who requests are signed as',
    load: async () => (await import('./whoami.js')).whoami,
  },
  {
    name: 'token',
    summary: 'tell what the security token says',
    load: async () => (await import('./token.js')).token,
  },
  {
    name: 'explain',
    summary: 'tell why a request would be, or was, refused',
    load: async () => (await import('./explain.js')).explain,
  },
  {
    name: 'doctor',
    summary: 'look at the whole set-up of this machine',
    load: async () => (await import('./doctor.js')).doctor,
  },
  {
    name: 'exchange',
    summary: 'exchange a token of another identity provider for a session',
    load: async () => (await import('./exchange.js')).exchange,
  },
  {
    name: 'wif setup',
    summary: 'set up workload identity federation in an identity domain',
    load: async () => (await import('./wif-setup.js')).wifSetup,
  },
  {
    name: 'wif remove',
    summary: 'take such a set-up down',
    load: async () => (await import('./wif-remove.js')).wifRemove,
  },
  {
    name: 'wif lint',
    summary: 'look for mistakes in impersonation rules',
    load: async () => (await import('./wif-lint.js')).wifLint,
  },
  {
    name: 'login infisical',
    summary: 'log in to Infisical as a machine identity',
    load: async () => (await import('./login-infisical.js')).loginInfisical,
  },
  {
    name: 'login vault',
    summary: 'log in to HashiCorp Vault',
    load: async () => (await import('./login-vault.js')).loginVault,
  },
  {
    name: 'emulate',
    summary: 'serve an emulator of the cloud on this machine',
    load: async () => (await import('./emulate.js')).emulate,
  },
]

/** What the commands of two words are about, by the first. */
export const groups: Readonly<Record<string, string>> = {
  wif: 'workload identity federation',
  login: 'log in to a secrets manager',
}
