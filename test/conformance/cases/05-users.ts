import { configFile } from 'countersign/credentials/config-file'
import { fromEnvironment } from 'countersign/credentials/environment'
import { sessionToken } from 'countersign/credentials/session-token'
import { equal, failsWith } from '../assert.js'
import { machineOf, whoami } from '../calls.js'
import type { Capability, World } from '../capability.js'

export const session: Capability = {
  name: 'session token',
  cases: {
    'signs with a token and its key, given as text': async (world) => {
      const { kind } = await whoami(world, sessionToken({ ...sessionOf(world), autoRefresh: 'off' }))
      equal(kind, 'token', 'the kind of principal')
    },
    'refuses a token for another key': async (world) => {
      const mixed = sessionToken({ ...sessionOf(world), privateKey: world.apiKey.privateKey })
      await failsWith('TOKEN_KEY_MISMATCH', mixed(), 'a token for another key')
    },
  },
}

export const environment: Capability = {
  name: 'variables of the OCI CLI',
  cases: {
    'sign as the user they name': async (world) => {
      const { env, ...machine } = machineOf(world, 'api-key')
      // The key itself rather than its path, so that it is the same everywhere.
      const own: Readonly<Record<string, string>> = {
        OCI_CLI_KEY_CONTENT: world.apiKey.privateKey,
        OCI_CLI_KEY_FILE: '',
      }
      const runtime = { ...machine, env: (name: string) => own[name] ?? env(name) }
      const { kind, subject } = await whoami(world, fromEnvironment({ runtime }))
      equal([kind, subject], ['api-key', world.apiKey.user], 'the principal')
    },
  },
}

export const config: Capability = {
  name: 'configuration file',
  absent: {
    workers: 'a Worker has no file system; hand it the text of keys and tokens',
    browser: 'a page has no file system; hand it the text of keys and tokens',
  },
  cases: {
    'signs as a profile says': async (world) => {
      const runtime = machineOf(world, 'api-key')
      const { kind, subject } = await whoami(world, configFile({ runtime, profile: 'DEFAULT' }))
      equal([kind, subject], ['api-key', world.apiKey.user], 'the principal')
    },
  },
}

function sessionOf({ files, region }: World): { token: string; privateKey: string; region: string } {
  const content = (ending: string): string => Object.entries(files).find(([path]) => path.endsWith(ending))?.[1] ?? ''
  return { token: content('session/token'), privateKey: content('session/oci_api_key.pem'), region }
}
