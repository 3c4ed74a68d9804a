import { ConfigurationError } from '../errors.js'
import { type AlibabaClientKey, openClientKey, readClientKeyPassword } from '../keys/alibaba-client-key.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import type { Settings } from './alibaba-properties.js'

/** Opens the client key of the setting `client_key_private_key_content`, or else of the file at `client_key_private_key_path`. */
export async function sharedClientKey(settings: Settings, runtime: Runtime): Promise<AlibabaClientKey> {
  const inline = settings.get('client_key_private_key_content')
  const file =
    inline ?? (await readTextFile(settings.required('client_key_private_key_path'), 'the client key', runtime))
  return openClientKey(file, { password: () => sharedPassword(settings, runtime) })
}

/** Opens the client key of one dedicated instance. */
export async function instanceClientKey(
  item: Settings,
  settings: Settings,
  runtime: Runtime,
): Promise<AlibabaClientKey> {
  const inline = item.get('clientKeyContent')
  const file = inline ?? (await readTextFile(item.required('clientKeyFile'), 'the client key', runtime))
  const password = async (): Promise<string> =>
    (await instancePassword(item, settings, runtime)) ?? (await sharedPassword(settings, runtime))
  return openClientKey(file, { password })
}

/** The first place that holds a password wins, in the order of the official clients. */
async function instancePassword(item: Settings, settings: Settings, runtime: Runtime): Promise<string | undefined> {
  const variable = item.get('passwordFromEnvVariable')
  const fromFile = item.get('passwordFromFilePath')
  if (fromFile !== undefined) return passwordFile(fromFile, runtime)
  const fromVariable = variable && (settings.get(variable) ?? runtime.env(variable))
  if (fromVariable) return fromVariable.trim()
  const named = item.get('passwordFromFilePathName')
  if (named !== undefined) return passwordFile(settings.required(named), runtime)
  return item.get('password')
}

async function sharedPassword(settings: Settings, runtime: Runtime): Promise<string> {
  const variable = settings.get('client_key_password_from_env_variable')
  const fromVariable = variable && runtime.env(variable)
  if (fromVariable) return fromVariable.trim()
  const path = settings.get('client_key_password_from_file_path')
  if (path !== undefined) return passwordFile(path, runtime)
  const password = settings.get('client_key_password')
  if (password) return password.trim()
  throw new ConfigurationError(
    'KEY_PASSPHRASE_REQUIRED',
    'Expected the password of the client key in a file, a variable or the setting client_key_password, found none; see passwordFromFilePath.',
  )
}

async function passwordFile(path: string, runtime: Runtime): Promise<string> {
  return readClientKeyPassword(await readTextFile(path, 'the password of the client key', runtime))
}
