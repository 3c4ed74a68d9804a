import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import type { RuntimeFiles } from './types.js'

/** The files of a machine, through `node:fs`, which Node, Deno and Bun all have. */
export const localFiles: RuntimeFiles = {
  read: (path) => unlessMissing(readBytes(path)),
  readText: (path) => unlessMissing(readFile(path, 'utf8')),
  modifiedAt: (path) => unlessMissing(stat(path).then((facts) => facts.mtimeMs)),
  writeAtomic,
  makeDirectory: async (path, { mode = 0o700 } = {}) => {
    await mkdir(path, { recursive: true, mode })
  },
  remove: (path) => rm(path, { force: true }),
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  // A copy: what readFile answers may be a window on a pool that other reads share.
  return new Uint8Array(await readFile(path))
}

async function writeAtomic(
  path: string,
  content: Uint8Array<ArrayBuffer> | string,
  { mode = 0o600 }: { mode?: number } = {},
): Promise<void> {
  // Through a symbolic link, so that a linked configuration file stays a link.
  const target = (await unlessMissing(realpath(path))) ?? path
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    await writeNew(temporary, content, mode)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The mode comes before the content, and the content reaches the disk before anyone can see the name. */
async function writeNew(path: string, content: Uint8Array<ArrayBuffer> | string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.chmod(mode) // `open` let the umask take bits away
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

// By the code alone: in a sandbox such as Jest's, the errors of Node are of another realm than its `Error`.
function isMissing(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown }
  return code === 'ENOENT' || code === 'ENOTDIR'
}
