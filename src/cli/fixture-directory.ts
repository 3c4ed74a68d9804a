import { mkdir, rename, writeFile } from 'node:fs/promises'
import { answerJson, jsonObject } from '../testing/answers.js'
import { TOKEN_LIFE_MS } from '../testing/claims.js'
import { CONTROL_PATH } from '../testing/control.js'
import { type FixturePaths, fixtureFiles, fixturePaths } from '../testing/fixture-files.js'
import { type ResourceFileRotation, rotateResourceFiles } from '../testing/resource-file-rotation.js'
import { issueServiceAccountToken } from '../testing/service-account.js'
import type { EmulatorState } from '../testing/state.js'
import type { Surface } from '../testing/surface.js'

/** Writes what clients of the emulator would find on their disks. Only its owner can read it. */
export async function writeFixtures(state: EmulatorState, directory: string): Promise<FixturePaths> {
  const { paths, directories, files } = await fixtureFiles(state, directory)
  for (const path of directories) await mkdir(path, { recursive: true, mode: 0o700 })
  await Promise.all(files.map(({ path, content, mode }) => writeFile(path, content, { mode })))
  return paths
}

/**
 * Replaces the files that a platform replaces, before their tokens expire: those of the resource principal and of the
 * service account. The function that comes back ends it, and waits for what is being written.
 */
export function renewFixtures(state: EmulatorState, paths: FixturePaths): () => Promise<void> {
  const lifeMs = state.settings.tokenLifeMs ?? TOKEN_LIFE_MS.resource
  let renewal: Promise<void> | undefined
  const timer = setInterval(() => {
    renewal ??= renew(state, paths)
      // Whoever removed the directory needs no files.
      .catch(() => undefined)
      .finally(() => {
        renewal = undefined
      })
  }, lifeMs / 2)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await renewal
  }
}

async function renew(
  state: EmulatorState,
  { resourceToken, resourceSessionKey, ...paths }: FixturePaths,
): Promise<void> {
  await rotate(state, { tokenPath: resourceToken, keyPath: resourceSessionKey })
  await replace(paths.serviceAccountToken, await issueServiceAccountToken(state))
}

/** What `POST …/resource-principal/rotate` can be told, in JSON. */
type RotationCommand = Omit<ResourceFileRotation, 'tokenPath' | 'keyPath'> & {
  /** Milliseconds between two writes. */
  readonly pauseMs?: number
}

/** `POST …/resource-principal/rotate`: replaces the two files of the resource principal 2.2. */
export function fixtureRotation(directory: string): Surface {
  const { resourceToken: tokenPath, resourceSessionKey: keyPath } = fixturePaths(directory)
  const path = `${CONTROL_PATH}/resource-principal/rotate`
  return {
    name: 'control',
    matches: ({ url, method, headers }) => method === 'POST' && url.pathname === path && !headers.has('origin'),
    async handle(request, state) {
      const command: RotationCommand = request.body.length === 0 ? {} : jsonObject(request)
      await rotate(state, { ...command, tokenPath, keyPath }, command.pauseMs)
      return answerJson({ rotated: [keyPath, tokenPath] })
    },
  }
}

async function rotate(state: EmulatorState, rotation: ResourceFileRotation, pauseMs = 0): Promise<void> {
  // Half a file is seen only by who writes in place.
  const write = rotation.halfWritten === true ? overwrite : replace
  for await (const { path, content } of rotateResourceFiles(state, rotation)) {
    await write(path, content)
    if (pauseMs > 0) await state.timers.wait(pauseMs)
  }
}

async function replace(path: string, content: string): Promise<void> {
  await overwrite(`${path}.new`, content)
  await rename(`${path}.new`, path)
}

function overwrite(path: string, content: string): Promise<void> {
  return writeFile(path, content, { mode: 0o600 })
}
