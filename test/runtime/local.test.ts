import { chmod, lstat, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runtime as browser } from '../../src/runtime/browser.js'
import { runtime as bun } from '../../src/runtime/bun.js'
import { immediateSha256 } from '../../src/runtime/immediate-sha256.js'
import { localFiles } from '../../src/runtime/local-files.js'
import { runProgram } from '../../src/runtime/local-programs.js'
import { localSha256 } from '../../src/runtime/local-sha256.js'
import { runtime as node } from '../../src/runtime/node.js'
import { portableSha256 } from '../../src/runtime/portable-sha256.js'
import { runtime as workers } from '../../src/runtime/workers.js'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-runtime-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('files', () => {
  it('give undefined for what is not there, and for what lies under a file', async () => {
    await writeFile(join(folder, 'file'), 'x')
    for (const path of ['missing', 'file/below']) {
      expect(await localFiles.read(join(folder, path))).toBeUndefined()
      expect(await localFiles.readText(join(folder, path))).toBeUndefined()
      expect(await localFiles.modifiedAt(join(folder, path))).toBeUndefined()
    }
  })

  it('throw for what is there and cannot be read', async () => {
    await expect(localFiles.readText(folder)).rejects.toMatchObject({ code: 'EISDIR' })
  })

  it('are for their owner alone unless another mode is asked for, whatever was there before', async () => {
    const path = join(folder, 'token')
    await writeFile(path, 'old')
    await chmod(path, 0o644)
    await localFiles.writeAtomic(path, 'new')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await localFiles.writeAtomic(path, 'new', { mode: 0o666 })
    expect((await stat(path)).mode & 0o777).toBe(0o666)
  })

  it('are replaced through a symbolic link, which stays one', async () => {
    await writeFile(join(folder, 'real'), 'old')
    await symlink(join(folder, 'real'), join(folder, 'link'))
    await localFiles.writeAtomic(join(folder, 'link'), 'new')
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true)
    expect(await localFiles.readText(join(folder, 'real'))).toBe('new')
  })

  it('leave nothing behind when they cannot be replaced', async () => {
    await localFiles.makeDirectory(join(folder, 'taken/inner'))
    await expect(localFiles.writeAtomic(join(folder, 'taken'), 'x')).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['taken'])
  })

  it('are never seen half written', async () => {
    const path = join(folder, 'token')
    const contents = ['a', 'b'].map((letter) => letter.repeat(200_000))
    await localFiles.writeAtomic(path, contents[0] ?? '')
    const writing = Promise.all(contents.map((content) => localFiles.writeAtomic(path, content)))
    const seen = await Promise.all(Array.from({ length: 20 }, () => localFiles.readText(path)))
    await writing
    expect(seen.filter((content) => !contents.includes(content ?? ''))).toEqual([])
  })

  it('are missing by the code of the error, whatever realm it is of', async () => {
    vi.stubGlobal('Error', class OfAnotherRealm {})
    const modifiedAt = localFiles.modifiedAt(join(folder, 'missing')).finally(() => vi.unstubAllGlobals())
    expect(await modifiedAt).toBeUndefined()
  })

  it('do not share memory with what was read before', async () => {
    await writeFile(join(folder, 'small'), 'abc')
    const bytes = await localFiles.read(join(folder, 'small'))
    expect(bytes?.buffer.byteLength).toBe(3)
  })
})

