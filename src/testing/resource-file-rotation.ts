import { issueResourceToken } from './session-fixtures.js'
import type { EmulatorState } from './state.js'
import { slot } from './surface.js'

/** How the platform goes about replacing the two files of a resource principal 2.2. */
export interface ResourceFileRotation {
  readonly tokenPath: string
  readonly keyPath: string
  /** Another compartment for the resource: it was moved. */
  readonly compartment?: string
  /** Ends both files with a line break, as an editor or `echo` would. */
  readonly trailingLineBreak?: boolean
  /** Shows the first half of each file before the whole one, as a write in place does. */
  readonly halfWritten?: boolean
}

/** One write. What a reader sees between two of them must not confuse it. */
export interface FileStep {
  readonly path: string
  readonly content: string
}

const rotationsSoFar = slot('resource-file-rotation', () => ({ count: 0 }))

/**
 * Replaces key, then token, one write at a time. The caller writes each step when it comes, in place or by renaming, and
 * waits between them as long as it likes: that is when key and token do not belong together.
 *
 * @example
 * ```ts
 * import { createEmulator, rotateResourceFiles } from 'countersign/testing'
 *
 * const files = new Map<string, string>()
 * const places = { tokenPath: '/run/rpst', keyPath: '/run/private.pem' }
 * for await (const { path, content } of rotateResourceFiles(createEmulator(), places)) files.set(path, content)
 * ```
 */
export async function* rotateResourceFiles(
  state: EmulatorState,
  rotation: ResourceFileRotation,
): AsyncGenerator<FileStep, void, void> {
  const { tokenPath, keyPath, compartment, trailingLineBreak = false, halfWritten = false } = rotation
  const rotations = state.of(rotationsSoFar)
  rotations.count += 1
  const role = `resource-session-${rotations.count}`
  const end = trailingLineBreak ? '\n' : ''
  const { privateKeyPem } = await state.keys.get(role)
  yield* writes(keyPath, `${privateKeyPem.trimEnd()}${end}`, halfWritten)
  const token = await issueResourceToken(state, { key: role, ...(compartment === undefined ? {} : { compartment }) })
  yield* writes(tokenPath, `${token}${end}`, halfWritten)
}

function* writes(path: string, content: string, halfWritten: boolean): Generator<FileStep, void, void> {
  if (halfWritten) yield { path, content: content.slice(0, Math.floor(content.length / 2)) }
  yield { path, content }
}
