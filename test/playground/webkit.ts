import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserPage } from './browsers.js'

const miniBrowser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'
const keys: Readonly<Record<string, string>> = {
  ArrowRight: '\uE014',
  ArrowLeft: '\uE012',
  Enter: '\uE007',
  Tab: '\uE004',
}

/** WebKitGTK's small browser, driven by its own WebDriver. */
export async function openWebKit(): Promise<BrowserPage> {
  const home = mkdtempSync(join(tmpdir(), 'webkit-'))
  const port = await freePort()
  const driver = startDriver(home, port)
  const base = `http://127.0.0.1:${port}`
  await until(async () => (await fetch(`${base}/status`)).ok)
  const options = {
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation', '--private'] },
  }
  const { sessionId } = await command<{ sessionId: string }>(`${base}/session`, {
    capabilities: { alwaysMatch: options },
  })
  const session = `${base}/session/${sessionId}`
  const run = <T>(script: string): Promise<T> =>
    command(`${session}/execute/async`, { script: asynchronous(script), args: [] })
  const type = async (text: string): Promise<void> => {
    const actions = [...text].flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ])
    await command(`${session}/actions`, { actions: [{ type: 'key', id: 'keyboard', actions }] })
  }
  return {
    goto: async (url) => {
      await command(`${session}/url`, { url })
      await run(watchScript)
    },
    run: async (script) => {
      const result = await run<{ value?: never; error?: string }>(script)
      if (result?.error !== undefined) throw new Error(result.error)
      return result?.value as never
    },
    press: (key) => type(keys[key] ?? key),
    type,
    screenshot: async (path, { scheme, width }) => {
      await command(`${session}/window/rect`, { width, height: 1400 })
      await run(`document.documentElement.dataset.theme = '${scheme}'`)
      const image = await command<string>(`${session}/screenshot`)
      writeFileSync(path, Buffer.from(image, 'base64'))
    },
    faults: async () => (await run<{ value: readonly string[] }>('return window.faultsSeen ?? []')).value,
    close: async () => {
      await command(session, undefined, 'DELETE').catch(() => undefined)
      stop(driver)
      rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const watchScript = `
  window.faultsSeen = []
  addEventListener('error', (event) => window.faultsSeen.push('uncaught: ' + event.message))
  addEventListener('unhandledrejection', (event) => window.faultsSeen.push('unhandled: ' + event.reason))
  addEventListener('securitypolicyviolation', (event) => window.faultsSeen.push('policy: ' + event.violatedDirective))
`

function asynchronous(script: string): string {
  return `const done = arguments[arguments.length - 1];
    (async () => { ${script} })().then((value) => done({ value }), (error) => done({ error: String(error) }))`
}

function startDriver(home: string, port: number): ChildProcess {
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }
  return spawn('xvfb-run', ['-a', 'WebKitWebDriver', '--host=127.0.0.1', `--port=${port}`], {
    env,
    detached: true,
    stdio: 'ignore',
  })
}

function stop({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM')
  } catch {
    // It is gone already.
  }
}

async function command<T>(url: string, body?: object, method = 'POST'): Promise<T> {
  const isRead = body === undefined && method === 'POST'
  const init = isRead ? { method: 'GET' } : { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
  const { value } = (await (await fetch(url, init)).json()) as { value: T & { error?: string; message?: string } }
  if (
    value !== null &&
    typeof value === 'object' &&
    typeof value.error === 'string' &&
    typeof value.message === 'string'
  ) {
    throw new Error(`${value.error}: ${value.message}`)
  }
  return value
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await holds().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('WebKitWebDriver does not answer.')
}