describe('a program', () => {
  it('is given its parameters as they are', async () => {
    expect(await runProgram(['printf', '%s', '$HOME; "x"'])).toBe('$HOME; "x"')
  })

  it.each([
    ['that is not there', ['countersign-no-such-program', 'hunter2']],
    ['that fails', ['sh', '-c', 'echo hunter2; echo hunter2 >&2; exit 3', 'hunter2']],
    ['that prints too much', ['sh', '-c', 'yes hunter2 | head -c 2000000']],
  ])('%s keeps what it was given and printed to itself', async (_, command) => {
    const error: Error = await runProgram(command).catch((failure) => failure)
    expect(error).toMatchObject({ code: 'COMMAND_FAILED' })
    expect(`${error.message}${error.stack}${JSON.stringify(error)}${error.cause}`).not.toContain('hunter2')
  })

  it.each([
    ['a NUL', 'hunter2\0'],
    ['more than the system takes', 'hunter2'.repeat(100_000)],
  ])('that cannot be given %s is named, and the parameters are not', async (_, parameter) => {
    const error: Error = await runProgram(['true', parameter]).catch((failure) => failure)
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', message: expect.stringContaining('could not be run') })
    expect(`${error.message}${error.stack}${JSON.stringify(error)}${error.cause}`).not.toContain('hunter2')
  })

  it('finds an empty standard input, and does not wait for more', async () => {
    expect(await runProgram(['cat'])).toBe('')
  })

  it('ends with the reason of the signal that stops it', async () => {
    const reason = new Error('enough')
    const stop = new AbortController()
    const running = runProgram(['sleep', '30'], { signal: stop.signal })
    stop.abort(reason)
    await expect(running).rejects.toBe(reason)
  })

  it('must be named', async () => {
    await expect(runProgram([])).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})

describe('SHA-256 in pieces', () => {
  it.each([
    ['of the machine', localSha256],
    ['in JavaScript', portableSha256],
    ['of a Worker without a digest stream', workers.sha256],
    ['of a browser', browser.sha256],
  ])('%s equals the one of the whole', async (_, make) => {
    for (const sizes of [[], [0], [1], [63, 1], [64, 64], [1000, 70_000, 3]]) {
      const pieces = sizes.map((size, index) => new Uint8Array(size).fill(index + 1))
      const hash = make()
      for (const piece of pieces) await hash.update(piece)
      const whole = await new Blob(pieces).arrayBuffer()
      expect(await hash.digest()).toEqual(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)))
    }
  })
})

describe('SHA-256 at once', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('equals the one of WebCrypto', async () => {
    for (const size of [0, 1, 64, 16_384]) {
      const bytes = new Uint8Array(size).fill(7)
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      expect(immediateSha256(bytes)).toBe(Buffer.from(digest).toString('base64'))
    }
  })

  it.each([
    ['no process', undefined],
    ['a process that knows no modules', {}],
    ['no such module', { getBuiltinModule: () => undefined }],
    ['a module that cannot hash at once', { getBuiltinModule: () => ({}) }],
  ])('is left to WebCrypto where there is %s', (_, process) => {
    vi.stubGlobal('process', process)
    const digest = immediateSha256(new Uint8Array(1))
    vi.unstubAllGlobals()
    expect(digest).toBeUndefined()
  })
})

describe('the adapters', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('give only texts for variables, and nothing that every object inherits', () => {
    vi.stubEnv('COUNTERSIGN_TEST', 'text')
    for (const { env } of [node, bun, workers]) {
      expect(['COUNTERSIGN_TEST', 'constructor', '__proto__'].map(env)).toEqual(['text', undefined, undefined])
    }
    vi.unstubAllEnvs()
    vi.stubGlobal('process', { env: { BUCKET: { get: () => 'a binding' } } })
    expect(workers.env('BUCKET')).toBeUndefined()
  })

  it.each(['proxy.example:8080', 'socks5://hunter2@proxy.example', 'http://ada:hunter2@['])(
    'refuse the proxy %j without repeating it',
    async (proxy) => {
      for (const { connect } of [node, bun]) {
        const error: Error = await connect({ proxy }).catch((failure) => failure)
        expect(error).toMatchObject({ code: 'OPTION_INVALID', message: expect.not.stringContaining('hunter2') })
      }
    },
  )

  it.each([workers, browser])('for $name offer no files, programs, metadata or connections', async (runtime) => {
    expect([runtime.files, runtime.run, runtime.hasMetadataService]).toEqual([undefined, undefined, false])
    await expect(runtime.connect({ ca: 'x' })).rejects.toMatchObject({ code: 'UNSUPPORTED_RUNTIME' })
  })

  it('use the fetch that is global when it is called', async () => {
    const before = globalThis.fetch
    globalThis.fetch = async () => new Response('replaced')
    try {
      for (const { fetch } of [node, workers, browser]) {
        expect(await (await fetch('https://example.com')).text()).toBe('replaced')
      }
    } finally {
      globalThis.fetch = before
    }
  })
})
