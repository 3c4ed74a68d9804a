import { ConfigurationError } from '../errors.js'
import { expandHome } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'

/** Where the configuration is, and whether somebody named that place: then it must be there. */
export interface ConfigFilePlace {
  readonly path: string
  readonly isNamed: boolean
}

const VARIABLES = ['OCI_CLI_CONFIG_FILE', 'OCI_CONFIG_FILE'] as const
const USUAL_PATHS = ['~/.oci/config', '~/.oraclebmc/config'] as const

/**
 * Finds the configuration file: the path given, `OCI_CLI_CONFIG_FILE`, `OCI_CONFIG_FILE`, `~/.oci/config`,
 * `~/.oraclebmc/config`. Oracle's SDKs let an existing `~/.oci/config` win over the variable; here what was named wins.
 * `undefined` when nothing is named and neither usual file exists.
 *
 * @throws ConfigurationError `CONFIG_INVALID` when the usual places may not be looked at.
 */
export async function findConfigFile(path: string | undefined, runtime: Runtime): Promise<ConfigFilePlace | undefined> {
  const named = path ?? VARIABLES.map((name) => runtime.env(name)).find((value) => value !== undefined && value !== '')
  if (named !== undefined) return { path: expandHome(named, runtime), isNamed: true }
  if (runtime.homeDirectory() === undefined) return undefined
  for (const usual of USUAL_PATHS.map((each) => expandHome(each, runtime))) {
    if ((await ageOf(usual, runtime)) !== undefined) return { path: usual, isNamed: false }
  }
  return undefined
}

// A file that may be there must not be passed over: whoever comes next in a chain would sign as somebody else.
async function ageOf(path: string, { files }: Runtime): Promise<number | undefined> {
  try {
    return await files?.modifiedAt(path)
  } catch (cause) {
    throw new ConfigurationError(
      'CONFIG_INVALID',
      `Cannot look for the configuration at ${path}: grant the permission to read it (Deno: --allow-read), or choose another provider.`,
      { cause },
    )
  }
}
