import { mkdir, rename, writeFile } from 'node:fs/promises'
import { answerJson } from '../testing/answers.js'
import { CONTROL_PATH } from '../testing/control.js'
import { type FixturePaths, fixtureFiles, fixturePaths } from '../testing/fixture-files.js'
import { rotateResourceFiles } from '../testing/resource-file-rotation.js'
import type { EmulatorState } from '../testing/state.js'
import type { Surface } from '../testing/surface.js'

/** Writes what clients of the emulator would find on their disks. Only its owner can read it. */
export async function writeFixtures(state: EmulatorState, directory: string): Promise<FixturePaths> {
  const { paths, directories, files } = await fixtureFiles(state, directory)
  for (const path of directories) await mkdir(path, { recursive: true, mode: 0o700 })
  await Promise.all(files.map(({ path, content, mode }) => writeFile(path, content, { mode })))
  return paths
}

/** `POST …/resource-principal/rotate`: replaces the two files of the resource principal 2.2, each in one step. */
export function fixtureRotation(directory: string): Surface {
  const { resourceToken: tokenPath, resourceSessionKey: keyPath } = fixturePaths(directory)
  const path = `${CONTROL_PATH}/resource-principal/rotate`
  return {
    name: 'control',
    matches: ({ url, method, headers }) => method === 'POST' && url.pathname === path && !headers.has('origin'),
    async handle(_, state) {
      for await (const step of rotateResourceFiles(state, { tokenPath, keyPath })) {
        await writeFile(`${step.path}.new`, step.content, { mode: 0o600 })
        await rename(`${step.path}.new`, step.path)
      }
      return answerJson({ rotated: [keyPath, tokenPath] })
    },
  }
}
