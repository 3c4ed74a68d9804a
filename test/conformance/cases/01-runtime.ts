import { runtime } from '#runtime'
import { equal, failsWith, ok } from '../assert.js'
import type { Capability } from '../capability.js'

export const capability: Capability = {
  name: 'runtime adapter, chosen by import condition',
  cases: {
    'runs where the matrix says': async ({ expected }) => {
      equal(runtime.name, expected.kind, 'the adapter')
      const userAgent = globalThis.navigator?.userAgent ?? ''
      if (expected.userAgent !== undefined) {
        ok(new RegExp(expected.userAgent).test(userAgent), `a user agent like ${expected.userAgent}, not ${userAgent}`)
      }
    },
    'hashes in pieces': async () => {
      const pieces = [1, 63, 64, 65, 70_000].map((length) => new Uint8Array(length).fill(length))
      const hash = runtime.sha256()
      for (const piece of pieces) await hash.update(piece)
      const whole = new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(pieces).arrayBuffer()))
      equal([...(await hash.digest())], [...whole], 'the digest')
    },
    'reads an unset variable as undefined': async () => {
      equal(runtime.env('COUNTERSIGN_NOBODY_SETS_THIS'), undefined, 'the variable')
    },
  },
}

export const files: Capability = {
  name: 'files and environment',
  absent: {
    workers: 'a Worker has no file system; hand it the text of keys and tokens',
    browser: 'a page has no file system; hand it the text of keys and tokens',
  },
  whereAbsent: {
    'offers no files': async () => equal(runtime.files, undefined, 'files'),
  },
  cases: {
    'replaces a file in one step and reads it back': async () => {
      const { files, homeDirectory } = runtime
      ok(files, 'files')
      ok(homeDirectory(), 'a home directory')
      const folder = `${runtime.env('TMPDIR') ?? '/tmp'}/countersign-conformance`
      await files.makeDirectory(folder)
      const path = `${folder}/${crypto.randomUUID()}`
      equal(await files.readText(path), undefined, 'a missing file')
      equal(await files.modifiedAt(path), undefined, 'the age of a missing file')
      await files.writeAtomic(path, 'old')
      await files.writeAtomic(path, new TextEncoder().encode('new'))
      equal(await files.readText(path), 'new', 'the text')
      equal([...((await files.read(path)) ?? [])], [110, 101, 119], 'the bytes')
      ok(((await files.modifiedAt(path)) ?? 0) > 0, 'a time of change')
      await files.remove(path)
      await files.remove(path)
      equal(await files.read(path), undefined, 'a removed file')
    },
    'runs a program without showing what it was given when it fails': async () => {
      ok(runtime.run, 'programs')
      equal((await runtime.run(['echo', 'a  b'])).trim(), 'a  b', 'the output')
      await failsWith('COMMAND_FAILED', runtime.run(['false', 'hunter2']), 'a failing program')
      const error: unknown = await runtime.run(['sh', '-c', 'echo hunter2 >&2; exit 3']).catch((failure) => failure)
      ok(!JSON.stringify([String(error), error]).includes('hunter2'), 'no secret in the error')
    },
  },
}

const REASON = 'the platform decides whom to trust'

export const privateAuthority: Capability = {
  name: 'HTTPS with a private authority',
  absent: { workers: REASON, browser: REASON },
  whereAbsent: {
    'says so': async ({ authority }) =>
      failsWith('UNSUPPORTED_RUNTIME', runtime.connect({ ca: authority }), 'a private authority'),
  },
  cases: {
    'trusts the authority it is given': async ({ authority, https }) => {
      const fetch = await runtime.connect({ ca: authority })
      equal((await fetch(`${https}/20160918/regions`)).status, 401, 'the status of an unsigned request')
    },
    'trusts nobody else': async ({ https }) => {
      const reached = await runtime.fetch(`${https}/20160918/regions`).then(
        () => true,
        () => false,
      )
      equal(reached, false, 'the server of an unknown authority was reached')
    },
    'goes through a proxy': async ({ http, https, authority }) => {
      const fetch = await runtime.connect({ ca: authority, proxy: http })
      const response = await fetch(`${https.replace(/\/\/[^:]+/, '//localhost')}/20160918/regions`)
      equal(response.status, 401, 'the status of an unsigned request')
    },
  },
}
